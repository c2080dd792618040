using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Tests.Support;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Evaluation;

/// <summary>Known answers on lines and features of a few rows.</summary>
public sealed class LineDiagnosticsTests
{
    private static readonly float[] Corners = [1, 0, 0, 1, -1, 0, 0, -1];

    [Fact]
    public void The_energy_distance_of_a_shift_is_the_hand_computed_one()
    {
        // {0, 1} and {3, 4}: means of |X - Y| 3, of |X - X'| and |Y - Y'| 1/2 each.
        EnergyDistance.Between([0, 1], [3, 4], 1, default).Should().Be(5);

        // In the plane: |X - Y| is 5, there is one row each.
        EnergyDistance.Between([0, 0], [3, 4], 2, default).Should().Be(10);
    }

    [Fact]
    public void Samples_of_different_sizes_with_one_distribution_have_distance_0()
        => EnergyDistance.Between([0, 1], [0, 1, 0, 1], 1, default).Should().Be(0);

    [Fact]
    public void Equal_lines_have_cosine_1_and_distance_0()
    {
        LineAlignment alignment = Align(Corners, [.. Corners.Select(v => 3 * v)]);
        alignment.Rows.Should().Be(4);
        alignment.SameCosine.Should().Be(1);
        alignment.DifferentCosine.Should().BeApproximately(-1.0 / 3, 1e-12, "of the 12 pairs 4 are opposite and 8 at a right angle");
        alignment.EnergyDistance.Should().Be(0);
    }

    [Theory]
    [InlineData(1e-30f)]
    [InlineData(1e-24f)]
    [InlineData(1e-42f)]
    [InlineData(1e30f)]
    public void The_length_of_rows_does_not_matter(float size)
    {
        float[] rows = Samples.Floats(30 * 4, 1), other = Samples.Floats(30 * 4, 2);
        float[] Sized(float[] values) => [.. values.Select(x => (float)Math.Round(x * 100) * size)];
        LineAlignment sized = Align(Sized(rows), Sized(other), 4);
        LineAlignment plain =
            Align([.. rows.Select(x => (float)Math.Round(x * 100))], [.. other.Select(x => (float)Math.Round(x * 100))], 4);
        sized.Rows.Should().Be(30);
        sized.SameCosine.Should().BeApproximately(plain.SameCosine, 1e-3);
        sized.DifferentCosine.Should().BeApproximately(plain.DifferentCosine, 1e-3);
        sized.EnergyDistance.Should().BeApproximately(plain.EnergyDistance, 1e-3);

        using var features = new ModalFeatures([new ItemFeatures(Modality.Image, 30, 4, rows)], FeatureScaling.None);
        double Pearson(float[] modal) => SimilarityRetention.Of(modal, 4, features, 0, new LineDiagnosticsOptions { Pairs = 500 }).Pearson;
        Pearson(Sized(rows)).Should().BeApproximately(Pearson(rows), 0.01);
    }

    [Fact]
    public void A_turned_line_has_the_same_distribution_but_no_common_direction()
    {
        LineAlignment alignment = Align(Corners, [0, 1, -1, 0, 0, -1, 1, 0]);
        alignment.SameCosine.Should().Be(0);
        alignment.DifferentCosine.Should().Be(0);
        alignment.EnergyDistance.Should().BeApproximately(0, 1e-7);
    }

    [Fact]
    public void Opposite_lines_have_cosine_minus_1_and_the_largest_distance()
    {
        LineAlignment alignment = Align([1, 0, 2, 0], [-1, 0, -5, 0]);
        alignment.SameCosine.Should().Be(-1);
        alignment.DifferentCosine.Should().Be(-1);
        alignment.EnergyDistance.Should().Be(4);
    }

    [Fact]
    public void The_cosine_of_different_ones_is_the_mean_over_all_pairs()
    {
        float[] behavior = Samples.Floats(7 * 3, 1), modal = Samples.Floats(7 * 3, 2);
        double sum = 0;
        for (int i = 0; i < 7; i++)
        {
            for (int j = 0; j < 7; j++)
                sum += i == j ? 0 : Cosine(behavior[(3 * i)..(3 * i + 3)], modal[(3 * j)..(3 * j + 3)]);
        }

        Align(behavior, modal, 3).DifferentCosine.Should().BeApproximately(sum / 42, 1e-6);
    }

