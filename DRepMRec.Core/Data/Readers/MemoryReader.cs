namespace DRepMRec.Data;

/// <summary>Interactions that are in memory already.</summary>
internal static class MemoryReader
{
    public static RecDataset Read(string name, IEnumerable<Interaction> interactions, DatasetContent content,
        DatasetOptions options)
    {
        var log = new InteractionLog(options);
        log.BeginFile(null, "interaction");
        long position = 0;
        foreach (Interaction interaction in interactions)
        {
            position++;
            log.CountRow();
            if (IsFinite(log, interaction.Rating, RowMistakeKind.Rating, "rating", position)
                && !log.IsBelowMinimum(interaction.Rating ?? double.NaN)
                && IsFinite(log, interaction.Timestamp, RowMistakeKind.Timestamp, "timestamp", position)
                && HasWeight(log, interaction.Weight, position))
            {
                log.Add(interaction.User, interaction.Item, new RowValues(
                    interaction.Rating ?? double.NaN, TimeCode.OfNumber(interaction.Timestamp ?? double.NaN),
                    interaction.Label ?? double.NaN, interaction.Weight ?? 1, position));
            }
        }

        return DatasetAssembly.Build(log, name, content, options);
    }

    private static bool IsFinite(InteractionLog log, double? value, RowMistakeKind kind, string what, long position)
    {
        if (value is null || double.IsFinite(value.Value))
            return true;
        if (log.Mistakes(kind))
            log.Describe(kind, position, FormattableString.Invariant($"expected a finite number as {what}, found {value}."));
        return false;
    }

    private static bool HasWeight(InteractionLog log, double? weight, long position)
    {
        if (weight is null || EventWeights.IsWeight(weight.Value))
            return true;
        if (log.Mistakes(RowMistakeKind.Weight))
        {
            log.Describe(RowMistakeKind.Weight, position,
                FormattableString.Invariant($"expected {EventWeights.Expected(weight.Value)} as weight, found {weight}."));
        }

        return false;
    }
}
