using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>Pictures: paths within a folder, bytes, or addresses.</summary>
internal sealed class ImageColumnReader(int place, string name, string folder) : ItemColumnReader(place, name, ItemColumnKind.Image)
{
    private const int MaxExamples = 3;
    private const string DataScheme = "data:";
    private const string Base64Mark = ";base64,";

    private readonly List<ItemImage?> _values = [];
    private readonly List<string> _notFound = [];

    // With a separator at its end, which a root has anyway.
    private readonly string _root = Path.EndsInDirectorySeparator(Path.GetFullPath(folder))
        ? Path.GetFullPath(folder) : Path.GetFullPath(folder) + Path.DirectorySeparatorChar;

    public int NotFound { get; private set; }

    public int OnTheWeb { get; private set; }

    public IReadOnlyList<string> NotFoundFirst => _notFound;

    public override RowMistakeKind Mistake => RowMistakeKind.Image;

    public override string Expected => $"a path within the folder {Shown.Name(folder)}, or bytes";

    public override string? Read(ITextRows rows)
    {
        var (image, wrong) = rows.Bytes(Place) is { Length: > 0 } bytes
            ? (ItemImage.FromBytes(bytes), null)
            : Parse(rows[Place].Trim().ToString());
        _values.Add(image);
        Known += image is null ? 0 : 1;
        return wrong;
    }

    public override ItemColumn Close() => ItemColumn.Image(Name, _values);

    private (ItemImage? Image, string? Wrong) Parse(string cell)
    {
        if (cell.Length == 0)
            return (null, null);
        if (cell.StartsWith(DataScheme, StringComparison.OrdinalIgnoreCase))
            return ParseData(cell);
        if (cell.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
            || cell.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            OnTheWeb++;
            return (ItemImage.FromAddress(cell), null);
        }

        // Who exported the table doesn't choose which files of this machine go to a generator.
        if (cell.Contains('\0') || RawId.WhatIsWrong(cell) is not null)
            return (null, Shown.Text(cell));
        string path = Path.GetFullPath(Path.Combine(_root, cell.Replace('\\', Path.DirectorySeparatorChar)));
        if (!path.StartsWith(_root, StringComparison.Ordinal))
            return (null, Shown.Text(cell));
        if (!File.Exists(path))
        {
            NotFound++;
            if (_notFound.Count < MaxExamples)
                _notFound.Add(cell);
        }

        return (ItemImage.FromFile(path, cell), null);
    }

    private static (ItemImage? Image, string? Wrong) ParseData(string cell)
    {
        int mark = cell.IndexOf(Base64Mark, StringComparison.OrdinalIgnoreCase);
        var bytes = new byte[cell.Length];
        return mark > 0 && Convert.TryFromBase64Chars(cell.AsSpan(mark + Base64Mark.Length), bytes, out int length) && length > 0
            ? (ItemImage.FromBytes(bytes.AsMemory(0, length)), null)
            : (null, Shown.Text(cell));
    }
}
