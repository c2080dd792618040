using System.Runtime.Versioning;
using DRepMRec.Internals.NativeLoading;

namespace DRepMRec.Tests.Internals.NativeLoading;

[SupportedOSPlatform("linux")]
public sealed class RelaxedLibraryTests : IDisposable
{
    private const string Name = "lib.so";

    private readonly TemporaryDirectory _directory;
    private readonly byte[] _content = [1, 2, 3, 4];

    public RelaxedLibraryTests()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Copies are made on Linux only.");
        _directory = new TemporaryDirectory();
    }

    private string Folder => Path.Combine(_directory.Path, "cache", "native");

    public void Dispose() => _directory.Dispose();

    [SkippableFact]
    public void Keep_WritesAFileThatIsPrivateToTheUser()
    {
        string path = RelaxedLibrary.Keep(Folder, Name, _content);

        path.Should().Be(Path.Combine(Folder, Name));
        File.ReadAllBytes(path).Should().Equal(_content);
        File.GetUnixFileMode(path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Folder).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.GetFiles(Folder).Should().ContainSingle("temporary files are removed");
    }

    [SkippableFact]
    public void Keep_LeavesAGoodFileAlone()
    {
        string path = RelaxedLibrary.Keep(Folder, Name, _content);
        var earlier = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(path, earlier);

        RelaxedLibrary.Keep(Folder, Name, _content);

        File.GetLastWriteTimeUtc(path).Should().Be(earlier);
    }

    [SkippableTheory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 1, 2 })]
    [InlineData(new byte[] { 1, 2, 3, 5 })]
    [InlineData(new byte[] { 1, 2, 3, 4, 0 })]
    public void Keep_ReplacesAFileWithOtherContent(byte[] found)
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllBytes(Path.Combine(Folder, Name), found);

        string path = RelaxedLibrary.Keep(Folder, Name, _content);

        File.ReadAllBytes(path).Should().Equal(_content);
    }

    [SkippableFact]
    public void Keep_ManyAtOnce_AllGetTheContent()
    {
        byte[] content = new byte[100_000];
        new Random(7).NextBytes(content);

        Parallel.For(
            0, 32, _ => File.ReadAllBytes(RelaxedLibrary.Keep(Folder, Name, content)).AsSpan().SequenceEqual(content).Should().BeTrue());

        Directory.GetFiles(Folder).Should().ContainSingle();
    }

    [SkippableFact]
    public void Keep_WhereNoFolderCanBe_Throws()
    {
        string file = Path.Combine(_directory.Path, "file");
        File.WriteAllBytes(file, []);

        FluentActions.Invoking(() => RelaxedLibrary.Keep(Path.Combine(file, "native"), Name, _content)).Should().Throw<IOException>();
    }

    [SkippableFact]
    public void Load_AFileThatIsNoLibrary_IsRefused()
    {
        string file = Path.Combine(_directory.Path, "libLibTorchSharp.so");
        File.WriteAllText(file, "This is no library, and longer than a header, which has sixty-four bytes.");

        FluentActions.Invoking(() => RelaxedLibrary.Load(file)).Should().Throw<ElfFormatException>()
            .WithMessage("The file should begin with 7F454C46, but begins with 54686973.");
    }
}
