using DRepMRec.Internals;

namespace DRepMRec.Data;

internal sealed record PerUserSplit(SplitShares Shares, bool ByTime) : SplitStrategy
{
    private const ulong RoundingPurpose = 1;

    private protected override bool PromisesValidation => Shares.Validation > 0;

    private protected override bool PromisesTest => Shares.Test > 0;

    public override string ToString() => $"{(ByTime ? nameof(PerUserTime) : nameof(RandomPerUser))}{Shares}";

    private protected override SplitPart[] Assign(InteractionLog log)
    {
        if (ByTime)
            SplitOrder.RequireTimestamps(log, this);
        var (rows, offsets) = SplitOrder.ByUser(log, Seed, ByTime);
        var parts = new SplitPart[rows.Length];
        for (int u = 0; u < log.Users.Count; u++)
        {
            Span<int> row = rows.AsSpan(offsets[u]..offsets[u + 1]);
            if (row.IsEmpty)
                continue;
            var random = new SeededRandom(Seed, RoundingPurpose, SplitOrder.Hash(log.Users[u]));
            int test = Math.Min(Round(row.Length * Shares.Test, random), row.Length - 1);
            int validation = Math.Min(Round(row.Length * Shares.Validation, random), row.Length - 1 - test);
            foreach (int i in row[^test..])
                parts[i] = SplitPart.Test;
            foreach (int i in row[^(test + validation)..^test])
                parts[i] = SplitPart.Validation;
        }

        return parts;
    }

    // 2.4 becomes 3 in two of five draws, else 2.
    private static int Round(double number, SeededRandom random)
    {
        int floor = (int)number;
        return random.NextDouble() < number - floor ? floor + 1 : floor;
    }
}
