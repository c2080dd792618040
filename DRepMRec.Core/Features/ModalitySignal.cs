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
    private const int PairsOfUser = 10;
    private const int MaxPairs = 50_000;
    private const int Permutations = 10;

    /// <summary>The difference, in standard deviations of cosines, below which a modality says nothing.</summary>
    private const double Nothing = 0.08;

    /// <summary>By how many errors the difference has to be below that.</summary>
    private const int Surely = 3;

    /// <summary>With fewer pairs nothing is told.</summary>
    private const int MinPairs = 1000;

    /// <summary>Of a modality that fewer items have, or fewer pairs, nothing is told: a few cosines are alike by chance.</summary>
    private const int MinItems = 30;
    private const int MinCosines = 100;

    /// <summary>The correlation of two modalities' cosines from which on one is a copy of the other.</summary>
    private const double Copy = 0.99;

    /// <summary>
    /// The weight of each modality: 0 for one that surely says nothing; of copies 1 for the one that most items have and 0 for others, or
    /// 1 / k for k of which each is had by items that lack the rest; 1 for all else. Where there is too little to tell by, and where none
    /// says anything, all weigh 1.
    /// </summary>
    /// <remarks>What is drawn doesn't depend on the seed of a training, so that trainings of one dataset have the same weights.</remarks>
    /// <param name="features">The features of each modality.</param>
    /// <param name="scaled">The same as <see cref="FeatureScaler"/> scales them.</param>
    /// <param name="train">The training interactions.</param>
    public static ModalityWeight[] Weights(IReadOnlyList<ItemFeatures> features, IReadOnlyList<float[]> scaled, InteractionSet train)
    {
        ModalityWeight[] equal = [.. Enumerable.Repeat(new ModalityWeight(1, IsCopy: false), features.Count)];
        if (features.Count < 2)
            return equal;
        (int First, int Second)[] pairs = Pairs(train);
        if (pairs.Length < MinPairs)
            return equal;
        Signal[] signals = [.. features.Zip(scaled).Select(m => Measure(m.First, m.Second, pairs))];
        bool[] speaks = [.. signals.Select(s => !(s.Difference + (Surely * s.Error) < Nothing))];
        if (!speaks.Contains(true))
            return equal;
        return [.. signals.Select((own, m) =>
        {
            int[] copies = [.. Enumerable.Range(0, signals.Length).Where(n => speaks[n] && (n == m || own.IsCopyOf(signals[n])))];
            return speaks[m] ? AmongCopies(features, m, copies) : new ModalityWeight(0, IsCopy: false);
        })];
    }

    private static ModalityWeight AmongCopies(IReadOnlyList<ItemFeatures> sources, int modality, int[] copies)
    {
        ItemFeatures most = sources[copies.MaxBy(n => sources[n].PresentCount)];
        int[] kept = [.. copies.Where(n => ReferenceEquals(sources[n], most)
            || Enumerable.Range(0, most.ItemCount).Any(item => sources[n].Present[item] && !most.Present[item]))];
        return new ModalityWeight(kept.Contains(modality) ? 1.0 / kept.Length : 0, copies.Length > 1);
    }

    /// <summary>Pairs of different items of one user each, of many users, in a drawn order.</summary>
    private static (int, int)[] Pairs(InteractionSet train)
    {
        var random = new SeededRandom(0, RandomPurpose.ModalitySignal);
        var pairs = new List<(int, int)>();
        int[] users = [.. Enumerable.Range(0, train.UserCount).Where(user => train.ItemsOf(user).Length > 1)];
        random.Shuffle<int>(users);
        foreach (int user in users)
        {
            if (pairs.Count >= MaxPairs)
                break;
            ReadOnlySpan<int> items = train.ItemsOf(user);
            for (long n = Math.Min(PairsOfUser, (long)items.Length * (items.Length - 1) / 2); n > 0; n--)
            {
                int first = random.NextInt(items.Length), second = random.NextInt(items.Length - 1);
                pairs.Add((items[first], items[second < first ? second : second + 1]));
            }
        }

        return [.. pairs];
    }

    private static Signal Measure(ItemFeatures features, float[] scaled, (int First, int Second)[] pairs)
    {
        var random = new SeededRandom(0, RandomPurpose.ModalitySignal, 1);
        int[] present = [.. Enumerable.Range(0, features.ItemCount).Where(item => features.Present[item])];
        int[] featuresOf = [.. Enumerable.Range(0, features.ItemCount)];
        float?[] cosines = Cosines(scaled, features.Dimension, pairs, featuresOf);
        double difference = present.Length < MinItems ? double.NaN : Difference(cosines);

        // Pairs share items, so that they say less than as many independent ones: what chance makes of the difference is seen by features
        // that change places.
        double[] byChance = new double[Permutations];
        for (int n = 0; n < Permutations; n++)
        {
            int[] shuffled = [.. present];
            random.Shuffle<int>(shuffled);
            for (int place = 0; place < present.Length; place++)
                featuresOf[present[place]] = shuffled[place];
            byChance[n] = Difference(Cosines(scaled, features.Dimension, pairs, featuresOf));
        }

        return new Signal(features, cosines, difference, byChance.StandardDeviation());
    }

    /// <summary>Cosines of the pairs, then of pairs with another user's second item; <see langword="null"/> without features.</summary>
    private static float?[] Cosines(float[] scaled, int dimension, (int First, int Second)[] pairs, int[] featuresOf)
    {
        var cosines = new float?[2 * pairs.Length];
        for (int n = 0; n < pairs.Length; n++)
        {
            cosines[n] = Cosine(pairs[n].First, pairs[n].Second);

            // The other item of a pair far from this one is another user's.
            int other = pairs[(n + (pairs.Length / 2)) % pairs.Length].Second;
            cosines[pairs.Length + n] = other == pairs[n].First ? null : Cosine(pairs[n].First, other);
        }

        return cosines;

        float? Cosine(int first, int second)
        {
            float cosine = TensorPrimitives.CosineSimilarity(
                scaled.AsSpan(featuresOf[first] * dimension, dimension), scaled.AsSpan(featuresOf[second] * dimension, dimension));
            return float.IsFinite(cosine) ? cosine : null;
        }
    }

    /// <summary>How far the mean of the first half is above that of the second, in deviations of the second.</summary>
    private static double Difference(float?[] cosines)
    {
        int half = cosines.Length / 2;
        float[] together = [.. cosines[..half].OfType<float>()], apart = [.. cosines[half..].OfType<float>()];
        if (together.Length < MinCosines || apart.Length < MinCosines)
            return double.NaN;
        double deviation = TensorPrimitives.StdDev<float>(apart);
        double difference = TensorPrimitives.Average<float>(together) - TensorPrimitives.Average<float>(apart);
        return deviation > 0 ? difference / deviation : 0;
    }

    /// <summary>What a modality says.</summary>
    /// <param name="Features">Its features.</param>
    /// <param name="Cosines">The cosines of pairs of one user's and of different users' items.</param>
    /// <param name="Difference">How much more alike items of one user are; not a number where too few have the modality.</param>
    /// <param name="Error">What chance makes of it.</param>
    private sealed record Signal(ItemFeatures Features, float?[] Cosines, double Difference, double Error)
    {
        public bool IsCopyOf(Signal other)
        {
            (float? Own, float? Other)[] both =
                [.. Cosines.Zip(other.Cosines).Where(pair => pair is { First: not null, Second: not null })];
            int items = Enumerable.Range(0, Features.ItemCount).Count(item => Features.Present[item] && other.Features.Present[item]);
            return items >= MinItems && both.Length >= MinCosines
                && Correlation.Pearson(both.Select(pair => (double)pair.Own!), both.Select(pair => (double)pair.Other!)) >= Copy;
        }
    }
}

/// <summary>What a modality weighs.</summary>
/// <param name="Weight">The weight, 0 to 1.</param>
/// <param name="IsCopy">Whether another modality is a copy of it.</param>
internal readonly record struct ModalityWeight(double Weight, bool IsCopy);
