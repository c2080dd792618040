using System.Globalization;
using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>Interactions from any table, with the columns that the layout names.</summary>
internal static class TabularReader
{
    private static readonly string[] Kinds = ["users", "items", "ratings", "timestamps", "labels", "weights", "events"];

    private const int Rating = 2;
    private const int Time = 3;
    private const int Label = 4;
    private const int Weight = 5;
    private const int Event = 6;

    /// <summary>Makes a dataset of a table.</summary>
    /// <param name="rows">The table: at its first row when there is no header, else before it.</param>
    /// <param name="header">The names of its columns, or <see langword="null"/> when it has none.</param>
    /// <param name="layout">Which columns are read.</param>
    /// <param name="name">The dataset's name unless the options have one.</param>
    /// <param name="content">What is known of the items.</param>
    /// <param name="options">The options.</param>
    public static RecDataset Read(
        ITextRows rows, TableHeader? header, InteractionLayout layout, string name, DatasetContent content,
        DatasetOptions options)
    {
        InteractionLog log = Read(rows, header, layout, options, isSplit: true);
        return DatasetAssembly.Build(log, name, content, options with { Duplicates = options.Duplicates ?? DuplicateHandling.Sum });
    }

    /// <summary>Reads a table to its end.</summary>
    /// <param name="rows">The table: at its first row when there is no header, else before it.</param>
    /// <param name="header">The names of its columns, or <see langword="null"/> when it has none.</param>
    /// <param name="layout">Which columns are read.</param>
    /// <param name="options">The options.</param>
    /// <param name="isSplit">Whether the interactions are split, so that it must be clear by what.</param>
    public static InteractionLog Read(
        ITextRows rows, TableHeader? header, InteractionLayout layout, DatasetOptions options, bool isSplit)
    {
        Column?[] wanted = Wanted(layout);
        int[] at = [.. wanted.Select(c => Locate(c, header, rows))];
        ThrowIfColumnsShared(wanted, at, rows);
        bool isUnnamed = layout is DelimitedOptions && header is not null && !HasNames(layout);
        if (isUnnamed)
            ThrowIfValues(layout, header!, at, rows);
        if (isSplit)
            ThrowIfLabelsUnused(layout, options, header, at, rows);
        var log = new InteractionLog(options, layout, isSplit) { LineAsHeader = isUnnamed ? header!.Names : [] };
        log.Limit.ThrowIfPromisesMore(rows);
        if (header is null)
            NoteUnread(log, at, rows);
        else
            header.NoteUnread(log, at);
        rows.Choose([.. at.Where(column => column >= 0)], lists: []);
        var timestamps = new TimestampColumn(layout.TimestampFormat);
        var columns = new InteractionColumns(at[0], at[1], at[Rating], at[Time], at[Label], at[Weight], at[Event]);
        new InteractionRows(rows, columns, header?.Names.Count ?? rows.FieldCount, header?.Names)
        {
            Timestamps = timestamps,
            Events = layout.Event is null ? null : new EventWeights(layout.EventWeights!),
        }.ReadInto(log);
        log.Timestamps = timestamps.Format;
        return log;
    }

    /// <summary>Refuses a layout that no table can have whose columns have names of their own.</summary>
    public static void CheckPlain(InteractionLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);

        // Separators and quotes would be passed over in silence.
        if (layout is DelimitedOptions)
        {
            throw new ArgumentException(
                $"Expected {nameof(InteractionLayout)}; {nameof(DelimitedOptions)} is for {nameof(RecDataset.LoadDelimited)} alone.",
                nameof(layout));
        }

