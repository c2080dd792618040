using DRepMRec.Baselines;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Tests.Support;
using MathNet.Numerics.LinearAlgebra;

namespace DRepMRec.Tests.Baselines;

public sealed class PopularityRecommenderTests : ItemScorerContract
{
    protected override bool IsPersonal => false;

    protected override IItemScorer Create(InteractionSet train, IReadOnlyList<ItemFeatures> features) => new PopularityRecommender(train);

    [Fact]
    public void Everyone_gets_the_number_of_each_items_users()
        => Scores(new PopularityRecommender(new InteractionSet(3, 3, [(0, 1), (1, 1), (2, 0)])), [2, 0]).Should().Equal(1, 2, 0, 1, 2, 0);
}

public sealed class ItemKnnRecommenderTests : ItemScorerContract
{
    protected override IItemScorer Create(InteractionSet train, IReadOnlyList<ItemFeatures> features) => new ItemKnnRecommender(train);

    [Fact]
    public void Known_scores_on_tiny_data()
    {
        // Item 0 has users 0, 1; item 1 has 0, 1, 2; item 2 has 2. Cosines: (0, 1) 2 / sqrt(6), (1, 2) 1 / sqrt(3).
        var train = new InteractionSet(3, 3, [(0, 0), (0, 1), (1, 0), (1, 1), (2, 1), (2, 2)]);
        float a = 2 / MathF.Sqrt(6), b = 1 / MathF.Sqrt(3);
        float[] exact = Scores(new ItemKnnRecommender(train, new ItemKnnOptions { Shrinkage = 0, NormalizeUsers = false }), [0, 2]);
        exact.Should().Equal([a, a, b, a, b, b], (x, y) => Math.Abs(x - y) < 1e-6);
        Scores(new ItemKnnRecommender(train, new ItemKnnOptions { Shrinkage = 1, Neighbors = 1, NormalizeUsers = false }), [2])
            .Should().Equal([2 / (MathF.Sqrt(6) + 1), 1 / (MathF.Sqrt(3) + 1), 0], (x, y) => Math.Abs(x - y) < 1e-6);
    }

    [Fact]
    public void Users_of_many_items_can_count_less()
    {
        // User 0 has items 0, 1, 2 and counts 1/3, user 1 has 0 and 1 and counts 1/2: s(0,0) = s(1,1) = s(0,1) = 5/6,
        // s(2,2) = s(0,2) = s(1,2) = 1/3.
        var train = new InteractionSet(2, 3, [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)]);
        float far = (1f / 3) / MathF.Sqrt(5f / 6 / 3);
        Scores(new ItemKnnRecommender(train, new ItemKnnOptions { Shrinkage = 0 }), [1])
            .Should().Equal([1, 1, 2 * far], (x, y) => Math.Abs(x - y) < 1e-6);
    }

    [Fact]
    public void Similarities_of_another_catalogue_are_refused()
        => FluentActions.Invoking(() => new ItemKnnRecommender(new InteractionSet(2, 3, []), new CsrMatrix(2, 2, [])))
            .Should().Throw<ArgumentException>().WithMessage("Expected similarities of 3 x 3 items, got 2 x 2.*");
}

public sealed class FeatureNeighborsTests : ItemScorerContract
{
    protected override IItemScorer Create(InteractionSet train, IReadOnlyList<ItemFeatures> features)
    {
        using var modal = new ModalFeatures(features);
        return new ItemKnnRecommender(train, modal.Relations(0, 5));
    }
}

public sealed class EaseRecommenderTests : ItemScorerContract
{
    protected override IItemScorer Create(InteractionSet train, IReadOnlyList<ItemFeatures> features)
        => new EaseRecommender(train, new EaseOptions { L2 = 5 });

