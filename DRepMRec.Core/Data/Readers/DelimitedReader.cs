namespace DRepMRec.Data;

/// <summary>Any delimited file of interactions.</summary>
internal static class DelimitedReader
{
    private const string EncodingHint = $" {nameof(DelimitedOptions)}.{nameof(DelimitedOptions.Encoding)} names another encoding.";
    private const string QuoteHint = $" {nameof(DelimitedOptions)}.{nameof(DelimitedOptions.Quotes)} = false takes quotes as they are.";

    public static RecDataset Read(string path, DelimitedOptions layout, IReadOnlyList<FeatureTable> features, DatasetOptions options)
    {
        DatasetLayout.ThrowIfFolder(path, "a delimited file");
        TabularReader.Check(layout, layout.HasHeader);
        string file = Path.GetFileName(path);
        var lines = new LineReader(LineReader.Open(path), file, DelimitedOptions.Strict(layout.Encoding), EncodingHint);
        using var text = new DelimitedText(lines, file, layout.Separator, layout.Quotes, QuoteHint);
        TableHeader? header = layout.HasHeader ? TableHeader.Read(text) : null;
        if (header is null && !text.Read())
            throw new DatasetFormatException("expected at least one interaction, found an empty file.", text.File);
        return TabularReader.Read(text, header, layout, DatasetFolder.NameOf(path), features, options);
    }
}