        Check(layout, hasHeader: true);
    }

    /// <summary>Refuses a layout that can't be read from any table.</summary>
    public static void Check(InteractionLayout layout, bool hasHeader)
    {
        if (!hasHeader && Wanted(layout).FirstOrDefault(c => c?.Name is not null) is { } named)
        {
            throw new ArgumentException($"Without a header the columns must be given by position; got the name {Shown.Text(named.Name)}.",
                nameof(layout));
        }

        if (layout.Event is null != layout.EventWeights is null)
        {
            throw new ArgumentException(
                $"{nameof(InteractionLayout.Event)} and {nameof(InteractionLayout.EventWeights)} go together; got one of the two.",
                nameof(layout));
        }

        if (layout.TimestampFormat != TimestampFormat.Detect && layout.Timestamp is null)
        {
            throw new ArgumentException(
                $"{nameof(InteractionLayout.TimestampFormat)} needs {nameof(InteractionLayout.Timestamp)}, the column of the timestamps.",
                nameof(layout));
        }
    }

    /// <summary>Whether a column is given by its name.</summary>
    public static bool HasNames(InteractionLayout layout) => Wanted(layout).Any(c => c?.Name is not null);

    private static Column?[] Wanted(InteractionLayout layout)
        => [layout.User, layout.Item, layout.Rating, layout.Timestamp, layout.Label, layout.Weight, layout.Event];

    // A file that brings a split isn't split at random because nobody named its column.
    private static void ThrowIfLabelsUnused(
        InteractionLayout layout, DatasetOptions options, TableHeader? header, int[] read, ITextRows rows)
    {
        if (header is null || layout.Label is not null || options.Split is not null)
            return;
        int label = header.Find(MmrecReader.LabelColumn);
        if (label >= 0 && !read.Contains(label))
        {
            string type = layout is DelimitedOptions ? nameof(DelimitedOptions) : nameof(InteractionLayout);
            throw rows.Error($"expected to be told what the column {Shown.Text(header.Names[label])} is: "
                + $"name it as {type}.{nameof(InteractionLayout.Label)} to take its split, "
                + $"or set {nameof(DatasetOptions)}.{nameof(DatasetOptions.Split)} to split otherwise.");
        }
    }

    private static void ThrowIfColumnsShared(Column?[] wanted, int[] at, ITextRows rows)
    {
        for (int n = 0; n < at.Length; n++)
        {
            int other = Array.IndexOf(at, at[n]);
            if (at[n] >= 0 && other < n && (other, n) != (Rating, Weight))
            {
                throw rows.Error($"expected a column of its own for the {Kinds[n]}, found {Shown.Text($"{wanted[n]}")}, which is that of "
                    + $"the {Kinds[other]}.");
            }
        }
    }

    // A file without a header, of which nobody said so, would lose its first row.
    private static void ThrowIfValues(InteractionLayout layout, TableHeader header, int[] at, ITextRows rows)
    {
        for (int n = 0; n < at.Length; n++)
        {
            string cell = at[n] < 0 ? "" : header.Names[at[n]];
            bool isValue = n switch
            {
                Rating or Label or Weight => Numbers.TryRead(cell, out _),
                Time => new TimestampColumn(layout.TimestampFormat).TryRead(cell, out long time) && time != TimeCode.None,
                Event => layout.EventWeights?.ContainsKey(cell.Trim()) ?? false,
                _ => false,
            };
            if (isValue)
                throw DelimitedFormat.NoHeader(rows, Kinds[n], nameof(DelimitedOptions));
        }
    }

    private static void NoteUnread(InteractionLog log, int[] read, ITextRows rows)
    {
        int[] unread = [.. Enumerable.Range(0, rows.FieldCount).Except(read)];
        if (unread.Length > 0)
        {
            string columns = unread.Length == 1 ? "1 column" : string.Create(CultureInfo.InvariantCulture, $"{unread.Length:N0} columns");
            log.Note($"{columns} of {Shown.Name(rows.File!)} not read, by position from 0: {Shown.List(unread)}");
        }
    }

    /// <summary>The position of a column that is asked for; -1 for none.</summary>
    public static int Locate(Column? column, TableHeader? header, ITextRows rows)
    {
        if (column is not { } wanted)
            return -1;
        if (wanted.Name is not null)
            return header!.RequireNamed(wanted.Name);
        int count = header?.Names.Count ?? rows.FieldCount;
        return wanted.Index < count ? wanted.Index
            : throw rows.Error($"expected at least {wanted.Index + 1L} {rows.Separated}columns, found {count}: {rows.Shown}.");
    }
}
