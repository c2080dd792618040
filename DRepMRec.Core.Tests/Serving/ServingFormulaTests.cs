using DRepMRec.Data;
using DRepMRec.Serving;
using DRepMRec.Tests.Support;
using static DRepMRec.Tests.Support.Slow;

namespace DRepMRec.Tests.Serving;

/// <summary>What serving makes of histories and of new items' features, against formulas in double precision.</summary>
public sealed class ServingFormulaTests
{
    private const int D = 3;
    private const int Dimensions = 5;

    public static TheoryData<bool, bool, int> Encoders => new()
    {
        { true, true, 2 }, { true, true, 6 }, { true, false, 2 }, { false, true, 6 }, { false, false, 4 },
    };

    [Fact]
    public void A_history_without_a_map_is_one_step_of_propagation_with_the_roots_of_degrees()
    {
        ServingModel model = Folded();
        foreach (int[] history in new int[][] { [0], [0, 1], [0, 1, 2, 3], [1, 4] })
        {
            double[] expected = Input(model, history)[..D];
            FoldInMap.Apply(model, history)!.Should().Equal(expected, (a, b) => Math.Abs(a - b) < 1e-6);
        }

        FoldInMap.Apply(model, [5]).Should().BeNull("nobody has the item");
    }

    [Fact]
    public void The_map_solves_the_ridge_regression_of_all_users_who_have_items()
    {
        ServingModel model = Folded();
        float[] map = FoldInMap.Fit(model)!;
        int[] users = [.. Enumerable.Range(0, 7).Where(u => model.Seen(u).ToArray().Any(i => i != 5))];
        double[][] inputs = [.. users.Select(u => Input(model, model.Seen(u).ToArray()))];
        double[][] rows = [.. users.Select(u => model.UserBehavior[u].ToArray().Select(v => (double)v).ToArray())];
        double[] lengths = [.. rows.Select(r => Math.Sqrt(r.Sum(v => v * v)))];
        int width = inputs[0].Length;
        double trace = Enumerable.Range(0, width).Sum(k => inputs.Sum(x => x[k] * x[k])), ridge = 1e-3 * trace / width;
        double mean = lengths.Average();

        // At the least squares' minimum the slopes by all weights are 0.
        for (int d = 0; d < D; d++)
        {
            double Predicted(double[] x) => Sum(width, k => x[k] * map[(d * width) + k]) / mean;
            for (int k = 0; k < width; k++)
            {
                double slope = Sum(users.Length, u => inputs[u][k] * (Predicted(inputs[u]) - (rows[u][d] / lengths[u])))
                    + (ridge * map[(d * width) + k] / mean);
                slope.Should().BeApproximately(0, 1e-6);
            }
        }

        float[] folded = FoldInMap.Apply(model with { FoldInMap = Block<float>.Copy(map) }, [0, 1])!;
        folded.Should().Equal(
            Enumerable.Range(0, D).Select(d => Sum(width, k => Input(model, [0, 1])[k] * map[(d * width) + k])),
            (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Theory]
    [InlineData(171)]
    [InlineData(400)]
    public void The_map_of_many_users_alike_is_that_of_one_of_each(int times)
    {
        float[] rows = Samples.Floats(3 * D, 8), items = Samples.Floats(4 * D, 9);
        (int, int)[] seen = [(0, 0), (0, 1), (1, 1), (1, 2), (1, 3), (2, 0), (2, 3)];
        ServingModel Model(int copies)
        {
            int users = 3 * copies;
            (int, int)[] all = [.. Enumerable.Range(0, copies).SelectMany(n => seen.Select(s => ((3 * n) + s.Item1, s.Item2)))];
            ServingModel model = ServingModel.OfFusedRows(new ModelManifest(2, "", "", "", users, 4, D, new Dictionary<string, double>()),
                [.. Enumerable.Range(0, users).Select(u => $"u{u}")], ["w", "x", "y", "z"],
                RowStore.Of([.. Enumerable.Repeat(rows, copies).SelectMany(r => r)], D), RowStore.Of(items, D),
                new InteractionSet(users, 4, all));
            return model with { ItemDegrees = Block<int>.Copy([2, 2, 1, 2]) };
        }

        float[] one = FoldInMap.Fit(Model(1))!;
        FoldInMap.Fit(Model(times))!.Should().Equal(one, (a, b) => Math.Abs(a - b) < 1e-4);

        // Of twelve users every fourth is one of each kind; one alone says something else.
        double perUser = Math.Pow(FoldInMap.InputWidth(D, 0), 2);
        FoldInMap.Fit(Model(4), 3 * perUser)!.Should().Equal(one, (a, b) => Math.Abs(a - b) < 1e-4);
        FoldInMap.Fit(Model(4), perUser)!.Zip(one, (a, b) => Math.Abs(a - b)).Max().Should().BeGreaterThan(0.01f);
        FoldInMap.AddTo(Model(1)).FoldInMap!.Slice(0, one.Length).ToArray().Should().Equal(one);
        ServingModel unknown = Model(1) with { ItemDegrees = Block<int>.Copy(new int[4]) };
        FoldInMap.AddTo(unknown).Should().BeSameAs(unknown, "there is nothing to fit");
        FoldInMap.Apply(Model(1) with { ItemBehavior = RowStore.Of([.. items.Select(_ => float.MaxValue)], D) }, [0, 1, 2, 3])
            .Should().BeNull("no row can be made of numbers beyond the largest");
    }

    [Fact]
    public void The_order_of_users_does_not_matter_to_their_map()
    {
        const int Users = 600;
        float[] rows = Samples.Floats(Users * D, 8);
        float[] Fit(Func<int, int> place)
        {
            ServingModel model = ServingModel.OfFusedRows(new ModelManifest(2, "", "", "", Users, 5, D, new Dictionary<string, double>()),
                [.. Enumerable.Range(0, Users).Select(u => $"u{u}")], ["v", "w", "x", "y", "z"],
                RowStore.Of([.. Enumerable.Range(0, Users).SelectMany(u => rows.Skip(place(u) * D).Take(D))], D),
                RowStore.Of(Samples.Floats(5 * D, 9), D), new InteractionSet(Users, 5,
                    [.. Enumerable.Range(0, Users).SelectMany(u => new[] { (u, place(u) % 3), (u, 3 + (place(u) / 3 % 2)) })]));
            return FoldInMap.Fit(model)!;
        }

        Fit(u => Users - 1 - u).Should().Equal(Fit(u => u), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void Features_that_are_the_mean_have_no_direction_and_content_is_finite_where_all_of_it_is()
    {
        var encoder = new ContentEncoder(new ModalityForm(), Block<float>.Copy([1, 2]), Block<float>.Copy([1, 3]),
            Block<float>.Copy([4, 5, 6, 7]), Block<float>.Copy([8, 9]));
        EncodedContent encoded = encoder.Encode([1, 2], _ => true)!;
        encoded.Features.Should().Equal(0, 0);
        encoded.Row.Should().Equal(8, 9);
        encoded.IsFinite.Should().BeTrue();
        foreach (float wrong in new[] { float.NaN, float.PositiveInfinity })
        {
            (encoded with { Row = [1, wrong] }).IsFinite.Should().BeFalse();
            (encoded with { Features = [1, wrong] }).IsFinite.Should().BeFalse();
            (encoded with { NeighborValue = [1, wrong] }).IsFinite.Should().BeFalse();
        }
    }

    [Fact]
    public void What_a_row_has_beyond_its_parts_is_spread_over_them_evenly()
    {
        float[][] parts = [Samples.Floats(D, 1), Samples.Floats(D, 2), Samples.Floats(D, 3)];
        float[] row = [.. LineFusion.Sum(parts).Select(v => v + 0.25f)];
        float before = parts[^1][^1];
        LineFusion.Spread(parts, row);
        LineFusion.Sum(parts).Should().Equal(row, (a, b) => Math.Abs(a - b) < 1e-6);
        parts[^1][^1].Should().BeApproximately(before + (0.25f / 3), 1e-6f);
    }

    [Theory]
    [MemberData(nameof(Encoders))]
    public void A_new_item_is_its_gated_features_and_the_mean_of_the_neighbors_that_there_are(bool gated, bool keepsSelf, int neighbors)
    {
        double[,] features = Matrix(Samples.Floats(6 * Dimensions, 1), Dimensions).Units().Map(v => v * Math.Sqrt(Dimensions));
        double[,] values = Matrix(Samples.Floats(6 * D, 2), D), projection = Matrix(Samples.Floats(D * Dimensions, 3), Dimensions);
        double[,] gate = Matrix(Samples.Floats(D * D, 4), D), biases = Matrix(Samples.Floats(2 * D, 5), D);
        double[,] mean = Matrix(Samples.Floats(Dimensions, 6), Dimensions);
        double[] deviation = [0.5, 2, 0, 1, 1.5];
        var form = new ModalityForm { Name = "image", FeatureDimension = Dimensions, Neighbors = neighbors, KeepSelf = keepsSelf };
        var encoder = new ContentEncoder(form, Block(mean), Block<float>.Copy([.. deviation.Select(v => (float)v)]), Block(projection),
            Block(biases.Select(0)))
        {
            Gate = gated ? Block(gate) : null,
            GateBias = gated ? Block(biases.Select(1)) : null,
            Features = RowStore.Of(Floats(features), Dimensions),
            NeighborValues = RowStore.Of(Floats(values), D),
        };
        int fewest = int.MaxValue, most = 0;
        for (ulong seed = 10; seed < 30; seed++)
        {
            float[] raw = Samples.Floats(Dimensions, seed);
            double[,] scaled = Make(1, Dimensions, (_, d) => deviation[d] > 0 ? (raw[d] - mean[0, d]) / deviation[d] : 0).Units()
                .Map(v => v * Math.Sqrt(Dimensions));
            double[,] own = Linear(scaled, projection, biases.Select(0));
            if (gated)
                own = Make(1, D, (_, d) => own[0, d] * Sigmoid(Linear(own, gate, biases.Select(1))[0, d]));
            int[] found = [.. Enumerable.Range(0, 6).Where(i => i != 1 && Dot(scaled, 0, features, i) > 0)
                .OrderByDescending(i => Dot(scaled, 0, features, i)).Take(neighbors)];
            double[] expected = [.. Enumerable.Range(0, D).Select(d
                => (keepsSelf ? own[0, d] : 0) + (found.Length == 0 ? 0 : found.Average(i => values[i, d])))];
            EncodedContent encoded = encoder.Encode(raw, item => item != 1)!;
            encoded.Row.Should().Equal(expected, (a, b) => Math.Abs(a - b) < 1e-5);
            encoded.Features.Should().Equal(scaled.Cast<double>(), (a, b) => Math.Abs(a - b) < 1e-5);
            encoded.NeighborValue.Should().Equal(own.Cast<double>(), (a, b) => Math.Abs(a - b) < 1e-5);
            (fewest, most) = (Math.Min(fewest, found.Length), Math.Max(most, found.Length));
        }

        most.Should().BeGreaterThan(1);
        if (neighbors == 6)
            fewest.Should().BeLessThan(5, "some items have fewer neighbours than are asked for");
        encoder.Encode(new float[Dimensions], _ => true).Should().BeNull("features of nothing but 0 are missing");
        encoder.Encode([1, 2, 3, 4, float.NaN], _ => true).Should().BeNull();
    }

    /// <summary>Items with 1 to 5 users, of which one has none; two modalities.</summary>
    private static ServingModel Folded()
    {
        (int, int)[] seen = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 3), (2, 0), (2, 1), (3, 0), (3, 4), (4, 0), (4, 2), (5, 2), (5, 3)];
        var manifest = new ModelManifest(2, "", "", "", 7, 6, D, new Dictionary<string, double>());
        ServingModel model = ServingModel.OfFusedRows(
            manifest, [.. "abcdefg".Select(c => $"{c}")], [.. "uvwxyz".Select(c => $"{c}")], RowStore.Of(Samples.Floats(7 * D, 1), D),
            RowStore.Of(Samples.Floats(6 * D, 2), D), new InteractionSet(7, 6, seen));
        return model with { ItemModal = [RowStore.Of(Samples.Floats(6 * D, 3), D), RowStore.Of(Samples.Floats(6 * D, 4), D)] };
    }

    /// <summary>Σ b / sqrt(d), Σ b, and Σ m of each modality, each at length 1.</summary>
    private static double[] Input(ServingModel model, int[] items)
    {
        double Degree(int item) => model.ItemDegrees[item];
        int[] known = [.. items.Where(i => Degree(i) > 0)];
        double[][] blocks =
        [
            [.. Enumerable.Range(0, D).Select(d => known.Sum(i => model.ItemBehavior[i][d] / Math.Sqrt(Degree(i))))],
            [.. Enumerable.Range(0, D).Select(d => known.Sum(i => (double)model.ItemBehavior[i][d]))],
            .. model.ItemModal.Select(rows => Enumerable.Range(0, D).Select(d => items.Sum(i => (double)rows[i][d])).ToArray()),
        ];
        return [.. blocks.SelectMany(block => block.Select(v => v / Math.Sqrt(block.Sum(w => w * w))))];
    }

    private static Block<float> Block(double[,] values) => Block<float>.Copy(Floats(values));

    private static float[] Floats(double[,] values) => [.. values.Cast<double>().Select(v => (float)v)];
}
