using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>Reads one column of a table of items, a cell for each item.</summary>
internal abstract class ItemColumnReader(int place, string name, ItemColumnKind kind)
{
    /// <summary>The column's position in the table.</summary>
    public int Place { get; } = place;

    public string Name { get; } = name;

    public ItemColumnKind Kind { get; } = kind;

    /// <summary>The number of items that have a value.</summary>
    public int Known { get; protected set; }

    /// <summary>What it is when a cell can't be read.</summary>
    public abstract RowMistakeKind Mistake { get; }

    /// <summary>What a cell should have been.</summary>
    public abstract string Expected { get; }

    /// <summary>Why it should, to be said after it, or nothing.</summary>
    public virtual string Reason => "";

    /// <summary>Adds the cell of the current row; one that can't be read as a blank.</summary>
    /// <returns>What was found where the cell can't be read.</returns>
    public abstract string? Read(ITextRows rows);

    /// <summary>The column of all cells.</summary>
    public abstract ItemColumn Close();
}

/// <summary>Titles and texts.</summary>
internal sealed class TextColumnReader(int place, string name, ItemColumnKind kind) : ItemColumnReader(place, name, kind)
{
    private readonly List<string?> _values = [];

    public override RowMistakeKind Mistake => RowMistakeKind.Text;

    public override string Expected => "text";

    public override string? Read(ITextRows rows)
    {
        ReadOnlySpan<char> cell = rows[Place].Trim();
        string? wrong = cell.IsEmpty ? null : RawId.WhatIsWrong(cell);
        string? text = cell.IsEmpty || wrong is not null ? null : cell.ToString();
        _values.Add(text);
        Known += text is null ? 0 : 1;
        return wrong;
    }

    public override ItemColumn Close()
        => Kind == ItemColumnKind.Title ? ItemColumn.Title(Name, _values) : ItemColumn.Text(Name, _values);
}

/// <summary>Categories, each one's text held once.</summary>
internal sealed class CategoryColumnReader(int place, string name, string? separator)
    : ItemColumnReader(place, name, ItemColumnKind.Category)
{
    private readonly List<IReadOnlyCollection<string>?> _values = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public override RowMistakeKind Mistake => RowMistakeKind.Text;

    public override string Expected => "categories";

    public override string? Read(ITextRows rows)
    {
        var categories = new List<string>();
        IReadOnlyList<string?>? list = rows.List(Place);
        string? between = list is null ? separator : null;
        foreach (string? part in list ?? [rows[Place].ToString()])
        {
            if (string.IsNullOrWhiteSpace(part))
                continue;
            if (RawId.WhatIsWrong(part) is { } wrong)
            {
                _values.Add(null);
                return wrong;
            }

            foreach (string category in between is null ? [part] : part.Split(between))
            {
                if (!string.IsNullOrWhiteSpace(category))
                    categories.Add(Once(category.Trim()));
            }
        }

        _values.Add(categories);
        Known += categories.Count > 0 ? 1 : 0;
        return null;
    }

    public override ItemColumn Close() => ItemColumn.Category(Name, _values);

    private string Once(string category)
    {
        if (_known.TryGetValue(category, out string? held))
            return held;
        _known.Add(category);
        return category;
    }
}

/// <summary>Numbers.</summary>
internal sealed class NumberColumnReader(int place, string name) : ItemColumnReader(place, name, ItemColumnKind.Number)
{
    private readonly List<double?> _values = [];

    public override RowMistakeKind Mistake => RowMistakeKind.Number;

    public override string Expected => "a number such as 4.5";

    public override string? Read(ITextRows rows)
    {
        ReadOnlySpan<char> cell = rows[Place];
        if (cell.IsWhiteSpace())
        {
            _values.Add(null);
            return null;
        }

        bool isNumber = Numbers.TryRead(cell, out double value);
        _values.Add(isNumber ? value : null);
        Known += isNumber ? 1 : 0;
        return isNumber ? null : Shown.Text(cell);
    }

    public override ItemColumn Close() => ItemColumn.Number(Name, _values);
}

/// <summary>Dates.</summary>
internal sealed class DateColumnReader(int place, string name, TimestampFormat format)
    : ItemColumnReader(place, name, ItemColumnKind.Date)
{
    private const long NanosecondsPerTick = 100;

    private readonly TimestampColumn _dates = new(format, takesNumbers: false);
    private readonly List<DateTimeOffset?> _values = [];

    public override RowMistakeKind Mistake => RowMistakeKind.Timestamp;

    public override string Expected => _dates.Format is TimestampFormat.Detect or TimestampFormat.Number
        ? "a date such as 2024-01-31, or a number of 9 digits or more" : _dates.Expected;

    public override string Reason => _dates.Reason;

    public override string? Read(ITextRows rows)
    {
        ReadOnlySpan<char> cell = rows[Place];
        bool isDate = _dates.TryRead(cell, out long time) && (time == TimeCode.None || _dates.Format != TimestampFormat.Number);
        _values.Add(isDate && time != TimeCode.None
            ? new DateTimeOffset(DateTime.UnixEpoch.AddTicks(Math.DivRem(time, NanosecondsPerTick).Quotient), TimeSpan.Zero) : null);
        Known += isDate && time != TimeCode.None ? 1 : 0;
        return isDate ? null : Shown.Text(cell);
    }

    public override ItemColumn Close() => ItemColumn.Date(Name, _values);
}
