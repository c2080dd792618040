using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>The metadata of a catalogue, and for each item row its row there, or -1.</summary>
internal sealed class CatalogueMetadata
{
    public const string RowsArray = "metadata_rows";
    private readonly Block<int> _fileRows;
    private readonly int[] _addedRows;

    private CatalogueMetadata(ItemMetadata table, Block<int> fileRows, int[] addedRows)
        => (Table, _fileRows, _addedRows) = (table, fileRows, addedRows);

    public ItemMetadata Table { get; }

    /// <summary>The metadata's row of an item row; -1 for none.</summary>
    public int RowOf(int item) => item < _fileRows.Length ? _fileRows[item] : _addedRows[item - _fileRows.Length];

    /// <summary>Finds the metadata of all items of a model.</summary>
    public static CatalogueMetadata Of(ServingModel model, ItemMetadata table)
    {
        int[] rows = Find(table, Enumerable.Range(0, model.ItemIds.Count).Select(item => model.ItemIds[item]));
        return new CatalogueMetadata(table, Block<int>.Copy(rows), []).After(model);
    }

    /// <summary>The same metadata for a catalogue that has changed.</summary>
    public CatalogueMetadata After(ServingModel model) => new(Table, _fileRows, Find(Table, model.Changes.AddedIds));

    /// <summary>The same metadata for a catalogue whose file has other rows.</summary>
    /// <param name="rows">The item rows that are the file's from now on.</param>
    /// <param name="ids">The ids of items behind them that there have been no rows of.</param>
    public CatalogueMetadata Settle(IEnumerable<int> rows, IEnumerable<string> ids)
        => new(Table, Block<int>.Copy([.. rows.Select(RowOf), .. Find(Table, ids)]), []);

    public static CatalogueMetadata Read(MetadataForm form, ModelArrays arrays, int items)
    {
        if (form.Rows < 0 || form.Columns is not { Count: > 0 } || form.Columns.Any(c => c?.Name is null || !Enum.IsDefined(c.Kind)))
            throw new FormatException($"the manifest has metadata of {form.Rows} items without sense");
        MetadataColumn[] columns = [.. form.Columns.Select(c => MetadataColumn.Read(c, arrays, form.Rows))];
        ItemMetadata.ThrowIfTwice(columns);
        return new CatalogueMetadata(
            new ItemMetadata(ModelAssembly.Ids(arrays, "metadata", form.Rows), columns), arrays.Get<int>(RowsArray, items), []);
    }

    /// <summary>The arrays of the metadata by name.</summary>
    /// <param name="rows">The item rows that are written.</param>
    public IEnumerable<SafeTensorSource> Arrays(int[] rows)
    {
        IdTable ids = Table.Table;
        return
        [
            ModelWriter.Array("metadata_id_offsets", ids.Offsets), ModelWriter.Array("metadata_id_slots", ids.Slots),
            ModelWriter.Array(RowsArray, Block<int>.Copy([.. rows.Select(RowOf)])), ModelWriter.Array("metadata_ids", ids.Text),
            .. Table.Columns.SelectMany(c => c.Arrays()),
        ];
    }

    /// <summary>Checks all that loading takes on trust.</summary>
    /// <exception cref="FormatException">Something doesn't hold.</exception>
    public void Verify(ServingModel model)
    {
        IdTable ids = Table.Table;
        ModelVerification.ThrowIfNotRising(ids.Offsets, "id");
        ids.Verify("metadata");
        for (int item = 0; item < _fileRows.Length; item++)
        {
            int row = _fileRows[item];
            if (row < -1 || row >= ids.Count)
                throw new FormatException($"the item with index {item} has the metadata's row {row} of {ids.Count}");
            if (row >= 0 ? !ids.Bytes(row).SequenceEqual(model.ItemIds.Bytes(item)) : ids.TryGetIndex(model.ItemIds[item], out _))
                throw new FormatException($"the item with index {item} has the metadata's row {row}, which isn't its own");
        }

        foreach (MetadataColumn column in Table.Columns)
            column.Verify();
    }

    private static int[] Find(ItemMetadata table, IEnumerable<string> ids)
        => [.. ids.Select(id => table.Table.TryGetIndex(id, out int row) ? row : -1)];
}
