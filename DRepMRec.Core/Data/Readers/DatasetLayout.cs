using System.Text;
using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>Finds out which of the known layouts a path holds.</summary>
internal static class DatasetLayout
{
    public const string InterExtension = ".inter";

    private const string LookedFor =
        """
        Looked for:
          MMRec: one NAME.inter whose header names the columns userID and itemID, with MODALITY_feat.npy beside it
          RecBole: one NAME.inter whose header has name:type columns, with NAME.item beside it
          LATTICE, MMSSL: train.json, val.json and test.json, with MODALITY_feat.npy beside them
        """;

    /// <summary>Reads the dataset at a path, whichever layout it has.</summary>
    /// <param name="path">A file or a folder.</param>
    /// <param name="more">What is known of the items beside the files.</param>
    /// <param name="options">The options.</param>
    /// <exception cref="DatasetFormatException">No layout fits, or several do.</exception>
    public static RecDataset Read(string path, DatasetContent more, DatasetOptions options)
    {
        if (File.Exists(path))
        {
            return Path.GetExtension(path).Equals(InterExtension, StringComparison.OrdinalIgnoreCase)
                ? ReadInter(path, more, options)
                : throw new DatasetFormatException(
                    $"'{Shown.Name(path)}' isn't a dataset in a layout that is known; expected a folder or a .inter file.\n{LookedFor}");
        }

        DatasetFolder folder = Open(path);
        string[] inter = folder.EndingIn(InterExtension);
        bool lattice = folder.Find(LatticeReader.Files[0]) is not null;
        return (inter.Length, lattice) switch
        {
            (1, false) => ReadInter(folder[inter[0]], more, options),
            (0, true) => LatticeReader.Read(path, more, options),
            (0, false) => throw new DatasetFormatException(
                $"The folder '{Shown.Name(path)}' holds no dataset in a layout that is known.\n{LookedFor}\nFound: {Found(path)}"),
            _ => throw new DatasetFormatException(
                $"The folder '{Shown.Name(path)}' holds more than one dataset; name the .inter file, or call the loader of the layout.\n"
                + $"{LookedFor}\nFound: {Found(path)}"),
        };
    }

    /// <summary>The interactions file that a path names: itself, or the only one in the folder.</summary>
    /// <param name="path">A file or a folder.</param>
    /// <param name="layout">The layout for messages.</param>
    public static string InterFile(string path, string layout)
    {
        if (File.Exists(path))
            return path;
        DatasetFolder folder = Open(path);
        string[] files = folder.EndingIn(InterExtension);
        return files.Length == 1 ? folder[files[0]] : throw new DatasetFormatException(
            $"The folder '{Shown.Name(path)}' must hold one NAME.inter for the layout of {layout}.\nFound: {Found(path)}");
    }

    /// <summary>The folder at a path.</summary>
    /// <exception cref="DirectoryNotFoundException">There is none.</exception>
    public static DatasetFolder Open(string folder) => Directory.Exists(folder) ? new DatasetFolder(folder)
        : throw new DirectoryNotFoundException(
            $"Expected a dataset's folder or its .inter file at '{Shown.Name(folder)}'; there is nothing.");

    /// <summary>Refuses a folder where a file is meant.</summary>
    public static void ThrowIfFolder(string path, string expected)
    {
        if (Directory.Exists(path))
            throw new DatasetFormatException($"expected {expected}, found a folder.", path);
    }

    private static RecDataset ReadInter(string file, DatasetContent more, DatasetOptions options)
    {
        string header = "";
        using (var reader = new StreamReader(Files.OpenRead(file), Encoding.UTF8))
        {
            while (header.Length == 0 && reader.ReadLine() is { } line)
                header = line; // Empty lines are passed over, as by those who read the file.
        }

        return RecBoleHeader.IsHeader(header) ? RecBoleReader.Read(file, more, options) : MmrecReader.Read(file, more, options);
    }

    private static string Found(string folder)
    {
        const int MaxShown = 20;
        string[] names = [.. Files.List(folder).Concat(Files.ListFolders(folder))
            .Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];
        return names.Length == 0 ? "nothing" : Shown.List(names.Take(MaxShown)) + (names.Length > MaxShown ? ", …" : "");
    }
}
