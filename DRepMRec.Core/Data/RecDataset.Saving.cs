namespace DRepMRec.Data;

public sealed partial class RecDataset
{
    /// <summary>
    /// Writes the dataset in the layout of MMRec: <c>NAME.inter</c> (userID, itemID, x_label, and x_weight unless all weights are 1), one
    /// <c>MODALITY_feat.npy</c> per modality (single precision; zeros where an item doesn't have the modality), and
    /// <c>u_id_mapping.csv</c> and <c>i_id_mapping.csv</c> with the raw ids. <see cref="Load"/> gives the same dataset back. Where there is
    /// a test set and no validation set it draws one unless <see cref="DatasetOptions.Split"/> is <see cref="SplitStrategy.ByLabel"/> with
    /// missing sets allowed.
    /// </summary>
    /// <param name="folder">
    /// The folder; it is created if need be. Characters of the dataset's name that no file name can have become '_', and long names are
    /// cut.
    /// </param>
    /// <param name="overwrite">Whether the same files may be replaced.</param>
    /// <returns>
    /// What of this dataset the layout has no place for, in sentences; empty where everything was written. It has none for
    /// <see cref="ItemTable"/>, nor for what made the features of raw fields (<see cref="ItemFeatures.Encoder"/>): a dataset that is loaded
    /// again has neither. Model files have both.
    /// </returns>
    /// <remarks>All files are written under temporary names and renamed at the end: a failure leaves the folder as it was.</remarks>
    /// <exception cref="IOException">
    /// The folder holds a dataset already and <paramref name="overwrite"/> isn't set, or it holds files of another one.
    /// </exception>
    /// <exception cref="InvalidOperationException">A raw id has a carriage return, or there is no training interaction.</exception>
    public IReadOnlyList<string> SaveMmrec(string folder, bool overwrite = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        MmrecWriter.Write(this, folder, overwrite);
        return [.. MmrecWriter.LeftOut(this)];
    }
}
