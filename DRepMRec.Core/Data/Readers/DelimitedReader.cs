namespace DRepMRec.Data;

/// <summary>Any delimited file of interactions.</summary>
internal static class DelimitedReader
{
    public static RecDataset Read(string path, DelimitedOptions layout, DatasetContent content, DatasetOptions options)
    {
        DatasetLayout.ThrowIfFolder(path, "a delimited file");
        TabularReader.Check(layout, layout.HasHeader);
        DelimitedText Open() => DelimitedFormat.Open(
            path, layout.Separator, layout.Quotes, layout.Encoding, nameof(DelimitedOptions));
        using DelimitedText text = (layout.HasHeader ? Open() : DelimitedFormat.AtFirstRow(Open))
            ?? throw new DatasetFormatException("expected at least one interaction, found an empty file.", Path.GetFileName(path));
        TableHeader? header = layout.HasHeader ? TableHeader.Read(text) : null;
        return TabularReader.Read(text, header, layout, DatasetFolder.NameOf(path), content, options);
    }
}
