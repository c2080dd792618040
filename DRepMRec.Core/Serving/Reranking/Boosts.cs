using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DRepMRec.Kernels;

namespace DRepMRec.Serving;

/// <summary>What is added to the score of an item by its metadata.</summary>
internal sealed class Boosts
{
    private readonly CatalogueMetadata _metadata;
    private readonly (Func<int, bool> Meets, double Weight)[] _boosts;
    private readonly double _most;

    private Boosts(CatalogueMetadata metadata, IReadOnlyList<ItemBoost> boosts)
    {
        _metadata = metadata;
        _boosts = [.. boosts.Select(b => (b.Where.Compile(metadata.Table), b.Weight))];
        _most = _boosts.Sum(b => Math.Max(0, b.Weight));
    }

    public static Boosts? Of(ServingModel model, IReadOnlyList<ItemBoost> boosts)
    {
        if (boosts.Count == 0)
            return null;
        if (model.Metadata is not { } metadata)
        {
            boosts[0].Where.Compile(metadata: null);
            return null;
        }

        return new Boosts(metadata, boosts);
    }

    /// <summary>Offers the scores with their boosts, by their places in the sheet.</summary>
    /// <remarks>
    /// An item whose score with all boosts at once is no better than the worst that is kept isn't asked for its metadata: most aren't.
    /// </remarks>
    /// <param name="sheet">The model's scores.</param>
    /// <param name="deviation">The unit of weights.</param>
    /// <param name="minimum">Items with a lower score of the model are left out.</param>
    /// <param name="best">Takes the sums.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Offer(ScoreSheet sheet, double deviation, float minimum, TopK best)
    {
        ReadOnlySpan<float> scores = sheet.Values;
        float kept = best.Threshold, least = Least(kept);
        int place = 0;
        foreach (Vector<float> vector in MemoryMarshal.Cast<float, Vector<float>>(scores))
        {
            int end = place + Vector<float>.Count;
            if (Vector.GreaterThanOrEqualAny(vector, new Vector<float>(least)))
                OfferUpTo(end, scores);
            place = end;
        }

        OfferUpTo(scores.Length, scores);

        void OfferUpTo(int end, ReadOnlySpan<float> scores)
        {
            for (; place < end; place++)
            {
                if (scores[place] >= least)
                {
                    best.Offer((float)(scores[place] + (deviation * this[sheet.Row(place)])), place);
                    if (best.Threshold != kept)
                        (kept, least) = (best.Threshold, Least(best.Threshold));
                }
            }
        }

        // A little less than exact, for the rounding of the sums.
        float Least(float threshold)
        {
            double most = deviation * _most, slack = 1e-6 * (Math.Abs(threshold) + most);
            return float.IsFinite(threshold) ? Math.Max(minimum, (float)(threshold - most - slack)) : minimum;
        }
    }

    /// <summary>What an item gets, in standard deviations: the sum in the order of the request.</summary>
    private double this[int item]
    {
        get
        {
            int row = _metadata.RowOf(item);
            double sum = 0;
            foreach (var (meets, weight) in _boosts)
                sum += meets(row) ? weight : 0;
            return sum;
        }
    }
}
