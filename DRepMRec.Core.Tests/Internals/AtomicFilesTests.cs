using System.Runtime.Versioning;
using DRepMRec.Internals;
using DRepMRec.Tests.Data;

namespace DRepMRec.Tests.Internals;

public sealed class AtomicFilesTests
{
    private static readonly string[] Names = ["a", "b", "c", "d"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_set_is_replaced_whole_or_not_at_all_whichever_rename_fails(bool inOneStep)
    {
        for (int failing = 0; ; failing++)
        {
            using var folder = new TempFolder();
            foreach (string name in Names[..3])
                folder.With(name, "old " + name);
            var renames = new Failing(failing, inOneStep);
            try
            {
                AtomicFiles.Write(folder.Path, Files("new "), renames: renames);
                Read(folder).Should().Equal(Names.Select(n => $"{n}: new {n}"));
                failing.Should().BeGreaterThan(3, "there are at least four renames");
                return;
            }
            catch (IOException)
            {
                Read(folder).Should().Equal(Names[..3].Select(n => $"{n}: old {n}"), $"rename {failing} failed");
            }
        }
    }

    [Fact]
    public void A_file_that_keeps_the_one_before_it_and_fails_leaves_both()
    {
        for (int failing = 0; failing < 2; failing++)
        {
            using TempFolder folder = new TempFolder().With("a", "old").With("a.previous", "older");
            FluentActions.Invoking(() => AtomicFiles.Write(folder.Path, Files("new ", "a"), ".previous",
                new Failing(failing, inOneStep: true))).Should().Throw<IOException>();
            Read(folder).Should().Equal("a: old", "a.previous: older");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_file_that_keeps_the_one_before_it_is_there_whenever_the_process_may_end(bool isThird)
    {
        using TempFolder folder = new TempFolder().With("a", "old");
        if (isThird)
            folder.With("a.previous", "older");
        var renames = new Watching(folder["a"]);
        AtomicFiles.Write(folder.Path, Files("new ", "a"), ".previous", renames);
        Read(folder).Should().Equal("a: new a", "a.previous: old");
        renames.WasThere.Should().HaveCount(isThird ? 4 : 2, "before and after each").And.OnlyContain(was => was);
    }

    [Fact]
    public void Where_files_cant_be_replaced_in_one_step_the_one_before_is_kept_too()
    {
        using TempFolder folder = new TempFolder().With("a", "old").With("a.previous", "older");
        AtomicFiles.Write(folder.Path, Files("new ", "a"), ".previous", new Failing(-1, inOneStep: false));
        Read(folder).Should().Equal("a: new a", "a.previous: old");
        for (int failing = 0; failing < 3; failing++)
        {
            FluentActions.Invoking(() => AtomicFiles.Write(folder.Path, Files("newer ", "a"), ".previous",
                new Failing(failing, inOneStep: false))).Should().Throw<IOException>();
            Read(folder).Should().Equal("a: new a", "a.previous: old");
        }
    }

    [Fact]
    public void What_can_not_be_put_back_stays_under_another_name()
    {
        using TempFolder folder = new TempFolder().With("a", "old a").With("b", "old b");
        FluentActions.Invoking(() => AtomicFiles.Write(folder.Path, Files("new ", "a", "b"),
            renames: new Failing(1, inOneStep: true, forEver: true))).Should().Throw<IOException>();
        folder.Files().Select(f => File.ReadAllText(folder[f])).Should().Contain("old a").And.Contain("old b");
    }

    [Fact]
    public void What_fails_while_it_is_written_leaves_everything_as_it_was()
    {
        using TempFolder folder = new TempFolder().With("a", "old");
        Dictionary<string, Action<Stream>> files = Files("new ", "a");
        files["b"] = _ => throw new InvalidOperationException();
        FluentActions.Invoking(() => AtomicFiles.Write(folder.Path, files)).Should().Throw<InvalidOperationException>();
        Read(folder).Should().Equal("a: old");
    }

    [Fact]
    public void A_folder_in_the_way_of_one_leaves_the_others()
    {
        using TempFolder folder = new TempFolder().With("a", "old a");
        Directory.CreateDirectory(folder["b"]);
        FluentActions.Invoking(() => AtomicFiles.Write(folder.Path, Files("new ", "a", "b"))).Should().Throw<IOException>();
        Read(folder).Should().Equal("a: old a");
    }

    [SkippableFact]
    public void Of_a_symbolic_link_the_target_is_written()
    {
        Skip.If(OperatingSystem.IsWindows(), "links need a privilege there");
        using TempFolder folder = new TempFolder().With("target", "old");
        File.CreateSymbolicLink(folder["a"], folder["target"]);
        File.CreateSymbolicLink(folder["b"], folder["to come"]);
        AtomicFiles.Write(folder.Path, Files("new ", "a", "b"));
        Read(folder).Should().Equal("a: new a", "b: new b", "target: new a", "to come: new b");
        new FileInfo(folder["a"]).LinkTarget.Should().Be(folder["target"]);
    }

    [SkippableTheory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite)]
    [UnsupportedOSPlatform("windows")]
    public async Task A_file_that_is_replaced_keeps_its_permissions(UnixFileMode mode)
    {
        Skip.If(OperatingSystem.IsWindows(), "files have other permissions there");
        using TempFolder folder = new TempFolder().With("a", "old").With("b", "old").With("c", "old");
        foreach (string name in Names[..3])
            File.SetUnixFileMode(folder[name], mode);
        UnixFileMode Meanwhile() => File.GetUnixFileMode(Directory.GetFiles(folder.Path, "*.tmp").Single());
        UnixFileMode? whileWritten = null;
        AtomicFiles.Write(folder.Path, new Dictionary<string, Action<Stream>> { ["a"] = _ => whileWritten = Meanwhile() });
        whileWritten.Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        AtomicFiles.Write(folder.Path, Files("new ", "b"), ".previous");
        await AtomicFiles.WriteAsync(folder["c"], _ =>
        {
            whileWritten = Meanwhile();
            return Task.CompletedTask;
        });
        whileWritten.Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        folder.Files().Should().Equal("a", "b", "b.previous", "c");
        folder.Files().Select(f => File.GetUnixFileMode(folder[f])).Should().AllBeEquivalentTo(mode);
    }

    [Fact]
    public async Task What_was_left_half_written_a_day_ago_is_swept_away_and_nothing_else()
    {
        using var folder = new TempFolder();
        string[] kept = ["b.tmp", $"b.{Guid.Empty:N}.tmp", $"a.{Guid.Empty:N}.old", $"a.{Guid.NewGuid():N}.tmp"];
        void Leave()
        {
            foreach (string name in kept.Append($"a.{Guid.NewGuid():N}.tmp"))
                File.SetLastWriteTimeUtc(folder.With(name, "half")[name], DateTime.UtcNow.AddHours(name == kept[^1] ? -23 : -25));
        }

        folder.With("a", "old");
        Leave();
        AtomicFiles.Write(folder.Path, Files("new ", "a"));
        folder.Files().Should().BeEquivalentTo([.. kept, "a"]);
        Leave();
        await AtomicFiles.WriteAsync(folder["a"], _ => Task.CompletedTask);
        folder.Files().Should().BeEquivalentTo([.. kept, "a"]);
    }

    [Fact]
    public void A_file_that_others_hold_for_a_moment_is_tried_again()
    {
        int tries = 0;
        void Held(int times, Exception error)
        {
            if (++tries <= times)
                throw error;
        }

        DRepMRec.Internals.Files.Insist(() => Held(2, new UnauthorizedAccessException()), isHeldByOthers: true);
        tries.Should().Be(3);
        foreach (var (error, isHeld, expected) in new[]
        {
            (new IOException("held"), true, 5), (new IOException("held"), false, 1), (new FileNotFoundException(), true, 1),
        })
        {
            tries = 0;
            FluentActions.Invoking(() => DRepMRec.Internals.Files.Insist(() => Held(9, error), isHeld)).Should().Throw<IOException>()
                .Which.Should().BeSameAs(error);
            tries.Should().Be(expected);
        }
    }

    private static Dictionary<string, Action<Stream>> Files(string content, params string[] names)
        => (names.Length == 0 ? Names : names)
            .ToDictionary(n => n, n => (Action<Stream>)(stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(content + n))));

    private static IEnumerable<string> Read(TempFolder folder) => folder.Files().Select(f => $"{f}: {File.ReadAllText(folder[f])}");

    /// <summary>Finds out before and after each rename whether a file is there.</summary>
    private sealed class Watching(string path) : FileRenames
    {
        public List<bool> WasThere { get; } = [];

        public override void Move(string from, string to, bool overwrite)
        {
            WasThere.Add(File.Exists(path));
            base.Move(from, to, overwrite);
            WasThere.Add(File.Exists(path));
        }

        public override bool TryReplace(string from, string to, string aside)
        {
            WasThere.Add(File.Exists(path));
            bool isReplaced = base.TryReplace(from, to, aside);
            WasThere.Add(File.Exists(path));
            return isReplaced;
        }
    }

    /// <summary>Renames of which one fails, or all from that one on.</summary>
    private sealed class Failing(int failing, bool inOneStep, bool forEver = false) : FileRenames
    {
        private int _count;

        public override void Move(string from, string to, bool overwrite)
        {
            Count();
            base.Move(from, to, overwrite);
        }

        public override bool TryReplace(string from, string to, string aside)
        {
            if (!inOneStep)
                return false;
            Count();
            return base.TryReplace(from, to, aside);
        }

        private void Count()
        {
            if (_count++ == failing || (forEver && _count > failing))
                throw new IOException($"rename {failing} fails");
        }
    }
}
