using System.Globalization;

namespace DRepMRec.Data;

public sealed partial class RecDataset
{
    /// <summary>Counts users, items, interactions per set, cold items and modalities, and names what the reader passed over.</summary>
    public DatasetSummary Summarize() => new(this);

    /// <summary>The dataset on one line, as "tiktok: 9,308 users, 6,710 items, 59,541 + 3,051 + 6,130 interactions, text(768)".</summary>
    public override string ToString()
    {
        string modalities = string.Concat(
            Features.Select(f => string.Create(CultureInfo.InvariantCulture, $", {f.Modality}({f.Dimension})")));
        return string.Create(CultureInfo.InvariantCulture, $"{Internals.Shown.Name(Name)}: {Users.Count:N0} users, {Items.Count:N0} items, "
            + $"{Train.Count:N0} + {Validation.Count:N0} + {Test.Count:N0} interactions{modalities}");
    }
}