    [Fact]
    public void Rows_without_behaviour_or_without_a_representation_are_left_out()
    {
        LineAlignment alignment =
            LineAlignment.Of([1, 0, 0, 1, 1, 0], [1, 0, 1, 0, 0, 0], 2, row => row != 1, new LineDiagnosticsOptions(), 0);
        alignment.Should().Be(new LineAlignment(1, 1, double.NaN, 0));
        LineAlignment.Of([1, 0], [1, 0], 2, _ => false, new LineDiagnosticsOptions(), 0).Should()
            .Be(new LineAlignment(0, double.NaN, double.NaN, double.NaN));
        for (ulong seed = 1; seed < 9; seed++)
            Align(Samples.Floats(16, seed), Samples.Floats(16, seed + 9), 16).DifferentCosine.Should().Be(double.NaN, "it is one row");

        // User 2 and items 1 and 3 have no interaction.
        using var scope = NewDisposeScope();
        using var features = new ModalFeatures([new ItemFeatures(Modality.Image, 4, 2, Samples.Floats(8, 1))]);
        var line = new UserItemEmbeddings(ones(3, 2), ones(4, 2));
        var graph = new InteractionGraph(new InteractionSet(3, 4, [(0, 0), (0, 2), (1, 2)]));
        LineDiagnostics measured = LineDiagnostics.Measure(line, line, graph, features);
        (measured.Users.Rows, measured.Items.Rows).Should().Be((2, 2));
    }

    [Fact]
    public void The_energy_distance_takes_the_drawn_rows_alone()
    {
        var one = new LineDiagnosticsOptions { MaxRows = 1 };
        LineAlignment.Of([1, 0, 1, 0], [0, 1, 0, 1], 2, _ => true, one, 0).EnergyDistance.Should().BeApproximately(2 * Math.Sqrt(2), 1e-6);
        double Drawn(int seed) => LineAlignment.Of(
            Samples.Floats(20 * 3, 1), Samples.Floats(20 * 3, 2), 3, _ => true, one with { Seed = seed }, 0).EnergyDistance;
        Enumerable.Range(0, 9).Select(Drawn).Distinct().Should().HaveCountGreaterThan(1, "the seed draws the row");
        Drawn(3).Should().Be(Drawn(3));
    }

    [Fact]
    public void Equal_similarities_correlate_fully_and_a_turn_changes_nothing()
    {
        float[] features = Samples.Floats(20 * 4, 3);
        using var modal = new ModalFeatures([new ItemFeatures(Modality.Image, 20, 4, features)], FeatureScaling.None);
        SimilarityRetention retention =
            SimilarityRetention.Of([.. Turned(features).Select(v => 7 * v)], 4, modal, 0, new LineDiagnosticsOptions { Pairs = 500 });
        retention.Pairs.Should().Be(500);
        retention.Pearson.Should().BeApproximately(1, 1e-6);
        retention.Spearman.Should().BeApproximately(1, 1e-4);
    }

    [Fact]
    public void Similarities_in_the_same_order_have_rank_correlation_1_and_those_in_the_opposite_order_minus_1()
    {
        // Angles of 0, 20 and 90 degrees: the cosines of the three pairs are 0.94, 0.34 and 0.
        static float[] At(params double[] degrees)
            => [.. degrees.SelectMany(d => new[] { (float)Math.Cos(d * Math.PI / 180), (float)Math.Sin(d * Math.PI / 180) })];
        using var features = new ModalFeatures([new ItemFeatures(Modality.Image, 3, 2, At(0, 20, 90))], FeatureScaling.None);
        SimilarityRetention ordered = SimilarityRetention.Of(At(0, 40, 90), 2, features, 0, new LineDiagnosticsOptions { Pairs = 900 });
        ordered.Spearman.Should().BeApproximately(1, 1e-6);
        ordered.Pearson.Should().BeInRange(0.8, 0.99);
        SimilarityRetention.Of(At(0, 130, 30), 2, features, 0, new LineDiagnosticsOptions { Pairs = 900 }).Spearman.Should()
            .BeApproximately(-1, 1e-6);
    }

    [Fact]
    public void Items_without_the_modality_are_not_compared_and_one_item_alone_gives_no_pairs()
    {
        float[] features = [1, 0, 0, 0, 0, 0];
        using var modal = new ModalFeatures([new ItemFeatures(Modality.Audio, 3, 2, features)]);
        SimilarityRetention.Of([1, 0, 1, 0, 0, 1], 2, modal, 0, new LineDiagnosticsOptions()).Should()
            .Be(new SimilarityRetention(Modality.Audio, 0, double.NaN, double.NaN));

        // Two items are one pair, which has no variation; one without a row in the line is in none.
        using var all = new ModalFeatures([new ItemFeatures(Modality.Audio, 4, 2, [1, 0, 1, 1, 0, 1, 2, 1])], FeatureScaling.None);
        SimilarityRetention.Of([1, 0, 0, 1, 0, 0, 0, 0], 2, all, 0, new LineDiagnosticsOptions { Pairs = 7 }).Should()
            .Be(new SimilarityRetention(Modality.Audio, 7, double.NaN, double.NaN));
        SimilarityRetention.Of([1, 0, 1, 1, 0, 1, 0, 0], 2, all, 0, new LineDiagnosticsOptions { Pairs = 50 }).Pearson.Should()
            .BeApproximately(1, 1e-6);
    }

