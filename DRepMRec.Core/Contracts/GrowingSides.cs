using System.Diagnostics.CodeAnalysis;
using DRepMRec.Data;
using DRepMRec.Internals;
using static TorchSharp.torch;

namespace DRepMRec.Contracts;

/// <summary>Which sides of weights and buffers have a place per user or item: those that grow with them.</summary>
[RequiresUnreferencedCode(Untrimmed.Message)]
internal sealed class GrowingSides(Func<RecDataset, EncoderSubject> create, RecDataset data)
{
    private readonly Dictionary<string, long[]> _withUser = Shapes(create, ContractData.Grown(data, 1, 0));
    private readonly Dictionary<string, long[]> _withItem = Shapes(create, ContractData.Grown(data, 0, 1));

    /// <summary>
    /// A tensor as it is for users and items in another order: users before items, and behind them what belongs to nobody, such as a row
    /// for padding, where it was.
    /// </summary>
    /// <returns><see langword="null"/> where a side grows in another way, so that it isn't known what is whose.</returns>
    public Tensor? Reordered(string name, Tensor weights, int[] users, int[] items)
    {
        if (!_withUser.TryGetValue(name, out long[]? withUser) || !_withItem.TryGetValue(name, out long[]? withItem)
            || withUser.Length != weights.dim() || withItem.Length != weights.dim())
        {
            return null;
        }

        Tensor moved = weights;
        for (int side = 0; side < withUser.Length; side++)
        {
            long length = weights.shape[side], perUser = withUser[side] - length, perItem = withItem[side] - length;
            if (perUser is < 0 or > 1 || perItem is < 0 or > 1)
                return null;
            int[] own = perUser == 1 ? users : [];
            int[] order = perItem == 1 ? [.. own, .. items.Select(item => own.Length + item)] : own;
            if (order.Length == 0)
                continue;
            if (order.Length > length)
                return null;
            int[] places = [.. order, .. Enumerable.Range(order.Length, (int)length - order.Length)];
            moved = moved.index_select(side, tensor(places));
        }

        return moved;
    }

    private static Dictionary<string, long[]> Shapes(Func<RecDataset, EncoderSubject> create, RecDataset data)
    {
        using EncoderSubject subject = create(data);
        return subject.Module.state_dict().ToDictionary(w => w.Key, w => w.Value.shape);
    }
}
