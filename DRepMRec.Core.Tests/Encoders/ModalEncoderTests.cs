using DRepMRec.Contracts;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Encoders;

public abstract class ModalEncoderRules(ModalEncoderOptions options) : EncoderRules
{
    protected override nn.Module Create(int seed) => new ModalEncoder(Features, options with { EmbeddingDim = 8, Seed = seed });

    protected override UserItemEmbeddings Encode(nn.Module encoder, InteractionGraph graph)
        => ((ModalEncoder)encoder).call(graph, Features);

    protected override ContractReport Check(RecDataset data)
        => ModalEncoderContract.Check((_, features) => new ModalEncoder(features, options with { EmbeddingDim = 8, Seed = 1 }), data);
}

public sealed class SelfGateTests() : ModalEncoderRules(new ModalEncoderOptions { Neighbors = 2, UserNeighbors = 11 })
{
    protected override string[] ExpectedKeys =>
    [
        "gates.0.projection_weight", "gates.0.projection_bias", "gates.0.gate_weight", "gates.0.gate_bias",
        "gates.1.projection_weight", "gates.1.projection_bias", "gates.1.gate_weight", "gates.1.gate_bias",
    ];
}

public sealed class NoGateTests() : ModalEncoderRules(
    new ModalEncoderOptions { Neighbors = 0, Gate = FilterGateKind.None, ModalityWeights = [1, 2] })
{
    protected override string[] ExpectedKeys =>
    [
        "gates.0.projection_weight", "gates.0.projection_bias", "gates.1.projection_weight", "gates.1.projection_bias",
    ];
}

public sealed class ModalEncoderTests
{
    [Fact]
    public void An_item_without_one_modality_is_represented_by_the_other_and_one_without_any_by_zeros()
    {
        // Item 0 has both modalities, item 1 only text, item 2 nothing.
        ItemFeatures image = new(Modality.Image, 3, 2, [1, 2, 0, 0, float.NaN, 1]), text = new(Modality.Text, 3, 2, [3, 1, -2, 1, 0, 0]);
        using var both = new ModalFeatures([image, text], FeatureScaling.None);
        using var encoder = new ModalEncoder(both, new ModalEncoderOptions { EmbeddingDim = 4, Neighbors = 0 });
        using DisposeScope scope = NewDisposeScope();
        var graph = new InteractionGraph(new InteractionSet(2, 3, [(0, 0), (0, 1)]));
        UserItemEmbeddings output = encoder.call(graph, both);
        output.Items[2].abs().sum().item<float>().Should().Be(0);
        output.Items[1].abs().sum().item<float>().Should().BePositive();

        // A user's representation is the mean of the items; a user without items gets the mean over items with content.
        Tensor mean = output.Items[0].Plus(output.Items[1]).Times(0.5);
        output.Users[0].allclose(mean, 1e-5, 1e-6).Should().BeTrue();
        output.Users[1].allclose(mean, 1e-5, 1e-6).Should().BeTrue();
        UserItemEmbeddings some = encoder.Encode(graph, both, new RowSet([1], [2]), null);
        some.Users[0].allclose(mean, 1e-5, 1e-6).Should().BeTrue();
        some.Items.abs().sum().item<float>().Should().Be(0);
    }

    [Theory]
    [InlineData(false, 0, true)]
    [InlineData(false, 2, true)]
    [InlineData(true, 2, true)]
    [InlineData(true, 2, false)]
    public void Items_are_the_weighted_mean_over_modalities_of_gated_features_and_their_neighbours(
        bool isWeighted, int neighbors, bool keepSelf)
    {
        // Items 1 and 5 lack the image, item 5 the text too.
        float[] image = Samples.Floats(8 * 3, 1), text = Samples.Floats(8 * 4, 2);
        image.AsSpan(3, 3).Clear();
        image.AsSpan(15, 3).Clear();
        text.AsSpan(20, 4).Clear();
        using var features = new ModalFeatures(
            [new ItemFeatures(Modality.Image, 8, 3, image), new ItemFeatures(Modality.Text, 8, 4, text)]);
        var options = new ModalEncoderOptions
        {
            EmbeddingDim = 4,
            Neighbors = neighbors,
            KeepSelf = keepSelf,
            ModalityWeights = isWeighted ? [1, 3] : [],
        };
        using var encoder = new ModalEncoder(features, options);
        using DisposeScope scope = NewDisposeScope();
        double[] weights = isWeighted ? [1, 3] : [1, 1];
        Tensor sum = zeros(8, 4), weightSum = zeros(8, 1);
        Dictionary<string, Tensor> state = encoder.state_dict();
        for (int m = 0; m < 2; m++)
        {
            Tensor projected = nn.functional.linear(features.Values[m], state[$"gates.{m}.projection_weight"],
                state[$"gates.{m}.projection_bias"]);
            Tensor gate = nn.functional.linear(projected, state[$"gates.{m}.gate_weight"], state[$"gates.{m}.gate_bias"]).sigmoid();
            Tensor own = projected * gate * features.Present[m], rows = own;
            if (neighbors > 0)
            {
                Tensor related = features.Relations(m, neighbors).PropagateByLibtorch(own);
                rows = keepSelf ? own.Plus(related) : related;
            }

            sum = sum.Plus(rows * features.Present[m], weights[m]);
            weightSum = weightSum.Plus(features.Present[m], weights[m]);
        }

        encoder.call(Samples.Checkerboard(6, 8).Graph(), features).Items.allclose(sum / weightSum.clamp_min(1e-12), 1e-5, 1e-6)
            .Should().BeTrue();
    }

