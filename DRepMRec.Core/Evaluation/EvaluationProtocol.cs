using System.Text.Json.Serialization;
using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Evaluation;

/// <summary>The conditions that a figure was measured under: two figures compare only if their protocols agree.</summary>
public sealed record EvaluationProtocol
{
    [JsonConstructor]
    internal EvaluationProtocol()
    {
    }

    /// <summary>The name of the dataset.</summary>
    public required string Dataset { get; init; }

    /// <summary>The checksum of its split.</summary>
    public required string SplitChecksum { get; init; }

    /// <summary>The evaluated set.</summary>
    public required EvaluationTarget Target { get; init; }

    /// <summary>The metrics.</summary>
    public required IReadOnlyList<string> Metrics { get; init; }

    /// <summary>The metrics of lists that are among <see cref="Metrics"/>.</summary>
    internal IReadOnlyList<ListMetric> ListMetrics { get; init; } = [];

    /// <summary>Which of a user's items were taken out.</summary>
    public required CandidateMask Mask { get; init; }

    /// <summary>Which users were evaluated.</summary>
    public required UserFilter UserFilter { get; init; }

    /// <summary>The seed of the training, if a training came before.</summary>
    public required int? Seed { get; init; }

    /// <summary>The number of users of the dataset.</summary>
    public required int Users { get; init; }

    /// <summary>The number of items: all of them are ranked.</summary>
    public required int Items { get; init; }

    /// <summary>The number of training interactions.</summary>
    public required int Train { get; init; }

    /// <summary>The number of validation interactions.</summary>
    public required int Validation { get; init; }

    /// <summary>The number of test interactions.</summary>
    public required int Test { get; init; }

    /// <summary>Whether all is the same, metrics and seed as well.</summary>
    /// <param name="other">The other conditions.</param>
    public bool Equals(EvaluationProtocol? other)
        => other is not null && DifferenceTo(other) is null && Mask == other.Mask && Dataset == other.Dataset && Seed == other.Seed
            && Metrics.SequenceEqual(other.Metrics);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Dataset, SplitChecksum, Target, Mask, UserFilter, Seed, Metrics.Count);

    /// <summary>One line of text with everything.</summary>
    public override string ToString()
    {
        string mask = Mask == CandidateMask.Train ? "training items" : "training and validation items";
        string users = UserFilter == UserFilter.WithPositives ? "with positives" : "with positives and training";
        return $"{Shown.Name(Dataset)} (split {SplitChecksum[..Math.Min(12, SplitChecksum.Length)]}), {Target}: full ranking of {Items} "
            + $"items, "
            + $"{mask} masked, users {users}; {Users} users, {Train}/{Validation}/{Test} "
                + $"interactions{(Seed is { } seed ? $"; seed {seed}" : "")}";
    }

    internal static EvaluationProtocol Of(RecDataset data, EvaluationTarget target, EvaluationOptions options, int? seed) => new()
    {
        Dataset = data.Name,
        SplitChecksum = data.SplitChecksum,
        Target = target,
        Metrics = [.. options.Metrics.Select(m => m.ToString()), .. options.ListMetrics.Select(m => m.ToString())],
        ListMetrics = [.. options.ListMetrics.Distinct()],
        Mask = options.Mask,
        UserFilter = options.Users,
        Seed = seed,
        Users = data.Users.Count,
        Items = data.Items.Count,
        Train = data.Train.Count,
        Validation = data.Validation.Count,
        Test = data.Test.Count,
    };

    /// <summary>The first field, with both values, that forbids a comparison of figures; name, metrics and seed may differ.</summary>
    /// <returns>Such as "Target is Test and Validation", or <see langword="null"/> when the figures compare.</returns>
    internal string? DifferenceTo(EvaluationProtocol other)
    {
        (string Field, object Own, object Others)[] fields =
        [
            (nameof(SplitChecksum), SplitChecksum, other.SplitChecksum),
            (nameof(Target), Target, other.Target),
            (nameof(Mask), EffectiveMask, other.EffectiveMask),
            (nameof(UserFilter), UserFilter, other.UserFilter),
            (nameof(Users), Users, other.Users),
            (nameof(Items), Items, other.Items),
            (nameof(Train), Train, other.Train),
            (nameof(Validation), Validation, other.Validation),
            (nameof(Test), Test, other.Test),
        ];
        foreach (var (field, own, others) in fields)
        {
            if (!own.Equals(others))
                return FormattableString.Invariant($"{field} is {own} and {others}");
        }

        return null;
    }

    // Validation items are never taken out where they are what is looked for.
    private CandidateMask EffectiveMask => Target == EvaluationTarget.Validation ? CandidateMask.Train : Mask;
}
