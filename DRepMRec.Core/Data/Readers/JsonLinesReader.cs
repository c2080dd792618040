namespace DRepMRec.Data;

/// <summary>Any file of interactions with one JSON object per line.</summary>
internal static class JsonLinesReader
{
    /// <param name="path">The file.</param>
    /// <param name="layout">Which properties are read.</param>
    /// <param name="make">Makes the result of the rows.</param>
    /// <param name="nothing">Makes the result of a file without a line; <see langword="null"/> to refuse it.</param>
    public static T Read<T>(string path, InteractionLayout layout, Func<ITextRows, TableHeader, T> make, Func<T>? nothing = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        TabularReader.CheckPlain(layout);
        DatasetLayout.ThrowIfFolder(path, "a file of JSON lines");
        using var rows = new JsonLines(path, allowEmpty: nothing is not null);
        return rows.IsEmpty ? nothing!() : make(rows, TableHeader.Of(rows, rows.Names));
    }
}