    [Fact]
    public void Weights_choose_the_modality()
    {
        RecDataset data = Samples.Checkerboard(6, 8);
        using var features = new ModalFeatures(data.Features);
        using var onlyFirst = new ModalEncoder(features,
            new ModalEncoderOptions { EmbeddingDim = 4, Neighbors = 2, ModalityWeights = [2, 0] });
        using var firstFeatures = new ModalFeatures([data.Features[0]]);
        using var first = new ModalEncoder(firstFeatures, new ModalEncoderOptions { EmbeddingDim = 4, Neighbors = 2 });
        using DisposeScope scope = NewDisposeScope();
        onlyFirst.call(data.Graph(), features).Items.allclose(first.call(data.Graph(), firstFeatures).Items, 1e-5, 1e-6).Should().BeTrue();
    }

    [Theory]
    [InlineData(-1, 2, "ModalityWeights must be 0 or above.*")]
    [InlineData(double.NaN, 1, "ModalityWeights must be 0 or above.*")]
    [InlineData(double.PositiveInfinity, 1, "ModalityWeights must be 0 or above.*")]
    [InlineData(1e308, 1e308, "ModalityWeights must be from 1E-30 to 1E+30, as models are in single precision.*")]
    [InlineData(1, 1e-31, "ModalityWeights must be from 1E-30 to 1E+30, as models are in single precision.*")]
    public void Weights_that_make_no_sense_are_refused_where_they_are_written(double first, double second, string message)
        => FluentActions.Invoking(() => new ModalEncoderOptions { ModalityWeights = [first, second] })
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage(message);

    [Fact]
    public void Weights_of_which_nothing_weighs_anything_are_refused()
    {
        using ModalFeatures features = TwoModalities();
        FluentActions.Invoking(() => new ModalEncoder(features, new ModalEncoderOptions { ModalityWeights = [0, 0] }))
            .Should().Throw<ArgumentException>().WithMessage("ModalityWeights: expected numbers of 0 or above, not all 0; got 0, 0.");
    }

    [Fact]
    public void Users_get_the_rows_of_users_alike_on_top()
    {
        using DisposeScope scope = NewDisposeScope();
        using ModalFeatures features = TwoModalities();
        var graph = new InteractionGraph(
            new InteractionSet(5, 6, [(0, 0), (0, 1), (1, 0), (1, 1), (2, 1), (2, 2), (3, 4), (3, 5), (4, 5)]));
        ModalEncoderOptions options = new() { EmbeddingDim = 4, Neighbors = 2 };
        using ModalEncoder alone = new(features, options), together = new(features, options with { UserNeighbors = 2 });
        UserItemEmbeddings plain = alone.call(graph, features), rows = together.call(graph, features);
        Tensor alike = NeighborGraph.CoInteraction(graph, 2).Propagate(plain.Users);
        alike.abs().sum().item<float>().Should().BePositive();
        rows.Items.allclose(plain.Items).Should().BeTrue();
        rows.Users.allclose(plain.Users.Plus(alike), 1e-5, 1e-6).Should().BeTrue();
        UserItemEmbeddings some = together.Encode(graph, features, new RowSet([1, 4], [0]), null);
        some.Users.allclose(rows.Users.SelectRows([1, 4]), 1e-5, 1e-6).Should().BeTrue();
    }

