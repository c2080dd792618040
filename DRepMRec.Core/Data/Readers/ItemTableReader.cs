using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>Reads a table of items to its end.</summary>
/// <param name="rows">The table: at its first row when there is no header, else before it.</param>
/// <param name="header">The names of its columns, or <see langword="null"/> when it has none.</param>
/// <param name="layout">Which columns are what.</param>
/// <param name="options">The options.</param>
/// <param name="folder">The folder of pictures unless the options have one.</param>
/// <param name="optionsType">The type of the caller's options, for messages.</param>
internal sealed class ItemTableReader(
    ITextRows rows, TableHeader? header, ItemLayout layout, ItemTableOptions options, string folder,
    string optionsType = nameof(ItemTableOptions))
{
    private readonly MistakeLog _mistakes = new(kind => MistakeLog.ItemsAcceptedBy(kind, optionsType));
    private readonly RowLimit _limit = new(options.MaxRows, nameof(ItemTableOptions));
    private readonly List<string> _ids = [];
    private readonly Dictionary<string, long> _lines = new(StringComparer.Ordinal);
    private HashSet<Column> _sequences = [];
    private bool _isUnnamed;
    private int _item;
    private long _read;

    /// <summary>Further columns of categories, with blanks between the categories of a cell.</summary>
    public IReadOnlyList<Column> Sequences { get; init; } = [];

    /// <summary>The cells of the header as they stand, where the names of the columns are others.</summary>
    public IReadOnlyList<string>? HeaderLine { get; init; }

    /// <summary>Whether a column is given by its name.</summary>
    public static bool HasNames(ItemLayout layout)
        => layout.Texts.Concat(layout.Categories).Concat(layout.Numbers).Concat(layout.Dates).Append(layout.Item)
            .Any(c => c.Name is not null) || layout.Title?.Name is not null || layout.Image?.Name is not null;

    public ItemTable Read()
    {
        if (header is null && Declared().FirstOrDefault(c => c.Column.Name is not null) is { Column.Name: { } named })
        {
            throw new ArgumentException($"Without a header the columns must be given by position; got the name {Shown.Text(named)}.",
                nameof(layout));
        }

        _isUnnamed = layout is DelimitedItemOptions && header is not null && !HasNames(layout);
        _sequences = [.. Sequences];
        _item = TabularReader.Locate(layout.Item, header, rows);
        ItemColumnReader[] columns = [.. Declared().Skip(1).Select(c => Reader(c.Column, c.Kind))];
        ThrowIfTwice(columns);
        if (_isUnnamed && columns.FirstOrDefault(IsValue) is { } value)
            throw DelimitedFormat.NoHeader(rows, value.Kind == ItemColumnKind.Number ? "numbers" : "dates", nameof(DelimitedItemOptions));
        int[] places = [_item, .. columns.Select(c => c.Place)];
        rows.Choose(places, [.. columns.Where(c => c.Kind == ItemColumnKind.Category).Select(c => c.Place)]);
        rows.Excuse([.. columns.Select(c => c.Place)]);
        _limit.ThrowIfPromisesMore(rows);
        var form = new RowForm(rows, header?.Names.Count ?? rows.FieldCount, HeaderLine ?? header?.Names, "an item", places);
        for (bool isRow = header is null || rows.Read(); isRow; isRow = rows.Read())
            ReadRow(form, columns);
        return Close(columns, places);
    }

    private (Column Column, ItemColumnKind Kind)[] Declared() =>
    [
        (layout.Item, default),
        .. layout.Title is { } title ? [(title, ItemColumnKind.Title)] : Array.Empty<(Column, ItemColumnKind)>(),
        .. layout.Texts.Select(c => (c, ItemColumnKind.Text)),
        .. layout.Categories.Concat(Sequences).Select(c => (c, ItemColumnKind.Category)),
        .. layout.Numbers.Select(c => (c, ItemColumnKind.Number)), .. layout.Dates.Select(c => (c, ItemColumnKind.Date)),
        .. layout.Image is { } image ? [(image, ItemColumnKind.Image)] : Array.Empty<(Column, ItemColumnKind)>(),
    ];

    private ItemColumnReader Reader(Column column, ItemColumnKind kind)
    {
        int place = TabularReader.Locate(column, header, rows);
        string name = column.Name?.Trim() ?? (header?.Names[place].Trim() is { Length: > 0 } known ? known : column.ToString());
        if (!ColumnName.IsSound(name))
        {
            throw rows.Error($"expected as a column {ColumnName.Rule}, found {Shown.Text(name)}: give it another in the file."
                + (_isUnnamed ? DelimitedFormat.HeaderHint(nameof(DelimitedItemOptions)) : ""));
        }

        return kind switch
        {
            ItemColumnKind.Category => new CategoryColumnReader(place, name, _sequences.Contains(column) ? " " : layout.CategorySeparator),
            ItemColumnKind.Number => new NumberColumnReader(place, name),
            ItemColumnKind.Date => new DateColumnReader(place, name, layout.DateFormat),
            ItemColumnKind.Image => new ImageColumnReader(place, name, options.ImageFolder ?? folder),
            _ => new TextColumnReader(place, name, kind),
        };
    }

    // Whether the header has, in place of a name, what can be a value.
    private bool IsValue(ItemColumnReader column) => column.Kind switch
    {
        ItemColumnKind.Number => Numbers.TryRead(header!.Names[column.Place], out _),
        ItemColumnKind.Date => new TimestampColumn(layout.DateFormat, takesNumbers: false)
            .TryRead(header!.Names[column.Place], out long time) && time != TimeCode.None,
        _ => false,
    };

    private void ThrowIfTwice(ItemColumnReader[] columns)
    {
        HashSet<int> places = [_item];
        HashSet<string> names = [];
        foreach (ItemColumnReader column in columns)
        {
            // A header may have as many columns as bytes, so each is looked up.
            if (!places.Add(column.Place) || !names.Add(column.Name))
                throw rows.Error($"expected each column to be declared once, found {Shown.Text(column.Name)} twice.");
        }
    }

    private void ReadRow(RowForm form, ItemColumnReader[] columns)
    {
        if (_limit.WhatIsWrong(++_read) is { } wrongCount)
            throw new DatasetFormatException(wrongCount, rows.File);
        if (form.Fault is { } fault)
        {
            Mistake(fault, () => form.Message(fault));
            return;
        }

        string id = rows[_item].ToString();
        if (RawId.WhatIsWrong(id) is { } wrong)
        {
            Mistake(RowMistakeKind.Item, () => $"expected an item id, found {wrong}.");
            return;
        }

        if (!_lines.TryAdd(id, rows.Line))
        {
            Mistake(RowMistakeKind.RepeatedItem,
                () => $"expected each item once, found {Shown.Text(id)}, which is in {rows.Unit} {_lines[id]} already.");
            return;
        }

        _ids.Add(id);
        foreach (ItemColumnReader column in columns)
        {
            if (column.Read(rows) is { } found)
                Mistake(column.Mistake, () => $"expected {column.Expected} as {Shown.Message(column.Name)}{column.Reason}, found {found}.");
            else if (rows.Unreadable(column.Place) is { } unreadable)
                Mistake(RowMistakeKind.Json, () => unreadable);
        }
    }

    private void Mistake(RowMistakeKind kind, Func<string> message)
    {
        if (!_mistakes.Add(kind))
            return;
        string where = rows.File is null ? $"{rows.Unit} {rows.Line}" : $"{Shown.Name(rows.File)} {rows.Unit} {rows.Line}";
        _mistakes.Describe(kind, new RowPlace(rows.File, rows.Line, $"{where}: {message()}"));
    }

    private ItemTable Close(ItemColumnReader[] readers, int[] places)
    {
        ItemColumn[] columns = [.. readers.Select(r => r.Close())];
        ImageColumnReader? images = readers.OfType<ImageColumnReader>().FirstOrDefault();
        var report = new ItemTableReport
        {
            RowsRead = _read,
            Items = _ids.Count,
            QuotedLines = rows.QuotedLines,
            LineAsHeader = _isUnnamed ? header!.Names : [],
            Mistakes = _mistakes.Summary,
            ColumnsNotRead = [.. Enumerable.Range(0, header?.Names.Count ?? 0).Except(places)
                .Select(c => header!.Names[c].Length > 0 ? header.Names[c] : "(without a name)")],
            Columns = [.. readers.Zip(columns, (reader, column) => new ItemColumnReport(column.Name, column.Kind, reader.Known))],
            PicturesNotFound = images?.NotFound ?? 0,
            PicturesNotFoundFirst = images?.NotFoundFirst ?? [],
            PicturesOnTheWeb = images?.OnTheWeb ?? 0,
        };
        if (_mistakes.First is { } first && options.BadRows == BadRowHandling.Stop)
            throw new DatasetFormatException(first, report);
        if (_ids.Count == 0)
            throw new DatasetFormatException($"expected at least one item, found none\n{report}", rows.File);
        return new ItemTable(_ids, columns, report);
    }
}
