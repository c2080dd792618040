using System.Diagnostics;
using System.Security.Cryptography;
using DRepMRec.Internals;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Hosting;
using DRepMRec.Tests.Serving;

namespace DRepMRec.Tests.Reliability;

/// <summary>
/// Each step that the library takes with a file fails in turn: afterwards the old state is there or the new one, nothing is half, no
/// temporary file is left, and the error is one of files.
/// </summary>
[Trait("Duration", "Long")]
public sealed class FileFailureTests
{
    public static TheoryData<string> Writers => [.. FileWriters.All.Keys];

    public static TheoryData<string> Readers => [.. FuzzTargets.All.Where(t => t.Cost == 1).Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(Writers))]
    public void Whichever_step_of_a_writer_fails_the_old_files_are_there_or_the_new_ones(string name)
    {
        Action<TempFolder, bool> write = FileWriters.All[name];
        string[] wanted = New(write);
        int steps = 0;
        foreach (Action<string> fail in new Action<string>[] { FailingFiles.Broken, FailingFiles.Forbidden })
        {
            for (int failing = 0; ; failing += fail == FailingFiles.Broken ? 1 : 3)
            {
                using var folder = new TempFolder();
                write(folder, false);
                string[] old = State(folder);
                Exception? error;
                FileOperation? failed;
                using (var files = new FailingFiles(folder.Path, failing, fail))
                {
                    error = Record.Exception(() => write(folder, true));
                    failed = files.Failed;
                }

                string[] after = State(folder, withTemporaries: failed != FileOperation.Delete);
                if (failing % 4 == 0)
                    Record.Exception(() => write(folder, true)).Should().BeNull($"step {failing}, {failed}, hinders nobody later");
                if (failed is null)
                {
                    error.Should().BeNull();
                    steps += failing;
                    break;
                }

                string because = $"step {failing} of {name}, {failed}, failed";
                if (error is not null)
                    error.Should().Match(e => e is IOException || e is UnauthorizedAccessException, because);
                after.Should().Equal(error is not null && !after.SequenceEqual(wanted) ? old : wanted, because);
            }
        }

        steps.Should().BeGreaterThan(8, "there are steps in writing");
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void Whichever_step_of_a_reader_fails_the_error_is_one_of_files_and_the_next_try_succeeds(string name)
    {
        FuzzTarget target = FuzzTargets.All.First(t => t.Name == name);
        using var folder = new TempFolder();
        foreach (var (file, bytes) in target.Files)
            folder.With(file, bytes);
        string[] before = State(folder);
        foreach (Action<string> fail in new Action<string>[] { FailingFiles.Broken, FailingFiles.Forbidden, Vanish(folder) })
        {
            FileOperation? failed = FileOperation.Open;
            for (int failing = 0; failed is not null; failing++)
            {
                Exception? error;
                using (var files = new FailingFiles(folder.Path, failing, fail))
                {
                    error = Record.Exception(() => target.Read(folder));
                    failed = files.Failed;
                }

                Return(folder);
                string because = $"step {failing} of {name}, {failed}, failed";
                if (error is not null)
                    error.Should().Match(e => e is IOException || e is UnauthorizedAccessException, because);
                State(folder, withTemporaries: failed != FileOperation.Delete).Should().Equal(before, because);
                foreach (string left in Directory.GetFiles(folder.Path, "*.tmp"))
                    File.Delete(left);
            }

            Record.Exception(() => target.Read(folder)).Should().BeNull();
        }
    }

    [Fact]
    public void A_served_model_stays_whichever_step_of_loading_the_next_fails()
    {
        FileOperation? failed = FileOperation.Open;
        int steps = 0;
        for (int failing = 0; failed is not null; failing++, steps++)
        {
            using var hosted = new Hosted();
            hosted.Served.Should().Be("1/0");
            hosted.Publish(2);
            using (var files = new FailingFiles(Path.GetDirectoryName(hosted.Path)!, failing, FailingFiles.Broken))
            {
                hosted.Look();
                failed = files.Failed;
            }

            hosted.Served.Should().Be(failed is null ? "2/0" : "1/0", $"step {failing}, {failed}, failed");
            hosted.Look();
            hosted.Served.Should().Be("2/0", "the next look succeeds");
        }

        steps.Should().BeGreaterThan(4);
    }

    [Fact]
    public void A_clock_that_is_set_back_does_not_put_off_the_next_try()
    {
        using var hosted = new Hosted();
        hosted.Served.Should().Be("1/0");
        hosted.PublishDamaged(2);
        hosted.Look(times: 3);
        DateTimeOffset retry = hosted.Provider.Status.RetryAt!.Value;
        hosted.Time.Now -= TimeSpan.FromDays(1);
        hosted.Look();
        hosted.Provider.Status.RetryAt.Should().BeBefore(retry, "it was tried again by the new time");
        hosted.Publish(3);
        hosted.Look();
        hosted.Served.Should().Be("3/0");
        hosted.Provider.Status.LastError.Should().BeNull();
    }

    [Fact]
    public async Task An_error_of_where_lists_come_from_is_not_one_of_the_file()
    {
        using TempFolder folder = new TempFolder().With("x.csv", "old");
        var own = new IOException("the connection is gone");
        async IAsyncEnumerable<UserRecommendations> Lists()
        {
            yield return new UserRecommendations("ann", RecommenderTests.Tiny().Recommend("anna"));
            await Task.Yield();
            throw own;
        }

        (await FluentActions.Awaiting(() => Lists().WriteCsvAsync(folder["x.csv"])).Should().ThrowAsync<IOException>())
            .Which.Should().BeSameAs(own);
        FluentActions.Invoking(() => AtomicFiles.Write(folder.Path, new Dictionary<string, Action<Stream>> { ["x.csv"] = _ => throw own }))
            .Should().Throw<IOException>().Which.Should().BeSameAs(own);
        folder.Files().Should().Equal("x.csv");
        File.ReadAllText(folder["x.csv"]).Should().Be("old");
    }

    [SkippableFact]
    public void On_a_disk_that_is_full_the_old_model_stays_and_the_error_says_so()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "a small disk is mounted on Linux alone");
        using var folder = new TempFolder();
        using Process mount = Process.Start(new ProcessStartInfo("mount", ["-t", "tmpfs", "-o", "size=192k", "tmpfs", folder.Path])
        {
            RedirectStandardError = true,
        })!;
        string refusal = mount.StandardError.ReadToEnd();
        mount.WaitForExit();
        Skip.If(mount.ExitCode != 0, $"no small disk can be mounted here: {refusal.Trim()}");
        try
        {
            Recommender model = Recommender.FromEmbeddings(["ann"], [1f, 0f], [.. Enumerable.Range(0, 1000).Select(i => $"{i}")],
                new float[2000]);
            model.Save(folder["x.model"]);
            string[] old = State(folder);
            using (FileStream ballast = File.Create(folder["ballast"], bufferSize: 1))
                FluentActions.Invoking(() => Fill(ballast)).Should().Throw<IOException>();
            model.Invoking(m => m.Save(folder["x.model"])).Should().Throw<IOException>().WithMessage("*x.model can't be written: *space*");
            State(folder).Where(f => !f.StartsWith("ballast", StringComparison.Ordinal)).Should().Equal(old);
            File.Delete(folder["ballast"]);
            model.Save(folder["x.model"]);
        }
        finally
        {
            Process.Start("umount", ["-l", folder.Path]).WaitForExit();
        }
    }

    [SkippableFact]
    public void Where_nothing_may_be_written_the_old_model_stays_and_the_error_says_so()
    {
        if (OperatingSystem.IsWindows())
            throw new SkipException("folders have other rights there");
        using var folder = new TempFolder();
        RecommenderTests.Tiny().Save(folder["x.model"]);
        string[] old = State(folder);
        File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            bool mayWrite = Record.Exception(() => File.WriteAllText(folder["probe"], "")) is null;
            File.Delete(folder["probe"]);
            Skip.If(mayWrite, "whoever runs this may write everywhere, as root does");
            RecommenderTests.Tiny().Invoking(m => m.Save(folder["x.model"])).Should().Throw<UnauthorizedAccessException>();
            State(folder).Should().Equal(old);
        }
        finally
        {
            File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Names and contents of all files of a folder and of those in it.</summary>
    private static string[] State(TempFolder folder, bool withTemporaries = true) =>
    [
        .. Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories)
            .Where(f => withTemporaries || Path.GetExtension(f) is not (".tmp" or ".old"))
            .Select(f => $"{Path.GetRelativePath(folder.Path, f)} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(f)))[..8]}")
            .Order(StringComparer.Ordinal),
    ];

    private static void Fill(FileStream file)
    {
        while (true)
            file.Write(new byte[4096]);
    }

    private static string[] New(Action<TempFolder, bool> write)
    {
        using var folder = new TempFolder();
        write(folder, false);
        write(folder, true);
        return State(folder);
    }

    /// <summary>The file is gone when the step is taken; a copy of it comes back afterwards.</summary>
    private static Action<string> Vanish(TempFolder folder) => path =>
    {
        if (File.Exists(path))
            File.Move(path, Path.Combine(Directory.CreateDirectory(folder["gone"]).FullName, Path.GetFileName(path)), overwrite: true);
    };

    private static void Return(TempFolder folder)
    {
        if (!Directory.Exists(folder["gone"]))
            return;
        foreach (string file in Directory.GetFiles(folder["gone"]))
        {
            if (!file.EndsWith(".tmp", StringComparison.Ordinal))
                File.Move(file, folder[Path.GetFileName(file)], overwrite: true);
        }

        Directory.Delete(folder["gone"], recursive: true);
    }
}
