namespace DRepMRec.Data;

/// <summary>Any delimited file of interactions, with the columns that the options name.</summary>
internal static class DelimitedReader
{
    public static RecDataset Read(string path, DelimitedOptions layout, IReadOnlyList<FeatureTable> features, DatasetOptions options)
    {
        Column?[] wanted = [layout.User, layout.Item, layout.Rating, layout.Timestamp, layout.Label];
        if (!layout.HasHeader && wanted.FirstOrDefault(c => c?.Name is not null) is { } named)
            throw new ArgumentException($"Without a header the columns must be given by position; got the name '{named}'.", nameof(layout));

        var log = new InteractionLog(options.MinimumRating);
        using (var text = new DelimitedText(path, layout.Separator, layout.Quotes))
        {
            TableHeader? header = layout.HasHeader ? TableHeader.Read(text) : null;
            if (header is null && !text.Read())
                throw new DatasetFormatException("expected at least one interaction, found an empty file.", text.File);
            int[] at = [.. wanted.Select(c => Locate(c, header, text))];
            var columns = new InteractionColumns(at[0], at[1], at[2], at[3], at[4]);
            new InteractionTable(text, columns, text.FieldCount, header?.Names).ReadInto(log);
        }

        return DatasetAssembly.Build(log, Path.GetFileNameWithoutExtension(path), features, options);
    }

    private static int Locate(Column? column, TableHeader? header, DelimitedText text)
    {
        if (column is not { } wanted)
            return -1;
        if (wanted.Name is not null)
            return header!.Require(wanted.Name);
        return wanted.Index < text.FieldCount
            ? wanted.Index
            : throw text.Error($"expected at least {wanted.Index + 1} {text.Separated} columns, found {text.FieldCount}: {text.Shown}.");
    }
}
