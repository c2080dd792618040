using DRepMRec.Internals;

namespace DRepMRec.Data;

internal abstract record PerUserSplit : ShareSplit
{
    private const ulong RoundingPurpose = 1;

    /// <summary>Whether the latest interactions go to test, instead of a draw.</summary>
    private protected abstract bool ByTime { get; }

    internal override bool ReadsTimestamps => ByTime;

    private protected override SplitPart[] Assign(InteractionLog log)
    {
        if (ByTime)
            SplitOrder.ThrowIfOneTimestamp(log, this);
        var parts = new SplitPart[log.Rows.Count];
        Draw(log, Shares, Seed, ByTime, parts, SplitPart.Train);
        return parts;
    }

    /// <summary>Draws validation and test interactions from each user's that are in one part.</summary>
    public static void Draw(InteractionLog log, SplitShares shares, ulong seed, bool byTime, SplitPart[] parts, SplitPart from)
    {
        var (rows, offsets) = SplitOrder.ByUser(log, seed, byTime);
        for (int u = 0; u < log.Users.Count; u++)
        {
            Span<int> row = rows.AsSpan(offsets[u]..offsets[u + 1]);
            int count = 0;
            foreach (int i in row)
            {
                if (parts[i] == from)
                    row[count++] = i;
            }

            if (count == 0)
                continue;
            row = row[..count];
            var (validation, test) = Draw(shares, row.Length, new SeededRandom(seed, RoundingPurpose, RawId.Hash(log.Users[u])));
            foreach (int i in row[^test..])
                parts[i] = SplitPart.Test;
            foreach (int i in row[^(test + validation)..^test])
                parts[i] = SplitPart.Validation;
        }
    }

    // Each share by a draw of its own where both fit beside one interaction for training, however they are rounded.
    private static (int Validation, int Test) Draw(SplitShares shares, int count, SeededRandom random)
    {
        double test = count * shares.Test, validation = count * shares.Validation;
        int max = count - 1;
        if (Math.Ceiling(test) + Math.Ceiling(validation) <= max)
        {
            int first = Round(test, random);
            return (Round(validation, random), first);
        }

        // Otherwise by one draw for both, which keeps each expectation: where both together are too much, both give way in proportion.
        double scale = Math.Min(1, max / (test + validation)), start = random.NextDouble();
        int tests = (int)((test * scale) + start);
        int both = Math.Min(max, (int)(test + validation + start));
        return (Math.Max(0, both - tests), Math.Min(tests, both));
    }

    // 2.4 becomes 3 in two of five draws, else 2.
    private static int Round(double number, SeededRandom random)
    {
        int floor = (int)number;
        return random.NextDouble() < number - floor ? floor + 1 : floor;
    }
}

internal sealed record RandomPerUserSplit : PerUserSplit
{
    private protected override bool ByTime => false;

    public override string ToString() => $"{nameof(RandomPerUser)}{Shares}";
}

internal sealed record PerUserTimeSplit : PerUserSplit
{
    private protected override bool ByTime => true;

    public override string ToString() => $"{nameof(PerUserTime)}{Shares}";
}
