using System.Text;

namespace DRepMRec.Data;

/// <summary>Finds out which of the known layouts a path holds.</summary>
internal static class DatasetLayout
{
    private const string LookedFor =
        """
        Looked for:
          MMRec: one NAME.inter whose header names the columns userID and itemID, with MODALITY_feat.npy beside it
          RecBole: one NAME.inter whose header has name:type columns, with NAME.item beside it
          LATTICE, MMSSL: train.json, val.json and test.json, with MODALITY_feat.npy beside them
        """;

    /// <summary>Reads the dataset at a path, whichever layout it has.</summary>
    /// <exception cref="DatasetFormatException">No layout fits, or several do.</exception>
    public static RecDataset Read(string path, DatasetOptions options)
    {
        if (File.Exists(path))
        {
            return Path.GetExtension(path) == ".inter"
                ? ReadInter(path, options)
                : throw new DatasetFormatException($"'{path}' isn't a dataset in a layout that is known; expected a folder or a .inter file.\n{LookedFor}");
        }

        string[] inter = InterFiles(path);
        bool lattice = File.Exists(Path.Combine(path, LatticeReader.Files[0]));
        return (inter.Length, lattice) switch
        {
            (1, false) => ReadInter(inter[0], options),
            (0, true) => LatticeReader.Read(path, options),
            (0, false) => throw new DatasetFormatException($"The folder '{path}' holds no dataset in a layout that is known.\n{LookedFor}\nFound: {Found(path)}"),
            _ => throw new DatasetFormatException($"The folder '{path}' holds more than one dataset; name the .inter file, or call the loader of the layout.\n{LookedFor}\nFound: {Found(path)}"),
        };
    }

    /// <summary>The interactions file that a path names: itself, or the only one in the folder.</summary>
    /// <param name="path">A file or a folder.</param>
    /// <param name="layout">The layout for messages.</param>
    public static string InterFile(string path, string layout)
    {
        if (File.Exists(path))
            return path;
        string[] files = InterFiles(path);
        return files.Length == 1 ? files[0] : throw new DatasetFormatException($"The folder '{path}' must hold one NAME.inter for the layout of {layout}.\nFound: {Found(path)}");
    }

    /// <summary>The interactions files of a folder.</summary>
    public static string[] InterFiles(string folder)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"Expected a dataset's folder or its .inter file at '{folder}'; there is nothing.");
        return [.. Directory.EnumerateFiles(folder, "*.inter").OrderBy(f => f, StringComparer.Ordinal)];
    }

    private static RecDataset ReadInter(string file, DatasetOptions options)
    {
        using var reader = new StreamReader(file, Encoding.UTF8);
        string header = reader.ReadLine() ?? "";
        return RecBoleReader.IsHeader(header) ? RecBoleReader.Read(file, options) : MmrecReader.Read(file, options);
    }

    private static string Found(string folder)
    {
        const int Most = 20;
        string[] names = [.. Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal).Take(Most + 1)];
        return names.Length switch
        {
            0 => "nothing",
            > Most => string.Join(", ", names[..Most]) + ", …",
            _ => string.Join(", ", names),
        };
    }
}
