using System.Diagnostics;
using System.Runtime.InteropServices;
using DRepMRec.Collectives;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Reliability;

namespace DRepMRec.Tests.Collectives;

/// <summary>Trainings that <c>mpirun</c> starts: skipped where there is none.</summary>
public sealed partial class MpiTests
{
    private const int Sigterm = 15;

    [Fact]
    public void Without_a_library_it_is_said_what_to_do()
    {
        Action act = () => MpiCollective.Start(library: "libnothing.so.1");
        act.Should().Throw<CollectiveException>().WithMessage(
            "No MPI library can be loaded (tried libnothing.so.1). Install Open MPI or MPICH, such as by 'apt-get install openmpi-bin', or "
            + "name the library by the environment variable DREPMREC_MPI_LIBRARY.*")
            .Which.Failure.Should().Be(CollectiveFailure.Unavailable);
        act = () => MpiCollective.Start(library: "libc.so.6");
        if (OperatingSystem.IsLinux())
        {
            act.Should().Throw<CollectiveException>()
                .WithMessage("libc.so.6 isn't an MPI library: it has no function MPI_Initialized.");
        }
    }

    [Theory]
    [InlineData(1, "OMPI_COMM_WORLD_SIZE", "2", true)]
    [InlineData(1, "PMI_SIZE", "4", true)]
    [InlineData(1, "MPI_LOCALNRANKS", "2", true)]
    [InlineData(1, "SLURM_STEP_NUM_TASKS", "16", true)]
    [InlineData(2, "OMPI_COMM_WORLD_SIZE", "2", false)]
    [InlineData(1, "OMPI_COMM_WORLD_SIZE", "1", false)]
    [InlineData(1, "PMI_SIZE", "many", false)]
    [InlineData(1, "SLURM_NTASKS", "16", false)]
    public void Who_is_alone_under_a_launcher_of_many_is_told_the_library(int size, string variable, string value, bool isRefused)
    {
        string? reason = MpiCollective.OfAnotherLauncher(size, name => name == variable ? value : null);
        if (isRefused)
            reason.Should().Contain($"{value} processes ({variable})").And.Contain("DREPMREC_MPI_LIBRARY").And.Contain("--mpi=pmix");
        else
            reason.Should().BeNull();
    }

    [Fact]
    public void The_launcher_next_to_a_process_decides()
    {
        MpiCollective.OfAnotherLauncher(1, name => name switch
        {
            "OMPI_COMM_WORLD_SIZE" => "1",
            "SLURM_STEP_NUM_TASKS" => "2",
            _ => null,
        }).Should().BeNull();
    }

    [SkippableFact]
    public void Processes_of_mpirun_give_the_bits_of_one()
    {
        string[] trainings = ["LightGCN, BPR", "LightGCN, softmax", "VBPR, BPR", "VBPR, softmax", "DRepMRec"];
        using var folder = new TempFolder();
        (int code, string output) = Run(folder, string.Join(';', trainings), 4);
        code.Should().Be(0, output);
        output.Split('\n').Where(line => line.Contains("checksum", StringComparison.Ordinal)).Should().BeEquivalentTo(
            from training in trainings
            let expected = ColumnTraining.Run(training, 64, null)
            from rank in Enumerable.Range(0, 4)
            select $"{rank} checksum {expected} {training}");
    }

    [SkippableFact]
    public void Who_has_begun_MPI_ends_it()
    {
        using var folder = new TempFolder();
        (int code, string output) = Run(folder, PeerProcess.Begun, 2);
        code.Should().Be(0, output);
        output.Split('\n').Where(line => line.Contains("ended", StringComparison.Ordinal)).Should()
            .BeEquivalentTo("0 of 2, ended: 0, then 1", "1 of 2, ended: 0, then 1");
    }

    [SkippableFact]
    public void A_process_that_is_stuck_ends_all_within_the_time_out()
    {
        using var folder = new TempFolder();
        (int code, string output) = Run(folder, "LightGCN, BPR", 2, "--stuck-rank", "1", "--timeout", "2");
        code.Should().NotBe(0);
        output.Should().MatchRegex(
            "TimedOut: Process [01] of 2 in exchange [0-9]+ \\([a-z-]+\\): not complete within 2 s: a process is lost or stuck\\.");
    }

    [SkippableFact]
    public void Sigterm_to_any_process_stops_all_and_leaves_a_checkpoint()
    {
        using var folder = new TempFolder();
        using Process mpirun = Start(folder, "LightGCN, BPR, forever", 2);
        Task<string> errors = mpirun.StandardError.ReadToEndAsync();
        int second = 0;
        string output = "";
        while (mpirun.StandardOutput.ReadLine() is { } line)
        {
            output += line + "\n";
            if (line.StartsWith("1 process ", StringComparison.Ordinal))
                second = int.Parse(line["1 process ".Length..], System.Globalization.CultureInfo.InvariantCulture);
            if (line == "0 is under way" && second > 0)
                SendSignal(second, Sigterm).Should().Be(0);
        }

        mpirun.WaitForExit();
        output.Should().Contain("cancelled: Process 1 of 2 was asked to stop.", "{0}", errors.Result);
        File.Exists(folder["run.checkpoint"]).Should().BeTrue();
        mpirun.ExitCode.Should().Be(PeerProcess.Stopped);
    }

    private static (int Code, string Output) Run(TempFolder folder, string training, int processes, params string[] more)
    {
        using Process mpirun = Start(folder, training, processes, more);
        Task<string> errors = mpirun.StandardError.ReadToEndAsync();
        string output = mpirun.StandardOutput.ReadToEnd();
        mpirun.WaitForExit();
        return (mpirun.ExitCode, output + errors.Result);
    }

    private static Process Start(TempFolder folder, string training, int processes, params string[] more)
    {
        Skip.IfNot(
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(p => File.Exists(Path.Combine(p, "mpirun"))),
            "There is no mpirun on this machine (apt-get install openmpi-bin).");
        string dotnet = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path
            : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo("mpirun",
        [
            "--allow-run-as-root", "--oversubscribe", "-n", $"{processes}", dotnet, typeof(MpiTests).Assembly.Location, "peer",
            "--training", training, "--checkpoint", folder["run.checkpoint"], .. more,
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TERM"] = "dumb"; // mpirun gives its processes terminals, which .NET would set up.
        start.Environment["DOTNET_TieredCompilation"] = "1";
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        return Process.Start(start)!;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
