using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using DRepMRec.ItemToItem;
using DRepMRec.Tests.Baselines;
using DRepMRec.Tests.Support;
using MathNet.Numerics.LinearAlgebra;

namespace DRepMRec.Tests.ItemToItem;

public sealed class ItemToItemModelTests : ItemScorerContract
{
    private static readonly RecDataset Data = SyntheticDataset.Create(
        new SyntheticOptions { Users = 120, Items = 70, Clusters = 5, Modalities = [new(Modality.Image, 6), new(Modality.Text, 4)] }).Data;

    private static readonly ItemToItemOptions All = new()
    {
        L2 = 3,
        ContentWeight = 5,
        KeptWeights = 1000,
    };

    protected override IItemScorer Create(InteractionSet train, IReadOnlyList<ItemFeatures> features)
        => ItemToItemModel.Solve(train, features, new ItemToItemOptions(), FeatureScaling.Standardize, CancellationToken.None);

    [Theory]
    [InlineData(true, 5)]
    [InlineData(false, 5)]
    [InlineData(true, 0)]
    public void The_weights_are_those_of_the_closed_form(bool normalizeUsers, double contentWeight)
    {
        ItemToItemOptions options = All with { NormalizeUsers = normalizeUsers, ContentWeight = contentWeight };
        Matrix<double> expected = Reference.Weights(Data, options, Data.Items.Count);
        ItemToItemModel solved = ItemToItemModel.Solve(Data, options);
        solved.IsExact.Should().BeTrue();
        Reference.ThrowIfDifferent(solved, expected, 1e-5);
    }

