using System.Data.Common;

namespace DRepMRec.Data;

public sealed partial class InteractionTable
{
    /// <summary>Loads the rows of any delimited file, such as a CSV export.</summary>
    /// <param name="file">The file. Empty lines are passed over; one with a header alone is an empty table.</param>
    /// <param name="layout">Where its columns are.</param>
    /// <param name="options">
    /// Which rows are read: <see cref="DatasetOptions.BadRows"/>, <see cref="DatasetOptions.Catalogue"/>,
    /// <see cref="DatasetOptions.MinimumRating"/> and <see cref="DatasetOptions.MaxRows"/>, and nothing else.
    /// </param>
    /// <returns>The rows, in the order of the file.</returns>
    /// <exception cref="DatasetFormatException">The file is wrong, or two columns are one.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ArgumentException">A column is named without a header, or the options are those of a dataset.</exception>
    public static InteractionTable LoadDelimited(string file, DelimitedOptions layout, DatasetOptions? options = null)
        => DelimitedReader.Read(
            file, layout, (rows, header) => Of(rows, header, layout, options),
            () => Empty(layout, options));

    /// <summary>Loads the rows of a file with one JSON object per line, such as a log of events.</summary>
    /// <param name="file">
    /// The file, in UTF-8. The first object has all properties that are read; in others they may be missing. A file without a line is an
    /// empty table.
    /// </param>
    /// <param name="layout">Which properties of the objects are read.</param>
    /// <param name="options">Which rows are read, as of <see cref="LoadDelimited"/>.</param>
    /// <returns>The rows, in the order of the file.</returns>
    /// <exception cref="DatasetFormatException">The file is wrong.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ArgumentException">The layout contradicts itself, or the options are those of a dataset.</exception>
    public static InteractionTable LoadJsonLines(string file, InteractionLayout layout, DatasetOptions? options = null)
        => JsonLinesReader.Read(file, layout, (rows, header) => Of(rows, header, layout, options), () => Empty(layout, options));

    /// <summary>Loads the rows of a Parquet file.</summary>
    /// <param name="file">The file. Columns of lists and structures are passed over.</param>
    /// <param name="layout">Which columns are read.</param>
    /// <param name="options">Which rows are read, as of <see cref="LoadDelimited"/>.</param>
    /// <returns>The rows, in the order of the file.</returns>
    /// <exception cref="DatasetFormatException">The file is wrong.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ArgumentException">The layout contradicts itself, or the options are those of a dataset.</exception>
    public static InteractionTable LoadParquet(string file, InteractionLayout layout, DatasetOptions? options = null)
        => ParquetInteractions.Read(file, layout, (rows, header) => Of(rows, header, layout, options));

    /// <summary>Loads the rows that a database answers to a query, by any ADO.NET provider.</summary>
    /// <param name="reader">The answer; its current result is read to the end, and it stays open.</param>
    /// <param name="layout">Which columns of the answer are read.</param>
    /// <param name="options">Which rows are read, as of <see cref="LoadDelimited"/>.</param>
    /// <returns>The rows, in the order of the answer, with ids as of <see cref="RecDataset.FromDatabase"/>.</returns>
    /// <exception cref="DatasetFormatException">A row is wrong; the message has its number, counted from 1.</exception>
    /// <exception cref="ArgumentException">The layout contradicts itself, or the options are those of a dataset.</exception>
    public static InteractionTable FromDatabase(DbDataReader reader, InteractionLayout layout, DatasetOptions? options = null)
        => DatabaseReader.Read(reader, layout, (rows, header) => Of(rows, header, layout, options));

    private static InteractionTable Of(ITextRows rows, TableHeader? header, InteractionLayout layout, DatasetOptions? options)
        => new(TabularReader.Read(rows, header, layout, CheckedOptions(options), isSplit: false), layout);

    private static InteractionTable Empty(InteractionLayout layout, DatasetOptions? options)
        => new(new InteractionLog(CheckedOptions(options), layout, isSplit: false), layout);

    private static DatasetOptions CheckedOptions(DatasetOptions? options)
    {
        options ??= new();
        string? other = options.Name is not null ? nameof(options.Name) : options.Split is not null ? nameof(options.Split)
            : options.Duplicates is not null ? nameof(options.Duplicates) : null;
        return other is null ? options : throw new ArgumentException(
            $"Expected no {nameof(DatasetOptions)}.{other}: a table keeps each row, and is neither named nor split.", nameof(options));
    }
}
