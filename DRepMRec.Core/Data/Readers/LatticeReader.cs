using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>
/// The layout of LATTICE and MMSSL: <c>train.json</c>, <c>val.json</c> and <c>test.json</c>, each an object of users with lists of items,
/// and any number of <c>MODALITY_feat.npy</c> whose row r belongs to the item r.
/// </summary>
internal static class LatticeReader
{
    public static readonly IReadOnlyList<string> Files = ["train.json", "val.json", "test.json"];

    /// <summary>Reads the dataset of a folder.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="more">What is known of the items beside the files.</param>
    /// <param name="options">The options.</param>
    public static RecDataset Read(string path, DatasetContent more, DatasetOptions options)
    {
        var folder = DatasetLayout.Open(path);
        var log = new InteractionLog(options);
        bool needsAll = options.Split is LabelSplit { AllowMissing: false, ValidationShare: 0 };
        for (int label = 0; label < Files.Count; label++)
        {
            if (folder.Find(Files[label]) is { } file)
            {
                folder.Reads(file);
                JsonInteractionFile.ReadInto(log, folder[file], label);
            }
            else if (label == 0 || needsAll || (label == 2 && options.Split is null or LabelSplit { AllowMissing: false }))
            {
                log.ThrowIfRefused(); // What is wrong with the files that are there is said first.
                throw new DatasetFormatException(
                    $"expected {string.Join(", ", Files)} in the folder '{Shown.Name(path)}', found no {Files[label]}.");
            }
        }

        List<FeatureTable> features = RowAlignedFeatures.Read(folder, mapping: null);
        RowAlignedFeatures.RequireRows(features, log);
        folder.NoteUnread(log);
        return DatasetAssembly.Build(log, DatasetFolder.NameOfFolder(path), more.After(features), options);
    }
}
