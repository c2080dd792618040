using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>Draws of the Gumbel distribution, one per item: they follow from seed, user and item alone.</summary>
/// <param name="seed">The request's seed.</param>
/// <param name="userId">The user's raw id, so that users of one seed don't all get the same items.</param>
internal sealed class GumbelNoise(int seed, string? userId)
{
    private readonly ulong _user = userId is null ? 0 : RawId.TieKey(userId);

    public double this[string itemId]
    {
        get
        {
            var random = new SeededRandom((ulong)seed ^ _user, RandomPurpose.Exploration, RawId.TieKey(itemId));
            double uniform;
            do
                uniform = random.NextDouble();
            while (uniform == 0);
            return -SeededRandom.Log(-SeededRandom.Log(uniform));
        }
    }
}