    [Fact]
    public void Features_of_another_number_of_modalities_are_refused()
    {
        using ModalFeatures features = TwoModalities();
        using var one = new ModalFeatures([features.Sources[0]]);
        using var encoder = new ModalEncoder(features, new ModalEncoderOptions { EmbeddingDim = 4, Neighbors = 0 });
        var graph = new InteractionGraph(new InteractionSet(1, 6, [(0, 0)]));
        encoder.Invoking(e => e.call(graph, one)).Should().Throw<ArgumentException>()
            .WithMessage("The encoder was made for 2 modalities; the features have 1.*");
    }

    [Theory]
    [InlineData(4, 2, true)]
    [InlineData(4, 40, true)]
    [InlineData(32, 2, false)]
    [InlineData(32, 40, true)]
    public void Features_of_another_width_are_refused(int dimension, int width, bool gated)
    {
        using ModalFeatures features = TwoModalities();
        using var other = new ModalFeatures(
            [new ItemFeatures(Modality.Image, 6, width, Support.Samples.Floats(6 * width, 1)), features.Sources[1]]);
        FilterGateKind gate = gated ? FilterGateKind.Self : FilterGateKind.None;
        using var encoder = new ModalEncoder(features, new ModalEncoderOptions { EmbeddingDim = dimension, Neighbors = 0, Gate = gate });
        var graph = new InteractionGraph(new InteractionSet(1, 6, [(0, 0)]));
        encoder.Invoking(e => e.call(graph, other)).Should().Throw<ArgumentException>()
            .WithMessage($"The encoder was made for 3 features of 'image'; there are {width}.*");
    }

    internal static ModalFeatures TwoModalities() => new(
        [
            new ItemFeatures(Modality.Image, 6, 3, Support.Samples.Floats(18, 1)),
            new ItemFeatures(Modality.Text, 6, 2, Support.Samples.Floats(12, 2)),
        ]);

    [Fact]
    public void Wrong_options_are_refused()
    {
        using var features = new ModalFeatures(Samples.Checkerboard(6, 8).Features);
        FluentActions.Invoking(
            () => new ModalEncoder(features, new ModalEncoderOptions { ModalityWeights = [1] }))
            .Should().Throw<ArgumentException>().WithMessage("ModalityWeights: expected 2 weights, one per modality, got 1.");
        FluentActions.Invoking(() => new ModalEncoderOptions { EmbeddingDim = 0 }).Should().Throw<ArgumentOutOfRangeException>()
            .WithMessage("EmbeddingDim must be above 0.*");
        FluentActions.Invoking(() => new ModalFeatures([])).Should().Throw<ArgumentException>()
            .WithMessage("Expected at least one modality, got none.*");
    }

    [Fact]
    public void Scaled_rows_have_the_length_of_a_row_of_ones_and_absent_rows_stay_zero()
    {
        var source = new ItemFeatures(Modality.Image, 4, 2, [1, 5, 3, 5, 0, 0, 8, 5]);
        foreach (FeatureScaling scaling in Enum.GetValues<FeatureScaling>())
        {
            float[] scaled = FeatureScaler.Scale(source, scaling);
            foreach (int item in new[] { 0, 1, 3 })
            {
                Math.Sqrt((scaled[2 * item] * scaled[2 * item]) + (scaled[(2 * item) + 1] * scaled[(2 * item) + 1]))
                    .Should().BeApproximately(Math.Sqrt(2), 1e-5, $"of item {item} under {scaling}");
            }

            scaled[4..6].Should().Equal(0, 0);
        }

        FeatureScaler.Scale(source, FeatureScaling.Standardize)[1].Should().Be(0, "a constant column carries nothing");
    }

    [Theory]
    [InlineData(1e-45f)]
    [InlineData(1e-42f)]
    [InlineData(1e-38f)]
    [InlineData(3e38f)]
    public void Rows_of_any_finite_length_are_scaled_to_the_same(float size)
    {
        float[] values = [size, size, size, 1, 2, -3, 0.5f, 0, -1, -size, size, 0];
        var source = new ItemFeatures(Modality.Image, 4, 3, values);
        foreach (FeatureScaling scaling in Enum.GetValues<FeatureScaling>())
        {
            float[] scaled = FeatureScaler.Scale(source, scaling);
            for (int i = 0; i < 4; i++)
            {
                double squares = scaled.Skip(i * 3).Take(3).Sum(x => (double)x * x);
                Math.Sqrt(squares).Should().BeApproximately(Math.Sqrt(3), 1e-5, $"{scaling}, row {i}");
            }
        }

        FeatureScaler.Scale(source, FeatureScaling.None)[..3].Should().OnlyContain(x => Math.Abs(x - 1) < 1e-6);
    }
}
