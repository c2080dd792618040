namespace ReproduceResults.Fair;

/// <summary>How the fair comparison is run.</summary>
internal sealed record FairOptions
{
    public required IReadOnlyList<string> Data { get; init; }

    public required string Log { get; init; }

    public required string Out { get; init; }

    public required IReadOnlyList<int> Seeds { get; init; }

    /// <summary>The combinations that each model's search draws under each loss.</summary>
    public required int Trials { get; init; }

    /// <summary>The combinations drawn for a dataset that is large.</summary>
    public required int LargeTrials { get; init; }

    /// <summary>The datasets, by name, of which other splits are drawn; none given is TikTok, where it's among them.</summary>
    public required IReadOnlyList<string> Redrawn { get; init; }

    /// <summary>The number of splits of each kind.</summary>
    public required int Splits { get; init; }

    public required int Epochs { get; init; }

    public required int Jobs { get; init; }

    public required bool DryRun { get; init; }

    public required bool ReportOnly { get; init; }

    /// <summary>The hours that a dry run finds the number of trials for.</summary>
    public required double Hours { get; init; }
}
