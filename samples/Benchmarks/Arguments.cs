using System.CommandLine;
using Common;
using DRepMRec.Data;

namespace Benchmarks;

internal sealed record Arguments
{
    public required string Suite { get; init; }

    public string? Data { get; init; }

    public required int Threads { get; init; }

    public required int Epochs { get; init; }

    public required bool Quick { get; init; }

    public string? Json { get; init; }

    /// <summary>The dataset that was asked for, or a synthetic one.</summary>
    public RecDataset Load() => Data is null
        ? SyntheticDataset.Create(new SyntheticOptions { Users = 9000, Items = 6500, Clusters = 60, MeanInteractions = 9 }).Data
        : RecDataset.Load(Data);

    public static int Run(string[] args, Action<Arguments, CancellationToken> body)
    {
        if (args is ["--spin", var seconds])
            return Neighbor.Spin(double.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture));
        var suite = new Option<string>("--suite")
        {
            Description = $"{string.Join(", ", Suites.Names)} or {Suites.All}.",
            DefaultValueFactory = _ => Suites.All,
        };
        suite.AcceptOnlyFromAmong([.. Suites.Names, Suites.All]);
        var data = new Option<string?>("--data")
        {
            Description = "A folder with a dataset in the MMRec, RecBole or LATTICE layout. Default: a synthetic dataset of TikTok's size.",
        }.ExistingFolder();
        var threads = new Option<int>("--threads") { Description = "The most threads.", DefaultValueFactory = _ => 1 }.AboveZero();
        var epochs = new Option<int>("--epochs")
        {
            Description = "The most epochs, for serving-cold.",
            DefaultValueFactory = _ => 300,
        }.AboveZero();
        var quick = new Option<bool>("--quick") { Description = "Small sizes and few repetitions: does it run, not how fast is it." };
        var json = new Option<string?>("--json") { Description = "A file for all figures." }.InExistingFolder();
        var root = new RootCommand(
            "Times the library's kernels, epochs and large graphs beside the plain libtorch way and beside their bounds.")
        {
            suite, data, threads, epochs, quick, json,
        };
        root.SetAction((result, cancellation) => Task.FromResult(Guarded.Run(() => body(new Arguments
        {
            Suite = result.GetValue(suite)!,
            Data = result.GetValue(data),
            Threads = result.GetValue(threads),
            Epochs = result.GetValue(epochs),
            Quick = result.GetValue(quick),
            Json = result.GetValue(json),
        }, cancellation))));
        return Commands.Invoke(root, args);
    }
}
