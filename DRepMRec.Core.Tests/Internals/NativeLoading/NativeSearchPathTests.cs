using DRepMRec.Internals.NativeLoading;

namespace DRepMRec.Tests.Internals.NativeLoading;

public sealed class NativeSearchPathTests
{
    [Fact]
    public void Directories_AreThereAndDifferent()
    {
        IReadOnlyList<string> directories = NativeSearchPath.Directories(typeof(TorchSharp.torch).Assembly);

        directories.Should().OnlyHaveUniqueItems().And.OnlyContain(directory => Directory.Exists(directory))
            .And.Contain(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
    }

    [Fact]
    public void Find_TakesTheFirstDirectoryThatHasTheFile()
    {
        using var empty = new TemporaryDirectory();
        using var first = new TemporaryDirectory();
        using var second = new TemporaryDirectory();
        string file = Path.Combine(first.Path, "a.so");
        File.WriteAllBytes(file, []);
        File.WriteAllBytes(Path.Combine(second.Path, "a.so"), []);

        NativeSearchPath.Find([empty.Path, first.Path, second.Path], "a.so").Should().Be(file);
        NativeSearchPath.Find([empty.Path], "a.so").Should().BeNull();
    }

    [Fact]
    public void Packages_AreLaidOutAsNuGetDoes()
    {
        string native = Path.Combine("runtimes", NativeSearchPath.Platform, "native");

        NativeSearchPath.Packages("packages").Should().Equal(
            Path.Combine("packages", "torchsharp", "0.107.0", native),
            Path.Combine("packages", $"libtorch-cpu-{NativeSearchPath.Platform}", "2.10.0", native));
        NativeSearchPath.Packages("").Should().BeEmpty();
    }

    [Theory]
    [InlineData("home/packages/torchsharp/0.107.0/lib/net8.0", "home/packages")]
    [InlineData("home/app/bin/Release/net10.0", "")]
    [InlineData("", "")]
    public void PackagesAbove_RecognisesAPackage(string directory, string expected)
        => NativeSearchPath.PackagesAbove(directory.Replace('/', Path.DirectorySeparatorChar))
            .Should().Be(expected.Replace('/', Path.DirectorySeparatorChar));
}
