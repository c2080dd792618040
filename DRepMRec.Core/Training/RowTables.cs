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

        bool Fits(int before, int now) => old.Shape[0] == before && target.Rows == now;
        bool isEmbedding = _ofEmbeddings.Contains(target.Name);
        string name = isEmbedding ? target.Name[..target.Name.LastIndexOf('.')] : target.Name;
        name = name[(name.LastIndexOf('.') + 1)..];
        bool IsCalled(string word) => name.Contains(word, StringComparison.OrdinalIgnoreCase);
        if (old.Shape[0] == target.Rows && !isEmbedding && !IsCalled("embedding") && !IsCalled("user") && !IsCalled("item"))
            return null;
        bool users = Fits(_earlier.Users.Count, _data.Users.Count), items = Fits(_earlier.Items.Count, _data.Items.Count);
        if (users && items)
        {
            return IsCalled("item") ? RowKind.Items
                : IsCalled("user") || _hasSameIds ? RowKind.Users
                : throw new ArgumentException(
                    $"The {target.Rows} rows of '{target.Name}' may be of users or of items, of which there are as many, and others than "
                    + "before: have \"user\" or \"item\" in its name.");
        }

        return users ? RowKind.Users : items ? RowKind.Items
            : Fits(_earlier.Users.Count + _earlier.Items.Count, _data.Users.Count + _data.Items.Count) ? RowKind.Nodes : null;
    }
}
