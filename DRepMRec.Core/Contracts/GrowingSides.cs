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

    /// <summary>The layouts that a side with places of users and items, or with more places than they are, may have.</summary>
    public static IReadOnlyList<Layout> Layouts { get; } =
        [new(false, false), new(RestFirst: true, false), new(false, ItemsFirst: true), new(true, true)];

    /// <summary>A tensor as it is for users and items in another order, by one layout; what belongs to nobody stays where it was.</summary>
    /// <returns><see langword="null"/> where a side grows in another way, so that it isn't known what is whose.</returns>
    public Tensor? Reordered(string name, Tensor weights, int[] users, int[] items, Layout layout)
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
            int[] first = perUser == 1 ? users : [], second = perItem == 1 ? items : [];
            int rest = (int)length - first.Length - second.Length;
            if (first.Length + second.Length == 0)
                continue;
            if (rest < 0)
                return null;
            if (layout.ItemsFirst)
                (first, second) = (second, first);
            int begin = layout.RestFirst ? rest : 0, end = begin + first.Length + second.Length;
            int[] places =
            [
                .. Enumerable.Range(0, begin), .. first.Select(n => begin + n), .. second.Select(n => begin + first.Length + n),
                .. Enumerable.Range(end, (int)length - end),
            ];
            moved = moved.index_select(side, tensor(places, device: CPU));
        }

        return moved;
    }

    /// <summary>Where the places of a side are.</summary>
    /// <param name="RestFirst">Whether what belongs to nobody, such as a row for padding, comes before users and items.</param>
    /// <param name="ItemsFirst">Whether items come before users.</param>
    public readonly record struct Layout(bool RestFirst, bool ItemsFirst);

    private static Dictionary<string, long[]> Shapes(Func<RecDataset, EncoderSubject> create, RecDataset data)
    {
        using EncoderSubject subject = create(data);
        return subject.Module.state_dict().ToDictionary(w => w.Key, w => w.Value.shape);
    }
}
