using DRepMRec.Collectives;
using DRepMRec.Encoders;
using DRepMRec.Hosts;
using static TorchSharp.torch;

namespace DRepMRec;

/// <summary>Which hosts processes can train together, by columns, and by what exchanges.</summary>
internal static class SharedColumns
{
    /// <exception cref="ArgumentException">The host can't be trained by these processes; the message says why.</exception>
    public static void ThrowIfUnfit(IBehaviorEncoder host, ICollective collective)
    {
        if (WhyNot(host, collective) is { } reason)
            throw new ArgumentException(reason, nameof(host));
    }

    /// <summary>Refuses a host whose columns can't be shared, and an exchange of scores where more than scores is needed.</summary>
    public static void ThrowIfUnfit(IBehaviorEncoder host, DRepMRecOptions options, bool hasLine)
    {
        if (host.Columns is not { } columns)
            return;
        ThrowIfUnfit(host, columns.Collective);
        if (columns.Exchange != ExchangedValues.Scores)
            return;
        string? needs = hasLine ? "A modal line"
            : host is FreedomEncoder ? "The loss of FreedomEncoder over projected features"
            : host is not (LightGcnEncoder or MatrixFactorizationEncoder or VbprEncoder) ? host.GetType().Name
            : !options.Loss.FollowsFromScores ? options.Loss.GetType().Name
            : null;
        if (needs is not null)
        {
            throw new ArgumentException(
                $"{needs} needs whole rows of the batch, not scores alone: set {nameof(ColumnPartition)}."
                + $"{nameof(ColumnPartition.Exchange)} to {nameof(ExchangedValues.Rows)}.", nameof(host));
        }
    }

    private static string? WhyNot(IBehaviorEncoder host, ICollective collective)
    {
        string name = host.GetType().Name;
        if (host.Columns is not { } columns)
        {
            return host switch
            {
                MgcnEncoder => $"{name} can't be trained by columns of its embeddings, as its representations aren't linear in them: its "
                    + "attention and its gates by preference take products with all columns of a row. Train it in one process.",
                LightGcnEncoder or MatrixFactorizationEncoder or VbprEncoder or FreedomEncoder =>
                    $"{name} was made with all columns of its embeddings: give it a {nameof(ColumnPartition)} of this collective.",
                _ => $"{name} doesn't say which columns of its embeddings this process has ({nameof(IBehaviorEncoder)}."
                    + $"{nameof(host.Columns)}). If its representations are linear in its embeddings, let it hold those of a "
                    + $"{nameof(ColumnPartition)}; otherwise train it in one process.",
            };
        }

        if (!ReferenceEquals(columns.Collective, collective))
            return $"The columns of {name} are those of another collective.";
        if (host.EmbeddingDim % columns.Dimension != 0)
        {
            return $"{name} has representations of {host.EmbeddingDim} columns: expected a partition of as many, or of parts of equal "
                + $"width, got one of {columns.Dimension}.";
        }

        // Checkpoints would have the columns of one process alone.
        return host is nn.Module module && module.parameters().All(parameter => ColumnPartition.ShareOf(parameter) is null)
            ? $"{name} shares columns, but says of none of its parameters that it has some of them: {nameof(ColumnPartition)}."
                + $"{nameof(ColumnPartition.Hold)}."
            : null;
    }
}
