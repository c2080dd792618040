namespace DRepMRec.Losses;

/// <summary>By how much drawn negatives count so that they stand for negatives that are drawn all alike, as logarithms.</summary>
internal sealed class NegativeCorrection
{
    private readonly float[] _drawn;
    private readonly float[] _distinct;

    /// <param name="items">The number of items I.</param>
    /// <param name="candidates">The items that can be drawn.</param>
    /// <param name="cumulative">The running sums of what each is drawn in proportion to.</param>
    /// <param name="draws">How many are drawn, with replacement.</param>
    public NegativeCorrection(int items, int[] candidates, double[] cumulative, int draws)
    {
        (_drawn, _distinct) = (new float[items], new float[items]);
        double alike = 1.0 / candidates.Length;
        for (int n = 0; n < candidates.Length; n++)
        {
            double share = (cumulative[n] - (n == 0 ? 0 : cumulative[n - 1])) / cumulative[^1];
            _drawn[candidates[n]] = (float)Math.Log(alike / share);
            _distinct[candidates[n]] = (float)Math.Log(Occurs(alike, draws) / Occurs(share, draws));
        }
    }

    /// <summary>What is added to the logits of negatives that count each time they are drawn.</summary>
    public float[] OfDrawn(ReadOnlySpan<int> items) => Of(_drawn, items);

    /// <summary>What is added to the logits of negatives that count once, however often they are drawn.</summary>
    public float[] OfDistinct(ReadOnlySpan<int> items) => Of(_distinct, items);

    private static float[] Of(float[] all, ReadOnlySpan<int> items)
    {
        var offsets = new float[items.Length];
        for (int n = 0; n < offsets.Length; n++)
            offsets[n] = all[items[n]];
        return offsets;
    }

    private static double Occurs(double share, int draws) => 1 - Math.Pow(1 - share, draws);
}
