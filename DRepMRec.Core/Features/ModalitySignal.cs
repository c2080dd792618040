using System.Numerics.Tensors;
using DRepMRec.Data;
using DRepMRec.Internals;
using MathNet.Numerics.Statistics;

namespace DRepMRec.Features;

/// <summary>
/// What modalities say of who chooses what, by the training interactions alone: how much more alike in a modality two items of one user
/// are than two items of different users. Items are drawn as often as they were chosen on both sides: what is popular doesn't count.
/// </summary>
internal static class ModalitySignal
{
    private const ulong Purpose = 0x5349474E;
    private const int PairsOfUser = 10;
    private const int MaxPairs = 200_000;

    /// <summary>The difference, in standard deviations of cosines, below which a modality says nothing.</summary>
    private const double Nothing = 0.05;

    /// <summary>The correlation of two modalities' cosines from which on one is a copy of the other.</summary>
    private const double Copy = 0.99;

    /// <summary>
    /// The weight of each modality: 0 for one that surely says nothing, 1 / k for k copies of one another, 1 for others. Where there is too
    /// little to tell by, and where none says anything, all weigh 1.
    /// </summary>
    /// <remarks>The pairs don't depend on the seed of a training, so that trainings of one dataset have the same weights.</remarks>
    public static double[] Weights(ModalFeatures features, InteractionSet train)
    {
        double[] equal = [.. Enumerable.Repeat(1.0, features.ModalityCount)];
        if (features.ModalityCount < 2)
            return equal;
        (int First, int Second)[] pairs = Pairs(train);
        Cosines[] cosines = [.. Enumerable.Range(0, features.ModalityCount).Select(m => Measure(features, m, pairs))];
        bool[] speaks = [.. cosines.Select(c => !c.SaysNothing)];
        if (!speaks.Contains(true))
            return equal;
        return [.. cosines.Select((own, m) => speaks[m]
            ? 1.0 / cosines.Where((other, n) => speaks[n] && (n == m || own.IsCopyOf(other))).Count() : 0)];
    }

    /// <summary>Pairs of different items of one user each, of many users, in a drawn order.</summary>
    private static (int, int)[] Pairs(InteractionSet train)
    {
        var random = new SeededRandom(Purpose);
        var pairs = new List<(int, int)>();
        int[] users = [.. Enumerable.Range(0, train.UserCount).Where(user => train.ItemsOf(user).Length > 1)];
        random.Shuffle(users);
        foreach (int user in users)
        {
            if (pairs.Count >= MaxPairs)
                break;
            ReadOnlySpan<int> items = train.ItemsOf(user);
            for (int n = Math.Min(PairsOfUser, items.Length * (items.Length - 1) / 2); n > 0; n--)
            {
                int first = random.NextInt(items.Length), second = random.NextInt(items.Length - 1);
                pairs.Add((items[first], items[second < first ? second : second + 1]));
            }
        }

        return [.. pairs];
    }

    private static Cosines Measure(ModalFeatures features, int modality, (int First, int Second)[] pairs)
    {
        float?[] together = new float?[pairs.Length], apart = new float?[pairs.Length];
        for (int n = 0; n < pairs.Length; n++)
        {
            // The other item of a pair far from this one is another user's.
            together[n] = Cosine(pairs[n].First, pairs[n].Second);
            apart[n] = Cosine(pairs[n].First, pairs[(n + (pairs.Length / 2)) % pairs.Length].Second);
        }

        return new Cosines(together, apart);

        float? Cosine(int first, int second)
        {
            ReadOnlySpan<float> a = features.Scaled(modality, first), b = features.Scaled(modality, second);
            float cosine = TensorPrimitives.CosineSimilarity(a, b);
            return float.IsFinite(cosine) ? cosine : null;
        }
    }

    /// <summary>Cosines of pairs of one user and of different users; <see langword="null"/> where an item lacks the modality.</summary>
    private sealed class Cosines(float?[] together, float?[] apart)
    {
        public bool SaysNothing
        {
            get
            {
                float[] own = [.. together.OfType<float>()], other = [.. apart.OfType<float>()];
                if (own.Length < 2 || other.Length < 2)
                    return false;
                double deviation = TensorPrimitives.StdDev<float>(other);
                if (deviation == 0)
                    return true;
                double difference = (TensorPrimitives.Average<float>(own) - TensorPrimitives.Average<float>(other)) / deviation;
                double error = Math.Sqrt((1.0 / own.Length) + (1.0 / other.Length));
                return difference + (2 * error) < Nothing;
            }
        }

        public bool IsCopyOf(Cosines other)
        {
            (float? Own, float? Other)[] both =
                [.. Values.Zip(other.Values).Where(pair => pair is { First: not null, Second: not null })];
            return both.Length > 1
                && Correlation.Pearson(both.Select(pair => (double)pair.Own!), both.Select(pair => (double)pair.Other!)) >= Copy;
        }

        private IEnumerable<float?> Values => together.Concat(apart);
    }
}
