namespace DRepMRec.Data;

/// <summary>Any delimited file of interactions.</summary>
internal static class DelimitedReader
{
    /// <param name="path">The file.</param>
    /// <param name="layout">Where its columns are.</param>
    /// <param name="make">Makes the result of the rows: at the first when there is no header, else before it.</param>
    /// <param name="nothing">Makes the result of a file without a header and without a row; <see langword="null"/> to refuse it.</param>
    public static T Read<T>(string path, DelimitedOptions layout, Func<ITextRows, TableHeader?, T> make, Func<T>? nothing = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(layout);
        DatasetLayout.ThrowIfFolder(path, "a delimited file");
        TabularReader.Check(layout, layout.HasHeader);
        DelimitedText Open() => DelimitedFormat.Open(
            path, layout.Separator, layout.Quotes, layout.Encoding, nameof(DelimitedOptions));
        using DelimitedText? text = layout.HasHeader ? Open() : DelimitedFormat.AtFirstRow(Open);
        string hint = TabularReader.HasNames(layout) ? "" : DelimitedFormat.HeaderHint(nameof(DelimitedOptions));
        if (text is not null)
            return make(text, layout.HasHeader ? TableHeader.Read(text, hint) : null);
        return nothing is not null ? nothing()
            : throw new DatasetFormatException("expected at least one interaction, found an empty file.", Path.GetFileName(path));
    }
}
