using System.Text.Json;
using Common;
using DRepMRec.Data;
using DRepMRec.ItemToItem;

namespace ReproduceResults.Trainings;

/// <summary>
/// The item-to-item part of a dataset by its defaults, that each trained model is blended with: solved for once, when the first of them
/// needs it.
/// </summary>
internal sealed class SolvedPart(RecDataset data)
{
    private ItemToItemModel? _solved;

    /// <summary>Its options and those of the blend, in short.</summary>
    public static string Options { get; } = OptionsHash.Of(JsonSerializer.Serialize(new ItemToItemOptions()));

    /// <summary>
    /// Whether a line of a log is of a blend with this part: not one by other options, and not one from before popularity was a part of
    /// the blend.
    /// </summary>
    public static bool Made(Training beside)
        => beside.Failure is not null || (beside.PopularityWeight is not null && (beside.Part is null || beside.Part == Options));

    public ItemToItemModel Solve(CancellationToken cancellation)
        => Volatile.Read(ref _solved) ?? Solving.Run(
            token => _solved ??= ItemToItemModel.Solve(data, cancellationToken: token), cancellation).Made;
}
