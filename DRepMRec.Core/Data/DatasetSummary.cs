using System.Globalization;
using System.Text;

namespace DRepMRec.Data;

/// <summary>The figures of a dataset that a report names. <see cref="ToString"/> lays them out for reading.</summary>
/// <remarks>A cold user or item is one without a training interaction.</remarks>
public sealed class DatasetSummary
{
    internal DatasetSummary(RecDataset data)
    {
        int[] trainDegrees = data.Train.ItemDegrees();
        int ColdRows(InteractionSet set)
        {
            int count = 0;
            foreach (int item in set.Items)
                count += trainDegrees[item] == 0 ? 1 : 0;
            return count;
        }

        Name = data.Name;
        Users = data.Users.Count;
        Items = data.Items.Count;
        Train = data.Train.Count;
        Validation = data.Validation.Count;
        Test = data.Test.Count;
        ColdUsers = Enumerable.Range(0, Users).Count(u => data.Train.ItemsOf(u).IsEmpty);
        ColdItems = trainDegrees.Count(degree => degree == 0);
        ColdValidation = ColdRows(data.Validation);
        ColdTest = ColdRows(data.Test);
        Modalities = [.. data.Features.Select(f => new ModalitySummary(f.Modality, f.Dimension, f.PresentCount))];
        SplitChecksum = data.SplitChecksum;
        Notes = data.Notes;
    }

    /// <summary>The dataset's name.</summary>
    public string Name { get; }

    /// <summary>The number of users U.</summary>
    public int Users { get; }

    /// <summary>The number of items I.</summary>
    public int Items { get; }

    /// <summary>The number of training interactions.</summary>
    public int Train { get; }

    /// <summary>The number of validation interactions.</summary>
    public int Validation { get; }

    /// <summary>The number of test interactions.</summary>
    public int Test { get; }

    /// <summary>Users without a training interaction.</summary>
    public int ColdUsers { get; }

    /// <summary>Items without a training interaction.</summary>
    public int ColdItems { get; }

    /// <summary>Validation interactions whose item is cold.</summary>
    public int ColdValidation { get; }

    /// <summary>Test interactions whose item is cold.</summary>
    public int ColdTest { get; }

    /// <summary>Interactions of all three sets / (U * I), from 0 to 1.</summary>
    public double Density => Users == 0 || Items == 0 ? 0 : ((double)Train + Validation + Test) / ((double)Users * Items);

    /// <summary>The modalities.</summary>
    public IReadOnlyList<ModalitySummary> Modalities { get; }

    /// <summary>Which split it is; see <see cref="RecDataset.SplitChecksum"/>.</summary>
    public string SplitChecksum { get; }

    /// <summary>
    /// What was brought to the reader and isn't used, or not as it stands, by name and number: columns, files and folders that weren't
    /// read, interactions that were left out, items that have features and no interactions or the other way round, ids that differ in
    /// spelling alone, and whether the split was drawn because there were no labels.
    /// </summary>
    /// <value>One clause each; empty for datasets that no reader made.</value>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The figures and the notes as a small table of several lines.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Internals.Shown.Name(Name));
        void Line(string label, int count, string note)
            => text.Append(CultureInfo.InvariantCulture, $"\n  {label,-12}{count,12:N0}{(note.Length == 0 ? "" : "   ")}{note}");

        Line("users", Users, Note(ColdUsers, "without a training interaction"));
        Line("items", Items, Note(ColdItems, "without a training interaction"));
        Line("training", Train, string.Create(CultureInfo.InvariantCulture, $"density of all three sets {Density * 100:0.####} %"));
        Line("validation", Validation, Note(ColdValidation, "on cold items"));
        Line("test", Test, Note(ColdTest, "on cold items"));
        foreach (ModalitySummary m in Modalities)
        {
            double share = Items == 0 ? 0 : 100.0 * m.Present / Items;
            Line(m.Modality.Name, m.Present,
                string.Create(CultureInfo.InvariantCulture, $"items with {m.Dimension} features each ({share:0.#} %)"));
        }

        text.Append(CultureInfo.InvariantCulture, $"\n  split       {SplitChecksum[..12]}");
        foreach (string note in Notes)
            text.Append("\n  note        ").Append(note);
        return text.ToString();
    }

    private static string Note(int count, string what) => count == 0 ? ""
        : string.Create(CultureInfo.InvariantCulture, $"{count:N0} {what}");
}
