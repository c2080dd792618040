using System.Numerics.Tensors;
using Tensor = TorchSharp.torch.Tensor;

namespace DRepMRec.Kernels;

/// <summary>What losses over shared negatives have in common.</summary>
internal static unsafe class SharedNegatives
{
    private const int RowsPerThread = 256;

    /// <summary>
    /// The gradient of the items. Each has one thread that adds up its gradients, as a positive and as a negative in turn, each in the
    /// order of the list.
    /// </summary>
    /// <param name="users">The users' table, [n, D].</param>
    /// <param name="toNegatives">The gradient by the negatives, a row for each of the list.</param>
    /// <param name="toItems">[I, D], overwritten.</param>
    /// <param name="pairs">The pairs.</param>
    /// <param name="slopes">Of each pair, the slope of the loss by the score of its positive.</param>
    public static void ToItems(Tensor users, Tensor toNegatives, Tensor toItems, PairIndices pairs, float[] slopes)
    {
        int count = (int)toItems.shape[0], width = (int)toItems.shape[1];
        RowGroups positives = new(pairs.Positives, count), negatives = new(pairs.Negatives, count);
        nint source = (nint)users.Floats(), target = (nint)toItems.Floats(), from = (nint)toNegatives.Floats();
        Span<float> Row(nint table, long row) => new((float*)table + (row * width), width);
        Parallelism.ForRanges(count, RowsPerThread, (first, last) =>
        {
            for (int item = first; item < last; item++)
            {
                Span<float> own = Row(target, item);
                own.Clear();
                foreach (int pair in positives[item])
                    TensorPrimitives.MultiplyAdd(Row(source, pairs.Users[pair]), slopes[pair], own, own);
                foreach (int place in negatives[item])
                    TensorPrimitives.Add(own, Row(from, place), own);
            }
        });
    }
}