    [Fact]
    public void A_model_is_measured_over_the_lines_that_it_has_and_the_seed_decides()
    {
        RecDataset data = Samples.Checkerboard(8, 12);
        using DRepMRecModel model =
            DRepMRecModel.Create(data, new DRepMRecOptions { EmbeddingDim = 8, Modal = new ModalEncoderOptions { Neighbors = 3 } });
        LineDiagnostics first = model.MeasureLines(new() { MaxRows = 4, Pairs = 50 }),
            second = model.MeasureLines(new() { MaxRows = 4, Pairs = 50 });
        second.Users.Should().Be(first.Users);
        second.Items.Should().Be(first.Items);
        second.Modalities.Should().Equal(first.Modalities);
        first.Users.Rows.Should().Be(8);
        first.Items.Rows.Should().Be(data.Train.ItemDegrees().Count(d => d > 0));
        first.Modalities.Select(m => m.Modality).Should().Equal(Modality.Image, Modality.Text);
        model.MeasureLines(new() { MaxRows = 4, Pairs = 50, Seed = 1 }).Modalities.Should().NotEqual(first.Modalities);
    }

    [Fact]
    public void Modal_rows_are_those_of_the_encoder()
    {
        RecDataset data = Samples.Checkerboard(8, 12);
        using DRepMRecModel model = DRepMRecModel.Create(data, new DRepMRecOptions { EmbeddingDim = 8 });
        using var scope = NewDisposeScope();
        var (behavior, modal) = model.EmbedLines();
        modal.Items.data<float>().Should().Equal(model.ModalEncoder!.call(model.Graph, model.Features!).Items.data<float>());
        behavior.Users.data<float>().Should().Equal(model.BehaviorEncoder.call(model.Graph).Users.data<float>());
        modal.Items.requires_grad.Should().BeFalse();
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        RecDataset data = Samples.Checkerboard(8, 12);
        using DRepMRecModel alone = DRepMRecModel.Create(data, DRepMRecOptions.LightGcn);
        FluentActions.Invoking(() => alone.MeasureLines()).Should().Throw<InvalidOperationException>()
            .WithMessage("The model has no modal line: its options or its dataset leave it out.");
        FluentActions.Invoking(() => new LineDiagnosticsOptions { Pairs = 1 }).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new LineDiagnosticsOptions { MaxRows = 0 }).Should().Throw<ArgumentOutOfRangeException>();

        using var scope = NewDisposeScope();
        using var features = new ModalFeatures(data.Features);
        var line = new UserItemEmbeddings(ones(8, 2), ones(12, 2));
        FluentActions.Invoking(() => LineDiagnostics.Measure(line, new UserItemEmbeddings(ones(8, 2), ones(11, 2)), data.Graph(), features))
            .Should().Throw<ArgumentException>()
            .WithMessage("Expected both lines over the 8 users and 12 items of the graph, in one dimension; modal has 8 users, 11 items "
                + "and dimension 2, the other dimension 2.*");
        using var others = new ModalFeatures([new ItemFeatures(Modality.Image, 3, 1, [1, 2, 3])]);
        FluentActions.Invoking(() => LineDiagnostics.Measure(line, line, data.Graph(), others)).Should().Throw<ArgumentException>()
            .WithMessage("The features have 3 items; the graph has 12.*");
    }

    private static LineAlignment Align(float[] behavior, float[] modal, int dimension = 2)
        => LineAlignment.Of(behavior, modal, dimension, _ => true, new LineDiagnosticsOptions(), 0);

    /// <summary>Rows turned by a right angle in the plane of each two columns.</summary>
    private static float[] Turned(float[] rows)
        => [.. Enumerable.Range(0, rows.Length).Select(n => n % 2 == 0 ? -rows[n + 1] : rows[n - 1])];

    private static double Cosine(float[] a, float[] b)
        => a.Zip(b, (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(y => (double)y * y));
}
