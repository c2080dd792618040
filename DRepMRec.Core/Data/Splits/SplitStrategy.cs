using System.Globalization;
using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>
/// How interactions are split into training, validation and test. A split depends on the seed and on the raw ids, timestamps and labels
/// alone: the same interactions in another order, on another machine or under another version of .NET split the same way.
/// </summary>
public abstract record SplitStrategy
{
    private protected SplitStrategy()
    {
    }

    /// <summary>The seed of everything that is left to chance, ties between equal timestamps included.</summary>
    /// <value>The default is 2024.</value>
    public ulong Seed { get; init; } = 2024;

    /// <summary>Everything is for training; validation and test stay empty.</summary>
    public static SplitStrategy None { get; } = new NoSplit();

    /// <summary>Each interaction says which set it belongs to: 0 training, 1 validation, 2 test.</summary>
    /// <param name="allowMissing">Whether there may be no validation or no test interactions; otherwise their absence is an error.</param>
    /// <param name="validationShare">
    /// Where labels give a test set and no validation set, as many published files do, the expected share of each user's training
    /// interactions that is drawn for validation by the seed, as by <see cref="RandomPerUser"/>: every user keeps one for training, and the
    /// test set stays as it is. From 0, which draws none, and below 1.
    /// </param>
    public static SplitStrategy ByLabel(bool allowMissing = false, double validationShare = 0)
        => new LabelSplit { AllowMissing = allowMissing, ValidationShare = Guard.Share(validationShare, nameof(validationShare)) };

    /// <summary>Draws validation and test interactions from each user's. Every user keeps at least one for training.</summary>
    /// <param name="validationShare">The expected share of each user's interactions in validation, from 0 and below 1.</param>
    /// <param name="testShare">The expected share in test, from 0; both shares together are below 1.</param>
    /// <remarks>
    /// A share of, say, 2.4 interactions becomes 2 or 3 by a draw, so that the shares hold over all users, also over those with few
    /// interactions. Where the one that is kept for training leaves less than both shares ask for, both give way in proportion: equal
    /// shares stay equal.
    /// </remarks>
    public static SplitStrategy RandomPerUser(double validationShare = 0.1, double testShare = 0.1)
        => With(new RandomPerUserSplit(), new SplitShares(validationShare, testShare));

    /// <summary>One interaction of each user goes to test, one to validation; of two none to validation, a single one to neither.</summary>
    /// <param name="byTime">Whether the latest goes to test and the one before it to validation; otherwise both are drawn.</param>
    public static SplitStrategy LeaveOneOut(bool byTime = false) => new LeaveOneOutSplit { ByTime = byTime };

    /// <summary>Each user's latest interactions go to test, the ones before to validation; at least one stays in training.</summary>
    /// <param name="validationShare">The expected share of each user's interactions in validation, from 0 and below 1.</param>
    /// <param name="testShare">The expected share in test, from 0; both shares together are below 1.</param>
    /// <remarks>Shares become numbers as in <see cref="RandomPerUser"/>. Interactions need timestamps, not all equal.</remarks>
    public static SplitStrategy PerUserTime(double validationShare = 0.1, double testShare = 0.1)
        => With(new PerUserTimeSplit(), new SplitShares(validationShare, testShare));

    /// <summary>The latest interactions of all users go to test and the ones before them to validation.</summary>
    /// <param name="validationShare">The share of all interactions in validation, from 0 and below 1.</param>
    /// <param name="testShare">The share of all interactions in test, from 0 and below 1. Both together stay below 1.</param>
    /// <remarks>It needs a timestamp on every interaction, and more than one point in time.</remarks>
    public static SplitStrategy GlobalTime(double validationShare = 0.1, double testShare = 0.1)
        => With(new GlobalTimeSplit(), new SplitShares(validationShare, testShare));

    private static ShareSplit With(ShareSplit split, SplitShares shares)
        => split with { ValidationShare = shares.Validation, TestShare = shares.Test };

    /// <summary>The part of each row of the log, which has no duplicates.</summary>
    /// <exception cref="DatasetFormatException">The interactions lack what the strategy needs, or a promised set stays empty.</exception>
    internal SplitPart[] Split(InteractionLog log)
    {
        SplitPart[] parts = Assign(log);
        (SplitPart, string, bool)[] sets =
            [(SplitPart.Train, "training", true), (SplitPart.Validation, "validation", PromisesValidation),
                (SplitPart.Test, "test", PromisesTest)];
        foreach (var (part, name, promised) in sets)
        {
            if (promised && !parts.Contains(part))
            {
                throw log.Error(string.Create(CultureInfo.InvariantCulture,
                    $"expected the split {this} to give {name} interactions; found none among {parts.Length:N0}."));
            }
        }

        return parts;
    }

    /// <summary>Whether the split depends on the timestamps.</summary>
    internal virtual bool ReadsTimestamps => false;

    /// <summary>Whether the split depends on the labels.</summary>
    internal virtual bool ReadsLabels => false;

    private protected abstract bool PromisesValidation { get; }

    private protected abstract bool PromisesTest { get; }

    private protected abstract SplitPart[] Assign(InteractionLog log);
}
