using System.Numerics.Tensors;
using DRepMRec.Kernels;

namespace DRepMRec.Serving;

/// <summary>
/// The item-to-item weights of an item that training never saw, by its content alone: what the whole matrix would have got for it, by the
/// block inverse. With g = alpha Σ F f over the items of the training and v_j = P_jj g_j, the weights b = P g = v - B v speak for the new
/// item, and it speaks for others by s b_j / (P_jj + s b_j²), s = 1 / (alpha f·f + lambda - g·b).
/// </summary>
internal static class NewItemWeights
{
    /// <summary>Whether nothing is known of an item but who chose it after the training: it has neither weights nor content.</summary>
    public static bool IsNew(ServingModel model, int row) => model.ItemToItem is { } part && part.IsUnknown(row)
        && model.Content.All(content => content.Features?[row].ContainsAnyExcept(0f) is not true);

    /// <param name="model">The model; the features of its items are in the content form.</param>
    /// <param name="content">The scaled features of the new item, one per modality; <see langword="null"/> where it has none.</param>
    /// <returns>
    /// <see langword="null"/> where the model has no such part, or one of popularity alone, or no features to compare with.
    /// </returns>
    public static AddedWeights? Of(ServingModel model, IReadOnlyList<EncodedContent?> content)
    {
        if (model.ItemToItem is not { } part || part.Form.ContentWeight == 0 || part.Form.Factor == 0)
            return null;
        int items = model.TrainedItems;
        float[] gram = new float[items], direct = new float[items];
        double own = part.Form.L2;
        for (int m = 0; m < content.Count; m++)
        {
            if (content[m] is not { } encoded || model.Content[m] is not { Features: { } features, Form.Weight: > 0 })
                continue;
            if (!encoded.Features.ContainsAnyExcept(0f))
                continue; // Training too counts no content of an item whose features are scaled to nothing.
            own += part.Form.ContentWeight;
            float factor = (float)(part.Form.ContentWeight / features.Width);
            for (int item = 0; item < items; item++)
                gram[item] += factor * TensorPrimitives.Dot(features[item], encoded.Features);
        }

        for (int item = 0; item < items; item++)
            direct[item] = part.Residuals[item] is > 0 and float residual ? gram[item] / residual : 0;
        var weights = new float[items];
        for (int item = 0; item < items; item++)
        {
            ItemToItemRows.SparseRow row = part.RowOf(item);
            float others = 0;
            for (int n = 0; n < row.Items.Length && (uint)row.Items[n] < (uint)items; n++)
                others += row.Values[n] * direct[row.Items[n]];
            weights[item] = part.Residuals[item] > 0 ? direct[item] - others : 0; // Items that were added don't speak for each other.
        }

        return Keep(part, weights, own - TensorPrimitives.Dot<float>(gram, weights));
    }

    private static AddedWeights? Keep(ItemToItemRows part, float[] weights, double residual)
    {
        if (!(residual > 0 && TensorPrimitives.IsFiniteAll<float>(weights)))
            return null;
        var largest = new TopK(Math.Min(part.Form.KeptWeights, weights.Length), float.Epsilon, finiteOnly: true);
        for (int item = 0; item < weights.Length; item++)
            largest.Offer(Math.Abs(weights[item]), item);
        int[] items = [.. largest.Ranked.ToArray().Select(r => r.Index).Order()];
        float Out(int item)
        {
            double b = weights[item], diagonal = part.Residuals[item];
            return diagonal > 0 ? (float)(b / residual / ((1 / diagonal) + (b * b / residual))) : 0;
        }

        return new AddedWeights(items, [.. items.Select(item => weights[item])], [.. items.Select(Out)]);
    }
}