    [Fact]
    public void The_weights_are_those_of_the_closed_form()
    {
        InteractionSet train = Samples.Checkerboard(12, 8).Train;
        Matrix<double> x = Matrix<double>.Build.Dense(12, 8, (u, i) => train.Contains(u, i) ? 1 : 0);
        Matrix<double> p = (x.TransposeThisAndMultiply(x) + (Matrix<double>.Build.DenseIdentity(8) * 3)).Inverse();
        Matrix<double> b = Matrix<double>.Build.Dense(8, 8, (i, j) => i == j ? 0 : -p[i, j] / p[j, j]);
        Matrix<double> expected = x * b;
        float[] scores = Scores(new EaseRecommender(train, new EaseOptions { L2 = 3 }), Enumerable.Range(0, 12));
        for (int n = 0; n < scores.Length; n++)
            ((double)scores[n]).Should().BeApproximately(expected[n / 8, n % 8], 1e-5);
    }
}

public sealed class BlendedRecommenderTests : ItemScorerContract
{
    protected override IItemScorer Create(InteractionSet train, IReadOnlyList<ItemFeatures> features)
    {
        using var modal = new ModalFeatures(features);
        return new BlendedRecommender((new EaseRecommender(train), 1), (new ItemKnnRecommender(train, modal.Relations(0, 5)), 0.1));
    }

    [Fact]
    public void Scores_add_up_by_their_weights()
    {
        var first = new PopularityRecommender(new InteractionSet(1, 2, [(0, 0)]));
        var second = new PopularityRecommender(new InteractionSet(1, 2, [(0, 1)]));
        Scores(new BlendedRecommender((first, 2), (second, -0.5)), [0]).Should().Equal(2, -0.5f);
    }

    [Theory]
    [InlineData(1, float.NegativeInfinity)]
    [InlineData(-1, float.NegativeInfinity)]
    [InlineData(0, 0)]
    [InlineData(1e-60, 0)]
    public void What_a_part_says_never_to_stays_so_unless_it_is_not_asked(double weight, float score)
    {
        var counted = new PopularityRecommender(new InteractionSet(1, 2, [(0, 0)]));
        Scores(new BlendedRecommender((counted, 2), (new Never(), weight)), [0]).Should().Equal(2, score);
        Scores(new BlendedRecommender((new Never(), weight), (counted, 2)), [0]).Should().Equal(2, score);
    }

    [Fact]
    public void Never_stays_so_where_another_part_says_always()
    {
        foreach (double weight in new[] { 1, -1 })
        {
            Scores(new BlendedRecommender((new Never(), weight), (new Always(), 1)), [0])[1].Should().Be(float.NegativeInfinity);
            Scores(new BlendedRecommender((new Always(), 1), (new Never(), weight)), [0])[1].Should().Be(float.NegativeInfinity);
        }
    }

    [Fact]
    public void Parts_that_do_not_fit_are_refused()
    {
        var small = new PopularityRecommender(new InteractionSet(1, 2, []));
        var large = new PopularityRecommender(new InteractionSet(1, 3, []));
        FluentActions.Invoking(() => new BlendedRecommender()).Should().Throw<ArgumentException>()
            .WithMessage("Expected at least one recommender, got none.*");
        FluentActions.Invoking(() => new BlendedRecommender((small, 1), (large, 1))).Should().Throw<ArgumentException>()
            .WithMessage("Expected recommenders for the same users and items; got 1 and 2, and 1 and 3.*");
        FluentActions.Invoking(() => new BlendedRecommender((small, 1e39))).Should().Throw<ArgumentException>()
            .WithMessage("Expected finite weights, got 1E+39.*");
        FluentActions.Invoking(() => new BlendedRecommender((small, double.NaN))).Should().Throw<ArgumentException>()
            .WithMessage("Expected finite weights, got NaN.*");
    }

    /// <summary>Puts the last of two items before all.</summary>
    private sealed class Always : IItemScorer
    {
        public int UserCount => 1;

        public int ItemCount => 2;

        public void Score(ReadOnlySpan<int> users, Span<float> scores) => (scores[0], scores[1]) = (0, float.PositiveInfinity);
    }

    /// <summary>Says "never" to the last of two items.</summary>
    private sealed class Never : IItemScorer
    {
        public int UserCount => 1;

        public int ItemCount => 2;

        public void Score(ReadOnlySpan<int> users, Span<float> scores) => (scores[0], scores[1]) = (0, float.NegativeInfinity);
    }
}
