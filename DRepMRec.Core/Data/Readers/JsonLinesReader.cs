namespace DRepMRec.Data;

/// <summary>Any file of interactions with one JSON object per line.</summary>
internal static class JsonLinesReader
{
    public static RecDataset Read(string path, InteractionLayout layout, DatasetContent content, DatasetOptions options)
    {
        DatasetLayout.ThrowIfFolder(path, "a file of JSON lines");
        TabularReader.Check(layout, hasHeader: true);
        using var rows = new JsonLines(path);
        return TabularReader.Read(rows, TableHeader.Of(rows, rows.Names), layout, DatasetFolder.NameOf(path), content, options);
    }
}
