using System.Numerics.Tensors;
using DRepMRec.Data;
using DRepMRec.Features;

namespace DRepMRec.ItemToItem;

/// <summary>What the Gram matrix XᵀWX + alpha Σ F Fᵀ of a catalogue is made of.</summary>
internal sealed class ItemGram
{
    private readonly double _userPower;

    public ItemGram(InteractionSet train, IReadOnlyList<ItemFeatures> features, ItemToItemOptions options, FeatureScaling scaling)
    {
        Train = train;
        _userPower = options.NormalizeUsers ? -0.5 : 0;
        ContentWidth = options.ContentWeight > 0 ? features.Sum(f => f.Dimension) : 0;
        if ((long)train.ItemCount * ContentWidth > Array.MaxLength)
        {
            throw new ArgumentException($"Expected at most {Array.MaxLength} features of all items, as one array holds; {train.ItemCount} "
                + $"items have {ContentWidth} each. A {nameof(ItemToItemOptions.ContentWeight)} of 0 leaves them out.", nameof(features));
        }

        Content = new float[train.ItemCount * ContentWidth];
        if (ContentWidth > 0)
            FillContent(features, scaling, (float)Math.Sqrt(options.ContentWeight));
        int[] degrees = train.ItemDegrees();
        Items = [.. Enumerable.Range(0, train.ItemCount).Where(i => degrees[i] > 0 || ContentOf(i).ContainsAnyExcept(0f))];
    }

    public InteractionSet Train { get; }

    /// <summary>The items of which anything is known, ascending.</summary>
    public int[] Items { get; }

    /// <summary>[I, width]: the unit rows of all modalities beside each other, times sqrt(alpha).</summary>
    public float[] Content { get; }

    public int ContentWidth { get; }

    public ReadOnlySpan<float> ContentOf(int item) => Content.AsSpan(item * ContentWidth, ContentWidth);

    /// <summary>How much a user of a number of items counts.</summary>
    public float UserWeight(int items) => (float)Math.Pow(items, _userPower);

    private void FillContent(IReadOnlyList<ItemFeatures> features, FeatureScaling scaling, float factor)
    {
        int first = 0;
        foreach (ItemFeatures modality in features)
        {
            int dimension = modality.Dimension;
            float[] scaled = FeatureScaler.Scale(modality, scaling);
            for (int item = 0; item < Train.ItemCount; item++)
            {
                ReadOnlySpan<float> row = scaled.AsSpan(item * dimension, dimension);
                float length = TensorPrimitives.Norm(row);
                if (modality.Present[item] && length > 0)
                    TensorPrimitives.Multiply(row, factor / length, Content.AsSpan((item * ContentWidth) + first, dimension));
            }

            first += dimension;
        }
    }
}
