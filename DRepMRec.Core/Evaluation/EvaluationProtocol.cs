using DRepMRec.Data;

namespace DRepMRec.Evaluation;

/// <summary>What a figure was measured under: two figures compare only if their protocols agree.</summary>
/// <param name="Dataset">The name of the dataset.</param>
/// <param name="SplitChecksum">The checksum of its split.</param>
/// <param name="Target">The evaluated set.</param>
/// <param name="Metrics">The metrics.</param>
/// <param name="Mask">Which of a user's items were taken out.</param>
/// <param name="UserFilter">Which users were evaluated.</param>
/// <param name="Seed">The seed of the training, if a training came before.</param>
/// <param name="Users">The number of users of the dataset.</param>
/// <param name="Items">The number of items: all of them are ranked.</param>
/// <param name="Train">The number of training interactions.</param>
/// <param name="Validation">The number of validation interactions.</param>
/// <param name="Test">The number of test interactions.</param>
public sealed record EvaluationProtocol(
    string Dataset,
    string SplitChecksum,
    EvaluationTarget Target,
    IReadOnlyList<string> Metrics,
    CandidateMask Mask,
    UserFilter UserFilter,
    int? Seed,
    int Users,
    int Items,
    int Train,
    int Validation,
    int Test)
{
    internal static EvaluationProtocol Of(RecDataset data, EvaluationTarget target, EvaluationOptions options, int? seed) => new(data.Name, data.SplitChecksum, target,
        [.. options.Metrics.Select(m => m.ToString())], options.Mask, options.Users, seed, data.Users.Count, data.Items.Count, data.Train.Count, data.Validation.Count, data.Test.Count);

    /// <summary>One line of text with everything.</summary>
    public override string ToString()
        => $"{Dataset} (split {SplitChecksum[..Math.Min(12, SplitChecksum.Length)]}), {Target}: full ranking of {Items} items, {(Mask == CandidateMask.Train ? "training items" : "training and validation items")} masked, "
        + $"users {(UserFilter == UserFilter.WithPositives ? "with positives" : "with positives and training")}; {Users} users, {Train}/{Validation}/{Test} interactions{(Seed is { } seed ? $"; seed {seed}" : "")}";
}
