using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using DRepMRec.Losses;
using DRepMRec.Tests.Support;
using DRepMRec.Training;

namespace DRepMRec.Tests.Training;

/// <summary>Data and options at their limits: every model trains, ends, and has finite representations.</summary>
public sealed class EdgeCaseTests
{
    private static readonly TrainerOptions Options = new()
    {
        MaxEpochs = 2,
        BatchSize = 64,
        Threads = 2,
        StoppingMetric = RankingMetric.Recall(5),
        Evaluation = new EvaluationOptions { Metrics = [RankingMetric.Recall(5)] },
    };

    private static Dictionary<string, Func<RecDataset>> Datasets { get; } = new()
    {
        ["one user"] = () => Dataset(1, 20, [(0, 0), (0, 3), (0, 5)], [(0, 7)], Random(20, 4)),
        ["one item"] = () => Dataset(5, 1, [(0, 0), (1, 0), (3, 0)], [(4, 0)], Random(1, 4)),
        ["one user with one item"] = () => Dataset(1, 1, [(0, 0)], [], Random(1, 4)),
        ["two items, one never chosen"] = () => Dataset(2, 2, [(0, 0), (1, 0)], [(0, 1)], Random(2, 4)),
        ["users without items, items without users"] = () => Dataset(10, 20, [(0, 1), (4, 1), (4, 2)], [(0, 2), (9, 19)], Random(20, 4)),
        ["a user who has everything"] = () => Dataset(
            4, 20, [.. Enumerable.Range(0, 20).Select(i => (0, i)), (1, 2), (2, 3)], [(1, 4)], Random(20, 4)),
        ["every user has everything"] = () => Dataset(4, 6, [.. Enumerable.Range(0, 24).Select(n => (n / 6, n % 6))], [], Random(6, 4)),
        ["a user with thousands of items"] = () => Dataset(
            3, 3000, [.. Enumerable.Range(0, 2900).Select(i => (0, i)), (1, 5), (2, 2950)], [(1, 2999)], Random(3000, 4)),
        ["constant features"] = () => Dataset(12, 20, Some, [(1, 8)], [.. Enumerable.Repeat(3f, 80)]),
        ["features that are all zero"] = () => Dataset(12, 20, Some, [(1, 8)], new float[80]),
        ["features with NaN and infinity"] = () => Dataset(
            12, 20, Some, [(1, 8)], [.. Random(20, 4).Select((v, n) => n % 7 == 0 ? float.NaN : n % 11 == 0 ? float.PositiveInfinity : v)]),
        ["features that are all NaN"] = () => Dataset(12, 20, Some, [(1, 8)], [.. Enumerable.Repeat(float.NaN, 80)]),
        ["features of the largest and smallest numbers"] = () => Dataset(
            12, 20, Some, [(1, 8)],
            [.. Random(20, 4).Select((v, n) => n % 3 == 0 ? v * float.MaxValue : n % 3 == 1 ? v * float.Epsilon : v)]),
        ["features of one column"] = () => Dataset(12, 20, Some, [(1, 8)], Random(20, 1)),
    };

    private static List<(int, int)> Some => [.. Enumerable.Range(0, 12).SelectMany(u => new[] { (u, u), (u, (u + 3) % 20), (u, 19 - u) })
        .Distinct().Where(p => p != (1, 8))];

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (string data in Datasets.Keys)
            {
                foreach (string model in Models.Names)
                    cases.Add(data, model);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_model_comes_to_a_finite_end(string dataset, string model)
    {
        RecDataset data = Datasets[dataset]();
        using var features = new ModalFeatures(data.Features);
        using DRepMRecModel created = Models.Create(model, data, features);
        TrainingReport report = new Trainer(created, data, Options).Fit();
        report.History.Should().HaveCount(2);
        report.History.SelectMany(e => e.Losses.Values).Should().OnlyContain(v => double.IsFinite(v));
        var recommender = report.BuildRecommender();
        recommender.Recommend("u0", 3, excludeSeen: false)
            .Should().HaveCount(Math.Min(3, data.Items.Count)).And.OnlyContain(r => float.IsFinite(r.Score));
        recommender.Recommend("u0", 3).Should().HaveCount(Math.Min(3, data.Items.Count - data.Train.ItemsOf(0).Length));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1_000_000, 1, 1)]
    [InlineData(7, 1000, 2)]
    public void Batches_negatives_and_dimensions_have_no_least_or_greatest_size(int batch, int negatives, int dimension)
    {
        RecDataset data = Datasets["one user"]();
        foreach (RankingLoss loss in new RankingLoss[]
        {
            new RankingLoss.Bpr { Negatives = negatives },
            new RankingLoss.SampledSoftmax { Negatives = negatives },
        })
        {
            using DRepMRecModel model = DRepMRecModel.Create(data, new DRepMRecOptions { EmbeddingDim = dimension, Loss = loss });
            TrainingReport report = new Trainer(model, data, Options with { BatchSize = batch }).Fit();
            report.History.Should().HaveCount(2);
            report.History.SelectMany(e => e.Losses.Values).Should().OnlyContain(v => double.IsFinite(v));
        }
    }

    [Theory]
    [InlineData(0.01, false)]
    [InlineData(1e6, true)]
    [InlineData(1e30, true)]
    public void A_learning_rate_without_measure_is_an_error_that_shows_the_terms(double rate, bool diverges)
    {
        RecDataset data = Samples.Checkerboard(40, 30);
        foreach (string name in Models.Names)
        {
            using var features = new ModalFeatures(data.Features);
            using DRepMRecModel model = Models.Create(name, data, features);
            Action fit = () => new Trainer(model, data, Options with { MaxEpochs = 10, Adam = new AdamOptions { LearningRate = rate } })
                .Fit();
            if (!diverges)
            {
                fit.Should().NotThrow();
                continue;
            }

            TrainingDivergedException error = fit.Should().Throw<TrainingDivergedException>(name).Which;
            error.Message.Should().Contain("loss ").And.Contain("l2 ")
                .And.EndWith("A lower learning rate or a lower weight of the term that grew may help.");
            error.Losses.Should().ContainKey("l2");
            model.parameters().Should().OnlyContain(
                p => p.isfinite().all().item<bool>(), "the model has its first or its best weights, not the ones that went wrong");
        }
    }

    [Fact]
    public void The_message_of_divergence_compares_with_the_first_batch()
    {
        RecDataset data = Samples.Checkerboard(40, 30);
        using DRepMRecModel model = DRepMRecModel.Create(data, DRepMRecOptions.LightGcn);
        FluentActions.Invoking(() => new Trainer(model, data, Options with { Adam = new AdamOptions { LearningRate = 1e6 } }).Fit())
            .Should().Throw<TrainingDivergedException>()
            .WithMessage("The loss of epoch 1, batch 2 is more than a million times that of the first batch, 0.6*: loss *, bpr *, l2 *. A "
                + "lower learning rate*");
    }

    private static float[] Random(int items, int columns) => Samples.Floats(items * columns, 5);

    private static RecDataset Dataset(int users, int items, List<(int, int)> train, List<(int, int)> validation, float[] features)
    {
        var image = new ItemFeatures(Modality.Image, items, features.Length / items, features);
        var text = new ItemFeatures(Modality.Text, items, 2, Samples.Floats(items * 2, 6));
        return Samples.Dataset("edge", users, items, train, validation, [], [image, text]);
    }
}
