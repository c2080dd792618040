using Common;
using ReproduceResults.Reports;
using ReproduceResults.Trainings;

namespace ReproduceResults.Fair;

/// <summary>
/// The comparisons that a page of the fair comparison tests, as docs/method.md has them: written down before any training, by titles, so
/// that one whose trainings are missing counts in Holm's correction too.
/// </summary>
internal static class FairFamily
{
    public static readonly string[] Losses = ["bpr", "softmax"];

    public static IEnumerable<string> Hosts(bool hasContent)
        => Catalogue.HostNames.Where(h => hasContent || !Catalogue.NeedsFeatures(h));

    /// <summary>Whether the data of a page have features, by the data and not by what was trained: models may have diverged.</summary>
    public static bool HasContent(IEnumerable<Outcome> outcomes) => outcomes.Any(o => o.First.Dataset.Modalities.Count > 0);

    /// <summary>The comparisons of a dataset's page.</summary>
    /// <param name="hasContent">Whether the dataset has features.</param>
    /// <param name="preferred">The loss that the search of each model prefers.</param>
    public static IEnumerable<PlannedComparison> OfDataset(bool hasContent, Func<string, string> preferred)
    {
        string[] hosts = [.. Hosts(hasContent)];
        string Title(string model, FairForm form = FairForm.Whole) => FairVariants.Title(model, form, preferred(model));
        string With(string title) => title + VariantTrainer.WithPart;
        string ours = Title(Catalogue.Ours);
        foreach (string host in hosts)
        {
            foreach (string loss in Losses)
                yield return new("DRepMRec and hosts", ours, FairVariants.Title(host, FairForm.Whole, loss));
        }

        foreach (string baseline in FairBaselines.Names(hasContent))
            yield return new("DRepMRec and what isn't trained", ours, baseline);
        foreach (string host in hosts)
        {
            yield return new("What the contrastive loss brings", Title(host, FairForm.WithoutContent), Title(host));
            if (!hasContent)
                continue;
            yield return new("What BMA brings", Title(host, FairForm.WithBma), Title(host));
            yield return new("What content brings beyond it", Title(host, FairForm.WithBma), Title(host, FairForm.WithoutContent));
        }

        if (hasContent)
            yield return new("What content brings beyond it", ours, Title(Catalogue.Ours, FairForm.WithoutContent));
        else
            yield return new("What the contrastive loss brings", Title(Catalogue.Ours, FairForm.WithoutContent), ours);
        foreach (string model in hosts.Append(Catalogue.Ours))
            yield return new("What the item-to-item part brings", With(Title(model)), Title(model));
        foreach (string host in hosts)
            yield return new("DRepMRec and hosts, both with the item-to-item part", With(ours), With(Title(host)));
    }

    /// <summary>The comparisons over splits that were drawn anew: on each kind of them.</summary>
    public static IEnumerable<PlannedComparison> OfRedrawn(bool hasContent, Func<string, string> preferred)
    {
        string Title(string model) => FairVariants.Title(model, FairForm.Whole, preferred(model));
        foreach (string host in Hosts(hasContent))
        {
            yield return new("DRepMRec and hosts", Title(Catalogue.Ours), Title(host));
            yield return new("DRepMRec and hosts, both with the item-to-item part", Title(Catalogue.Ours) + VariantTrainer.WithPart,
                Title(host) + VariantTrainer.WithPart);
        }
    }

    /// <summary>The loss of the lines of a model that a page has under one loss alone.</summary>
    public static Func<string, string> Preferred(IReadOnlyList<Outcome> trials)
        => model => Losses.MaxBy(loss => trials.Where(t => t.Name == FairVariants.Title(model, FairForm.Whole, loss))
            .Select(t => t.First.Valid[Training.Recall.ToString()]).DefaultIfEmpty(double.NegativeInfinity).Max())!;
}

/// <summary>A comparison of the first line with the second, by their titles.</summary>
internal sealed record PlannedComparison(string Question, string First, string Second);
