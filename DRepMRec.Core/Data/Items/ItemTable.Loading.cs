using System.Data.Common;

namespace DRepMRec.Data;

public sealed partial class ItemTable
{
    /// <summary>Loads items from any delimited file, such as a CSV export.</summary>
    /// <param name="file">The file. Empty lines are passed over.</param>
    /// <param name="layout">Which columns are what.</param>
    /// <param name="options">How it is read; <see langword="null"/> for the defaults.</param>
    /// <returns>The items, in the order of the file.</returns>
    /// <exception cref="DatasetFormatException">The file is wrong: an id is blank or there twice, a cell can't be read.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ArgumentException">A column is named without a header.</exception>
    public static ItemTable LoadDelimited(string file, DelimitedItemOptions layout, ItemTableOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        ArgumentNullException.ThrowIfNull(layout);
        DatasetLayout.ThrowIfFolder(file, "a delimited file");
        DelimitedText Open() => DelimitedFormat.Open(
            file, layout.Separator, layout.Quotes, layout.Encoding, nameof(DelimitedItemOptions));
        using DelimitedText text = (layout.HasHeader ? Open() : DelimitedFormat.AtFirstRow(Open))
            ?? throw new DatasetFormatException("expected at least one item, found an empty file.", Path.GetFileName(file));
        string hint = ItemTableReader.HasNames(layout) ? "" : DelimitedFormat.HeaderHint(nameof(DelimitedItemOptions));
        TableHeader? header = layout.HasHeader ? TableHeader.Read(text, hint) : null;
        return new ItemTableReader(text, header, layout, options ?? new(), FolderOf(file)).Read();
    }

    /// <summary>Loads items from a file with one JSON object per line. Categories may be arrays of strings.</summary>
    /// <param name="file">The file, in UTF-8. The first object has all properties that are read; in others they may be missing.</param>
    /// <param name="layout">Which properties of the objects are what.</param>
    /// <param name="options">How it is read; <see langword="null"/> for the defaults.</param>
    /// <returns>The items, in the order of the file.</returns>
    /// <exception cref="DatasetFormatException">The file is wrong: an id is blank or there twice, a cell can't be read.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static ItemTable LoadJsonLines(string file, ItemLayout layout, ItemTableOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        ThrowIfNoPlainLayout(layout);
        DatasetLayout.ThrowIfFolder(file, "a file of JSON lines");
        using var rows = new JsonLines(file);
        return new ItemTableReader(rows, TableHeader.Of(rows, rows.Names), layout, options ?? new(), FolderOf(file)).Read();
    }

    /// <summary>Loads items from a Parquet file. Categories may be lists; the column of pictures may be of bytes.</summary>
    /// <param name="file">The file. Columns of lists of lists and of structures are passed over.</param>
    /// <param name="layout">Which columns are what.</param>
    /// <param name="options">How it is read; <see langword="null"/> for the defaults.</param>
    /// <returns>The items, in the order of the file.</returns>
    /// <exception cref="DatasetFormatException">The file is wrong: an id is blank or there twice, a cell can't be read.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static ItemTable LoadParquet(string file, ItemLayout layout, ItemTableOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        ThrowIfNoPlainLayout(layout);
        DatasetLayout.ThrowIfFolder(file, "a Parquet file");
        using var rows = new ParquetRows(file);
        return new ItemTableReader(rows, TableHeader.Of(rows, rows.Names), layout, options ?? new(), FolderOf(file)).Read();
    }

    /// <summary>Loads items from what a database answers to a query, by any ADO.NET provider.</summary>
    /// <param name="reader">The answer; its current result is read to the end, and it stays open.</param>
    /// <param name="layout">
    /// Which columns of the answer are what. Categories may be arrays or lists, as PostgreSQL and DuckDB have them; the column of pictures
    /// may be of bytes.
    /// </param>
    /// <param name="options">How it is read; <see langword="null"/> for the defaults.</param>
    /// <returns>The items, in the order of the rows.</returns>
    /// <exception cref="DatasetFormatException">A row is wrong; the message has its number, counted from 1.</exception>
    public static ItemTable FromDatabase(DbDataReader reader, ItemLayout layout, ItemTableOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ThrowIfNoPlainLayout(layout);
        var rows = new DatabaseRows(reader);
        return new ItemTableReader(rows, TableHeader.Of(rows, rows.Names), layout, options ?? new(), ".").Read();
    }

    /// <summary>
    /// Loads the <c>NAME.item</c> of RecBole: columns of the types token and token_seq with "title" in the name are texts, the first of
    /// which is the title; so are those of token_seq with "name", "description" or "text", the first with "name" being the title where none
    /// has "title". Other columns of token are categories, of token_seq categories with blanks between them, and of float numbers. The
    /// float_seq columns are features, which <see cref="RecDataset.LoadRecBole"/> reads.
    /// </summary>
    /// <param name="path">The file, or the folder that holds one.</param>
    /// <param name="options">How it is read; <see langword="null"/> for the defaults.</param>
    /// <returns>The items, in the order of the file; columns without their types.</returns>
    /// <exception cref="DatasetFormatException">The file is wrong, or the folder holds none or several.</exception>
    public static ItemTable LoadRecBole(string path, ItemTableOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!Directory.Exists(path))
            return RecBoleItemTable.Read(path, options ?? new());
        string[] files = [.. new DatasetFolder(path).EndingIn(RecBoleItemTable.Extension)];
        return files.Length == 1 ? RecBoleItemTable.Read(Path.Combine(path, files[0]), options ?? new())
            : throw new DatasetFormatException($"expected one file NAME{RecBoleItemTable.Extension}, found {files.Length}.", path);
    }

    private static string FolderOf(string file) => Path.GetDirectoryName(Path.GetFullPath(file))!;

    // Separators and quotes would be passed over in silence.
    private static void ThrowIfNoPlainLayout(ItemLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        if (layout is DelimitedItemOptions)
        {
            throw new ArgumentException(
                $"Expected {nameof(ItemLayout)}; {nameof(DelimitedItemOptions)} is for {nameof(LoadDelimited)} alone.", nameof(layout));
        }
    }
}
