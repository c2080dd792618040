using System.Globalization;
using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>The files of a dataset's folder: finds a layout's files, whatever their case, and knows which were never asked for.</summary>
internal sealed class DatasetFolder
{
    private readonly string[] _files;
    private readonly string[] _folders;
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    public DatasetFolder(string path)
    {
        Location = path;
        _files = [.. Files.List(path).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];
        _folders = [.. Files.ListFolders(path).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];
    }

    /// <summary>The folder's path.</summary>
    public string Location { get; }

    /// <summary>The path of a file in the folder.</summary>
    public string this[string file] => Path.Combine(Location, file);

    /// <summary>The name of a dataset by its file: its name without the extension, else the name of the folder.</summary>
    public static string NameOf(string file)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        return name.Length > 0 ? name : NameOfFolder(Path.GetDirectoryName(Path.GetFullPath(file))!);
    }

    /// <summary>The name of a dataset by its folder; the root has none.</summary>
    public static string NameOfFolder(string folder)
        => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))) is { Length: > 0 } name ? name : "dataset";

    /// <summary>The files whose names end so, in any case, in ordinal order.</summary>
    public string[] EndingIn(string suffix) => [.. _files.Where(f => f.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))];

    /// <summary>The file with this name or, where there is none, the only one whose name differs by case alone.</summary>
    /// <returns>Its name as it stands in the folder, or <see langword="null"/>.</returns>
    /// <exception cref="DatasetFormatException">Several names differ by case alone.</exception>
    public string? Find(string file)
    {
        if (Array.BinarySearch(_files, file, StringComparer.Ordinal) >= 0)
            return file;
        string[] alike = [.. _files.Where(f => f.Equals(file, StringComparison.OrdinalIgnoreCase))];
        return alike.Length < 2 ? alike.FirstOrDefault()
            : throw new DatasetFormatException(
                $"expected one file {file} in the folder {Shown.Name(Location)}, found {Shown.List(alike)}.");
    }

    /// <summary>Takes down that a file is read.</summary>
    public void Reads(string file) => _read.Add(file);

    /// <summary>Takes down which files aren't, and that folders within the folder never are.</summary>
    public void NoteUnread(InteractionLog log)
    {
        Note(log, "file", [.. _files.Where(f => !_read.Contains(f))]);
        Note(log, "folder", _folders);
    }

    private static void Note(InteractionLog log, string kind, string[] unread)
    {
        if (unread.Length > 0)
        {
            string count = unread.Length == 1 ? $"1 {kind}" : string.Create(CultureInfo.InvariantCulture, $"{unread.Length:N0} {kind}s");
            log.Note($"{count} of the folder not read: {Shown.List(unread)}");
        }
    }
}