    [Fact]
    public void A_regression_over_all_items_is_the_closed_form()
    {
        ItemToItemModel solved = ItemToItemModel.Solve(Data, All with { MaxMatrixBytes = 0, Neighbors = 70 });
        solved.IsExact.Should().BeFalse();
        // Regressions go over items that share a user or whose content has a cosine above 0.
        ItemToItemModel Solve(long bytes) => ItemToItemModel.Solve(
            Dense(12), [], All with { MaxMatrixBytes = bytes }, FeatureScaling.None, CancellationToken.None);
        ItemToItemModel exact = Solve(1 << 20), regressed = Solve(0);
        Reference.ThrowIfDifferent(regressed, Reference.Dense(exact), 1e-5);
        regressed.Residuals.Should().Equal(exact.Residuals, (a, b) => Math.Abs(a - b) < 1e-4 * b);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_regression_over_all_items_and_their_content_is_the_closed_form(bool normalizeUsers)
    {
        // Item 12 has no user. Features above 0 have cosines above 0, so that each item is near all others.
        float[] content = [.. Samples.Floats(13 * 4, 3).Select(value => value + 1.5f)];
        ItemToItemModel Solve(long bytes) => ItemToItemModel.Solve(
            Dense(13), [new ItemFeatures(Modality.Image, 13, 4, content)],
            All with { NormalizeUsers = normalizeUsers, MaxMatrixBytes = bytes }, FeatureScaling.None, CancellationToken.None);
        ItemToItemModel exact = Solve(1 << 20), regressed = Solve(0);
        (exact.IsExact, regressed.IsExact).Should().Be((true, false));
        Reference.ThrowIfDifferent(regressed, Reference.Dense(exact), 1e-5);
        regressed.Residuals.Should().Equal(exact.Residuals, (a, b) => Math.Abs(a - b) < 1e-4 * b);
        regressed.Weights.Columns.ToArray().Should().Contain(12);
    }

    [Fact]
    public void Weights_of_many_users_are_those_of_sums_in_double_precision()
    {
        // Who has item 0 has 1 or 2, never both: their weights tell apart sums that differ little. The last user links 1 and 2.
        const int Users = 200_000;
        InteractionSet train = new(Users + 1, 3,
            [.. Enumerable.Range(0, Users).SelectMany(u => new[] { (u, 0), (u, u < Users / 2 ? 1 : 2) }), (Users, 1), (Users, 2)]);
        ItemToItemModel Solve(ItemToItemOptions options)
            => ItemToItemModel.Solve(train, [], options, FeatureScaling.None, CancellationToken.None);
        ItemToItemModel exact = Solve(new ItemToItemOptions()), regressed = Solve(new ItemToItemOptions { MaxMatrixBytes = 0 });
        (exact.IsExact, regressed.IsExact).Should().Be((true, false));
        Reference.ThrowIfDifferent(exact, Reference.Dense(regressed), 1e-4);
    }

    [Fact]
    public void The_largest_weights_of_each_item_are_kept()
    {
        ItemToItemModel all = ItemToItemModel.Solve(Data, All), some = ItemToItemModel.Solve(Data, All with { KeptWeights = 9 });
        for (int item = 0; item < Data.Items.Count; item++)
        {
            Range whole = all.Weights.RowOffsets[item]..all.Weights.RowOffsets[item + 1];
            var expected = all.Weights.Columns[whole].ToArray().Zip(all.Weights.Values[whole].ToArray())
                .OrderByDescending(w => Math.Abs(w.Second)).Take(9).OrderBy(w => w.First).ToArray();
            Range kept = some.Weights.RowOffsets[item]..some.Weights.RowOffsets[item + 1];
            some.Weights.Columns[kept].ToArray().Zip(some.Weights.Values[kept].ToArray()).Should().Equal(expected);
        }
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(0)]
    public void The_bits_do_not_depend_on_the_number_of_threads(long bytes)
    {
        float[] Values(int threads)
        {
            using Parallelism.Scope scope = Parallelism.Use(threads);
            return ItemToItemModel.Solve(Data, All with { MaxMatrixBytes = bytes, Neighbors = 20 }).Weights.Values.ToArray();
        }

        Values(3).Should().Equal(Values(1));
    }

    [Fact]
    public void A_cold_item_is_spoken_for_by_its_content()
    {
        int cold = Array.IndexOf(Data.Train.ItemDegrees(), 0);
        cold.Should().BeGreaterThanOrEqualTo(0, "the data has cold items");
        ItemToItemModel with = ItemToItemModel.Solve(Data, All), without = ItemToItemModel.Solve(Data, All with { ContentWeight = 0 });
        with.Weights.Columns.ToArray().Should().Contain(cold);
        without.Weights.Columns.ToArray().Should().NotContain(cold);
    }

    [Fact]
    public void Scores_are_means_over_the_items_of_the_user()
    {
        ItemToItemModel solved = ItemToItemModel.Solve(Data, All);
        Matrix<double> b = Reference.Dense(solved);
        float[] scores = Scores(solved, [7]);
        int[] own = Data.Train.ItemsOf(7).ToArray();
        for (int item = 0; item < scores.Length; item++)
            ((double)scores[item]).Should().BeApproximately(own.Average(i => b[i, item]), 1e-6);
    }

    [Fact]
    public void A_penalty_too_small_for_single_precision_is_named()
    {
        InteractionSet twins = new(3, 2, [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1)]);
        foreach (long bytes in new[] { long.MaxValue, 0 })
        {
            FluentActions.Invoking(() => ItemToItemModel.Solve(
                    twins, [], new ItemToItemOptions { L2 = 1e-25, MaxMatrixBytes = bytes }, FeatureScaling.None, CancellationToken.None))
                .Should().Throw<ArgumentException>().WithMessage("*L2*expected more*");
        }
    }

    [Theory]
    [InlineData(1, long.MaxValue)]
    [InlineData(1, 0)]
    [InlineData(4, long.MaxValue)]
    [InlineData(4, 0)]
    public void A_token_stops_it_on_any_number_of_threads(int threads, long bytes)
    {
        using Parallelism.Scope scope = Parallelism.Use(threads);
        Record.Exception(() => ItemToItemModel.Solve(
                Data, All with { MaxMatrixBytes = bytes }, cancellationToken: new CancellationToken(canceled: true)))
            .Should().BeAssignableTo<OperationCanceledException>();
    }

    /// <summary>40 users of the first 12 items, each two of which share some.</summary>
    private static InteractionSet Dense(int items) => new(40, items, [.. Enumerable.Range(0, 40).SelectMany(u => Enumerable.Range(0, 12)
        .Where(i => (u * (i + 3)) % 7 < 3).Select(i => (u, i)))]);
}
