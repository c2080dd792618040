using System.Globalization;
using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>Any delimited file of interactions, with the columns that the options name.</summary>
internal static class DelimitedReader
{
    private static readonly string[] Kinds = ["users", "items", "ratings", "timestamps", "labels"];

    public static RecDataset Read(string path, DelimitedOptions layout, IReadOnlyList<FeatureTable> features, DatasetOptions options)
    {
        if (Directory.Exists(path))
            throw new DatasetFormatException("expected a delimited file, found a folder.", path);
        Column?[] wanted = [layout.User, layout.Item, layout.Rating, layout.Timestamp, layout.Label];
        if (!layout.HasHeader && wanted.FirstOrDefault(c => c?.Name is not null) is { } named)
        {
            throw new ArgumentException($"Without a header the columns must be given by position; got the name {Shown.Text(named.Name)}.",
                nameof(layout));
        }

        var log = new InteractionLog(options.MinimumRating);
        using (var text = new DelimitedText(path, layout.Separator, layout.Quotes))
        {
            TableHeader? header = layout.HasHeader ? TableHeader.Read(text) : null;
            if (header is null && !text.Read())
                throw new DatasetFormatException("expected at least one interaction, found an empty file.", text.File);
            int[] at = [.. wanted.Select(c => Locate(c, header, text))];
            ThrowIfColumnsShared(wanted, at, text);
            ThrowIfLabelsUnused(layout, options, header, at, text);
            if (header is null)
                NoteUnread(log, at, text);
            else
                header.NoteUnread(log, at);
            var columns = new InteractionColumns(at[0], at[1], at[2], at[3], at[4]);
            new InteractionTable(text, columns, text.FieldCount, header?.Names).ReadInto(log);
        }

        return DatasetAssembly.Build(log, DatasetFolder.NameOf(path), features, options);
    }

    // A file that brings a split isn't split at random because nobody named its column.
    private static void ThrowIfLabelsUnused(
        DelimitedOptions layout, DatasetOptions options, TableHeader? header, int[] read, DelimitedText text)
    {
        if (header is null || layout.Label is not null || options.Split is not null)
            return;
        int label = header.Find(MmrecReader.LabelColumn);
        if (label >= 0 && !read.Contains(label))
        {
            throw text.Error($"expected to be told what the column {Shown.Text(header.Names[label])} is: "
                + $"name it as {nameof(DelimitedOptions)}.{nameof(DelimitedOptions.Label)} to take its split, "
                + $"or set {nameof(DatasetOptions)}.{nameof(DatasetOptions.Split)} to split otherwise.");
        }
    }

    private static void ThrowIfColumnsShared(Column?[] wanted, int[] at, DelimitedText text)
    {
        for (int n = 0; n < at.Length; n++)
        {
            int other = Array.IndexOf(at, at[n]);
            if (at[n] >= 0 && other < n)
            {
                throw text.Error($"expected a column of its own for the {Kinds[n]}, found {Shown.Text($"{wanted[n]}")}, which is that of "
                    + $"the {Kinds[other]}.");
            }
        }
    }

    private static void NoteUnread(InteractionLog log, int[] read, DelimitedText text)
    {
        int[] unread = [.. Enumerable.Range(0, text.FieldCount).Except(read)];
        if (unread.Length > 0)
        {
            string columns = unread.Length == 1 ? "1 column" : string.Create(CultureInfo.InvariantCulture, $"{unread.Length:N0} columns");
            log.Note($"{columns} of {Shown.Name(text.File)} not read, by position from 0: {Shown.List(unread)}");
        }
    }

    private static int Locate(Column? column, TableHeader? header, DelimitedText text)
    {
        if (column is not { } wanted)
            return -1;
        if (wanted.Name is not null)
            return header!.RequireNamed(wanted.Name);
        return wanted.Index < text.FieldCount
            ? wanted.Index
            : throw text.Error($"expected at least {wanted.Index + 1L} {text.Separated} columns, found {text.FieldCount}: {text.Shown}.");
    }
}
