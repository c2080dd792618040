using DRepMRec.Data;
using DRepMRec.Internals;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DRepMRec.Training;

/// <summary>What a table of weights has rows of.</summary>
internal enum RowKind
{
    Users,
    Items,
    Nodes,
}

/// <summary>Tells the tables that have a row for each user or item from other weights.</summary>
internal sealed class RowTables
{
    private readonly EarlierModel _earlier;
    private readonly RecDataset _data;
    private readonly HashSet<string> _ofEmbeddings;
    private readonly bool _hasSameIds;

    public RowTables(EarlierModel earlier, DRepMRecModel model, RecDataset data)
    {
        (_earlier, _data) = (earlier, data);
        _hasSameIds = earlier.Users.Ids.SequenceEqual(data.Users.Ids) && earlier.Items.Ids.SequenceEqual(data.Items.Ids);
        _ofEmbeddings = [.. model.named_modules().Where(m => m.module is Embedding or EmbeddingBag).Select(m => $"{m.name}.weight")];
    }

    /// <summary>The rows that a table has; <see langword="null"/> for weights that go over as they are.</summary>
    /// <remarks>
    /// A number of rows that has changed as that of users or items has is enough. One that stays may be so by chance, as that of a layer's
    /// outputs: then the table must be an embedding module's, or be called after what it has rows of.
    /// </remarks>
    /// <exception cref="ArgumentException">There are as many users as items, and the table isn't called after either.</exception>
    public RowKind? Kind(SafeTensor old, WarmStartTarget target)
    {
        if (target.Own.dtype != ScalarType.Float32 || old.Type != "F32" || target.Shape.Length < 1
            || old.Shape.Length != target.Shape.Length || !old.Shape.AsSpan(1).SequenceEqual(target.Shape.AsSpan(1)))
        {
            return null;
        }

        var (users, items, nodes) = Rows(old, target);
        if (users && items)
        {
            return IsCalled(target, "item") ? RowKind.Items
                : IsCalled(target, "user") || _hasSameIds ? RowKind.Users
                : throw new ArgumentException(
                    $"The {target.Rows} rows of '{target.Name}' may be of users or of items, of which there are as many, and others than "
                    + "before: have \"user\" or \"item\" in its name.");
        }

        return users ? RowKind.Users : items ? RowKind.Items : nodes ? RowKind.Nodes : null;
    }

    /// <summary>Whether there is a row for each user, item or node, whatever it has in it.</summary>
    public bool HasRows(SafeTensor old, WarmStartTarget target)
        => target.Shape.Length > 0 && old.Shape.Length > 0 && Rows(old, target) is not (false, false, false);

    private (bool Users, bool Items, bool Nodes) Rows(SafeTensor old, WarmStartTarget target)
    {
        bool Fits(int before, int now) => old.Shape[0] == before && target.Rows == now;
        if (old.Shape[0] == target.Rows && !_ofEmbeddings.Contains(target.Name) && !IsCalled(target, "embedding")
            && !IsCalled(target, "user") && !IsCalled(target, "item"))
        {
            return default;
        }

        return (Fits(_earlier.Users.Count, _data.Users.Count), Fits(_earlier.Items.Count, _data.Items.Count),
            Fits(_earlier.Users.Count + _earlier.Items.Count, _data.Users.Count + _data.Items.Count));
    }

    private bool IsCalled(WarmStartTarget target, string word)
    {
        string name = _ofEmbeddings.Contains(target.Name) ? target.Name[..target.Name.LastIndexOf('.')] : target.Name;
        return name[(name.LastIndexOf('.') + 1)..].Contains(word, StringComparison.OrdinalIgnoreCase);
    }
}
