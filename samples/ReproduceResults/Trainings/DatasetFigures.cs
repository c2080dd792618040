using DRepMRec.Data;

namespace ReproduceResults.Trainings;

/// <summary>What tables say of the data of a training.</summary>
/// <param name="Name">The name of the dataset.</param>
/// <param name="Text">The dataset in a line; of a split that was drawn anew, the dataset that it was drawn from.</param>
/// <param name="Split">The checksum of that dataset's own split.</param>
/// <param name="Train">The number of training interactions of the split that was trained on.</param>
/// <param name="Validation">Its validation interactions.</param>
/// <param name="Test">Its test interactions.</param>
internal sealed record DatasetFigures(string Name, string Text, string Split, int Train, int Validation, int Test)
{
    /// <summary>How the split that was trained on was drawn anew, if it was.</summary>
    public string? Kind { get; init; }

    public static DatasetFigures Of(RecDataset data, RecDataset source, string? kind)
        => new(source.Name, source.ToString(), source.SplitChecksum, data.Train.Count, data.Validation.Count, data.Test.Count)
        {
            Kind = kind,
        };
}
