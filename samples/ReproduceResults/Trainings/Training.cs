using DRepMRec.Evaluation;

namespace ReproduceResults.Trainings;

/// <summary>
/// One training as a line of the log: the variant and seed, the options, and all figures that tables and pictures are made from.
/// </summary>
internal sealed record Training(string Study, string Variant, int Seed, string SplitChecksum, string Options)
{
    public static readonly RankingMetric Recall = RankingMetric.Recall(20);

    public static readonly RankingMetric Ndcg = RankingMetric.Ndcg(20);

    public static readonly RankingMetric[] Metrics = [RankingMetric.Recall(10), Recall, RankingMetric.Ndcg(10), Ndcg];

    public required DatasetFigures Dataset { get; init; }

    public required string Loss { get; init; }

    /// <summary>The checksum of all data, features included; <see langword="null"/> in logs from before it was kept.</summary>
    public string? Data { get; init; }

    /// <summary>The build of the library; <see langword="null"/> in logs from before it was kept.</summary>
    public string? Library { get; init; }

    /// <summary>The name of its variant in tables.</summary>
    public required string Title { get; init; }

    /// <summary>The place of its variant in tables.</summary>
    public int Place { get; init; }

    /// <summary>The most epochs that it was given.</summary>
    public int MaxEpochs { get; init; }

    /// <summary>What was chosen by a search, as paths of options with their values.</summary>
    public string? Setting { get; init; }

    public int BestEpoch { get; init; }

    public int Epochs { get; init; }

    /// <summary>The mean training time of an epoch, without validation.</summary>
    public double SecondsPerEpoch { get; init; }

    /// <summary>Training and validation together.</summary>
    public double Seconds { get; init; }

    public IReadOnlyDictionary<string, double> Valid { get; init; } = new Dictionary<string, double>();

    public IReadOnlyDictionary<string, double> Test { get; init; } = new Dictionary<string, double>();

    /// <summary>The number of evaluated users.</summary>
    public int TestUsers { get; init; }

    /// <summary>Test figures by user index.</summary>
    public UserFigures PerUser { get; init; } = UserFigures.None;

    /// <summary>Figures of groups of test rows, by name.</summary>
    public IReadOnlyDictionary<string, GroupFigures> Groups { get; init; } = new Dictionary<string, GroupFigures>();

    /// <summary>Figures by epoch; none of a line with the item-to-item part, as epochs are validated without it.</summary>
    public IReadOnlyList<EpochFigures> History { get; init; } = [];

    /// <summary>The seconds of training and validation until validation Recall@20 was so high; null if it never was.</summary>
    public double? SecondsTo(double recall) => History.FirstOrDefault(e => e.Recall >= EpochFigures.Rounded(recall))?.Total;

    /// <summary>The diagnostics of a model with both lines.</summary>
    public LineFigures? Lines { get; init; }

    /// <summary>What making the text features took, in the study of features.</summary>
    public FeatureFigures? Features { get; init; }

    /// <summary>The weight of the item-to-item part that validation chose, of a line that has one.</summary>
    public double? ItemToItemWeight { get; init; }

    /// <summary>The weight of the items' popularity that validation chose beside it; null before that was a part of the blend.</summary>
    public double? PopularityWeight { get; init; }

    /// <summary>
    /// The options of the item-to-item part and its blend, in short; null of a line without, and in logs from before they were kept.
    /// </summary>
    public string? Part { get; init; }

    /// <summary>What its lists are like, of the variants that are described.</summary>
    public ListFigures? Lists { get; init; }

    /// <summary>The figures that pictures of the lines are drawn from, of the variants that are pictured.</summary>
    public LineSnapshot? Snapshot { get; init; }

    /// <summary>Why there are no figures, if the training diverged.</summary>
    public string? Failure { get; init; }
}

/// <summary>Rows of the test set, and the share of them that are in their user's top 20.</summary>
internal sealed record GroupFigures(int Rows, double Recall);

/// <summary>How many numbers an item has, and the seconds that they took to make, if the library made them.</summary>
internal sealed record FeatureFigures(int Dimension)
{
    public double? Seconds { get; init; }
}

/// <summary>Validation figures after an epoch, and the seconds since the beginning: of training alone, and with validation.</summary>
internal sealed record EpochFigures(double Training, double Total, double Recall, double Ndcg)
{
    /// <summary>A figure with the digits that are kept of it.</summary>
    public static double Rounded(double figure) => Math.Round(figure, 6);
}

/// <summary>The diagnostics of the two lines.</summary>
internal sealed record LineFigures(LineAlignment Users, LineAlignment Items, IReadOnlyList<ModalityFigures> Modalities)
{
    public static LineFigures Of(LineDiagnostics lines)
        => new(lines.Users, lines.Items, [.. lines.Modalities.Select(m => new ModalityFigures(m.Modality.Name, m.Pearson, m.Spearman))]);
}

/// <summary>How the similarities of the modal line correlate with those of a modality's features.</summary>
internal sealed record ModalityFigures(string Modality, double Pearson, double Spearman);
