namespace DRepMRec.Data;

/// <summary>Interactions that are in memory already.</summary>
internal static class MemoryReader
{
    public static RecDataset Read(string name, IEnumerable<Interaction> interactions, IReadOnlyList<FeatureTable> features,
        DatasetOptions options)
    {
        var log = new InteractionLog(options.MinimumRating);
        long position = 0;
        foreach (Interaction interaction in interactions)
        {
            position++;
            log.Add(
                interaction.User,
                interaction.Item,
                Known(interaction.Rating, "rating", position),
                Known(interaction.Timestamp, "timestamp", position),
                interaction.Label ?? double.NaN,
                position);
        }

        return DatasetAssembly.Build(log, name, features, options);
    }

    private static double Known(double? value, string kind, long position)
        => value is null ? double.NaN
            : double.IsFinite(value.Value) ? value.Value
            : throw new DatasetFormatException(
                FormattableString.Invariant($"interaction {position}: expected a finite number as {kind}, found {value}."));
}
