using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Features;

/// <summary>What is left of a generator in a dataset and a model: its name, and how many numbers it gives.</summary>
internal sealed class GeneratedEncoder(
    Modality modality, int dimension, IReadOnlyList<string> columns, string generatorName, bool isOfImages)
    : FeatureEncoder(modality, dimension, columns)
{
    private static readonly ItemColumnKind[] TextKinds = [ItemColumnKind.Title, ItemColumnKind.Text, ItemColumnKind.Category];

    public bool IsOfImages => isOfImages;

    public override string? GeneratorName => generatorName;

    internal override ReadOnlySpan<ItemColumnKind> Kinds => isOfImages ? [ItemColumnKind.Image] : TextKinds;

    internal override float[]?[] Rows(ItemTable items, CancellationToken cancellationToken) => throw new InvalidOperationException(
        $"The features of '{Modality}' come from the generator {Shown.Text(generatorName)}: give it as {nameof(EmbeddingEncoder)}.");
}
