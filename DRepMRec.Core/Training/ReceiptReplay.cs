using DRepMRec.Serving;

namespace DRepMRec.Training;

/// <summary>A training that was done again by its receipt.</summary>
public sealed class ReceiptReplay
{
    internal ReceiptReplay(TrainingReceipt receipt, TrainingReceipt replayed, Recommender recommender)
    {
        (Receipt, Replayed, Recommender) = (receipt, replayed, recommender);
        (string Field, string Before, string Now)[] fields =
        [
            (nameof(receipt.Data), receipt.Data, replayed.Data), (nameof(receipt.Library), receipt.Library, replayed.Library),
            (nameof(receipt.Torch), receipt.Torch, replayed.Torch), (nameof(receipt.Processor), receipt.Processor, replayed.Processor),
            (nameof(receipt.Weights), receipt.Weights, replayed.Weights),
        ];
        Differences = [.. fields.Where(f => f.Before != f.Now).Select(f => $"{f.Field}: the receipt has {f.Before}, now it is {f.Now}")];
    }

    /// <summary>The receipt.</summary>
    public TrainingReceipt Receipt { get; }

    /// <summary>The receipt of the training that was done again.</summary>
    public TrainingReceipt Replayed { get; }

    /// <summary>What came out this time.</summary>
    public Recommender Recommender { get; }

    /// <summary>Whether the same data gave the same weights, bit for bit.</summary>
    public bool IsSame => Receipt.Data == Replayed.Data && Receipt.Weights == Replayed.Weights;

    /// <summary>Where the two differ, as sentences; what the weights may differ by comes before them. Empty where they don't.</summary>
    public IReadOnlyList<string> Differences { get; }
}
