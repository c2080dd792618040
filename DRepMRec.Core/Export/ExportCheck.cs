using DRepMRec.Features;
using DRepMRec.Fusions;

namespace DRepMRec.Export;

/// <summary>
/// Refuses what a part exports for serving if it doesn't fit the model: it would give wrong answers, or a file that can't be loaded.
/// </summary>
internal static class ExportCheck
{
    /// <summary>Refuses a fusion with factors that no file can hold.</summary>
    /// <exception cref="InvalidOperationException">A factor isn't finite.</exception>
    public static void ThrowIfUnfit(object alignment, FusionForm fusion)
    {
        (string Name, double Value)[] factors =
        [
            (nameof(fusion.BehaviorFactor), fusion.BehaviorFactor), (nameof(fusion.ModalFactor), fusion.ModalFactor),
            (nameof(fusion.ColdModalFactor), fusion.ColdModalFactor ?? 0), (nameof(fusion.UserModalScale), fusion.UserModalScale),
            (nameof(fusion.ItemModalScale), fusion.ItemModalScale),
        ];
        foreach (var (name, value) in factors)
        {
            if (!double.IsFinite(value))
                throw Unfit(alignment, $"a finite {name}", $"{value}");
        }
    }

    /// <summary>Refuses modalities of other numbers or shapes than those of the model.</summary>
    /// <param name="encoder">The modal encoder.</param>
    /// <param name="modalities">What it exports.</param>
    /// <param name="features">The features of all items.</param>
    /// <param name="behavior">The behaviour rows, of as many users, items and columns.</param>
    /// <exception cref="InvalidOperationException">Something doesn't fit; the message has what was expected and what came.</exception>
    public static void ThrowIfUnfit(
        object encoder, IReadOnlyList<ModalityExport> modalities, ModalFeatures features, UserItemEmbeddings behavior)
    {
        if (modalities.Count != features.ModalityCount)
            throw Unfit(encoder, $"{features.ModalityCount} modalities, one per modality of its features", $"{modalities.Count}");
        int users = (int)behavior.Users.shape[0], items = (int)behavior.Items.shape[0], dimension = behavior.Dimension;
        for (int m = 0; m < modalities.Count; m++)
        {
            string name = features.Sources[m].Modality.Name;
            if (modalities[m] is not { } modality)
                throw Unfit(encoder, $"the modality '{name}'", "nothing");
            ShapeCheck.ThrowIfMisshapen(encoder, dimension, modality.Part, users, items, $"as its part of '{name}' ");
            if (modality.Content is { } content)
                ThrowIfUnfit(encoder, content, (name, features.Sources[m].Dimension, dimension, items));
        }
    }

    private static void ThrowIfUnfit(object encoder, ContentExport content, (string Name, int Features, int Dimension, int Items) modality)
    {
        var (name, features, dimension, items) = modality;
        void Length(string what, float[]? values, long expected)
        {
            if (values?.LongLength != expected)
                throw Unfit(encoder, $"{expected} numbers as {what} of '{name}'", values is null ? "none" : $"{values.LongLength}");
        }

        Length(nameof(content.Projection), content.Projection, (long)dimension * features);
        Length(nameof(content.ProjectionBias), content.ProjectionBias, dimension);
        if (content.Gate is not null || content.GateBias is not null)
        {
            Length(nameof(content.Gate), content.Gate, (long)dimension * dimension);
            Length(nameof(content.GateBias), content.GateBias, dimension);
        }

        if (!(content.Weight >= 0 && double.IsFinite(content.Weight)))
            throw Unfit(encoder, $"a finite {nameof(content.Weight)} of '{name}' of at least 0", $"{content.Weight}");
        if (content.Neighbors < 0)
            throw Unfit(encoder, $"{nameof(content.Neighbors)} of '{name}' of at least 0", $"{content.Neighbors}");
        if (content.Neighbors > 0)
            Length(nameof(content.NeighborValues), content.NeighborValues, (long)items * dimension);
        else if (content.NeighborValues is not null)
            throw Unfit(encoder, $"no {nameof(content.NeighborValues)} of '{name}' without {nameof(content.Neighbors)}", "some");
    }

    private static InvalidOperationException Unfit(object part, string expected, string found)
        => new($"{part.GetType().Name} is expected to export {expected}; got {found}.");
}
