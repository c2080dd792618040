using System.Diagnostics;
using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Evaluation;
using DRepMRec.Losses;
using DRepMRec.Tests.Model;
using DRepMRec.Tests.Support;
using DRepMRec.Training;
using ReproduceResults.Studies;

namespace DRepMRec.Tests.Training;

public sealed class TrainerTests
{
    private static readonly RankingMetric Recall = RankingMetric.Recall(5);
    private static readonly RecDataset Board = Samples.Checkerboard(40, 30);

    private static readonly TrainerOptions Options = new()
    {
        MaxEpochs = 30,
        BatchSize = 64,
        Threads = 2,
        Adam = new AdamOptions { LearningRate = 0.01 },
        StoppingMetric = Recall,
        Evaluation = new EvaluationOptions { Metrics = [Recall] },
    };

    private static readonly DRepMRecOptions Small = new()
    {
        EmbeddingDim = 16,
        Loss = new RankingLoss.SampledSoftmax { Negatives = 16 },
        Modal = new ModalEncoderOptions { Neighbors = 3 },
        SimilaritySignal = new SssOptions { Weight = 0.1 },
    };

    public static TheoryData<string> Models => [.. Variants.Keys];

    private static Dictionary<string, DRepMRecOptions> Variants { get; } = new()
    {
        ["LightGCN, BPR"] = Small with { UseModalLine = false, Loss = new RankingLoss.Bpr() },
        ["LightGCN, softmax"] = Small with { UseModalLine = false },
        ["DRepMRec"] = Small,
        ["DRepMRec, BPR"] = Small with { Loss = new RankingLoss.Bpr { Negatives = 2 } },
        ["DRepMRec, published parts"] = DRepMRecPreset.PublishedParts.Model with { EmbeddingDim = 16 },
        ["DRepMRec, without SSS"] = Small with { SimilaritySignal = new SssOptions() },
        ["DRepMRec, dot softmax"] = Small with
        {
            Loss = new RankingLoss.SampledSoftmax { Negatives = 16, Score = ScoreFunction.Dot, Temperature = 1 },
        },
        ["everything else"] = Small with
        {
            Modal = new ModalEncoderOptions { Neighbors = 3, Gate = FilterGateKind.None, UserNeighbors = 3 },
            Alignment = new BmaOptions { Fusion = new LearnedGate() },
            SimilaritySignal = new SssOptions { Weight = 0.1 },
        },
    };

    [Fact]
    public void What_cannot_be_trained_or_measured_is_refused_before_a_training()
    {
        using var model = DRepMRecModel.Create(Board, Small with { UseModalLine = false, Loss = new RankingLoss.Bpr() });
        var lists = new EvaluationOptions { ListMetrics = [ListMetric.IntraListDiversity(new Modality("smell"), 5)] };
        FluentActions.Invoking(() => new Trainer(model, Board, Options with { Evaluation = lists })).Should()
            .Throw<ArgumentException>().WithMessage("IntraListDiversity(smell)@5 asks for the features 'smell'; *");
        using var none = DRepMRecModel.Create(Board, Small with { UseModalLine = false, Loss = new HingeLoss { Negatives = 0 } });
        FluentActions.Invoking(() => new Trainer(none, Board, Options)).Should().Throw<ArgumentException>()
            .WithMessage("Expected a ranking loss with at least one negative; HingeLoss has 0.*");
        FluentActions.Invoking(() => new Trainer(model, Board, Options with { Negatives = new() { Corrected = true } })).Should()
            .Throw<ArgumentException>().WithMessage("Expected a ranking loss whose batches share negatives*").WithParameterName("options");
        var beyond = new NegativeSampling { Distribution = NegativeDistribution.Popularity, PopularityExponent = 1e6 };
        FluentActions.Invoking(() => new Trainer(model, Board, Options with { Negatives = beyond })).Should()
            .Throw<ArgumentException>().WithMessage("NegativeSampling.PopularityExponent 1000000 makes*").WithParameterName("options");
    }

    [Fact]
    public void Options_of_a_step_reach_it()
    {
        TrainerOptions one = Options with { MaxEpochs = 1 };
        double FirstLoss(DRepMRecOptions options, TrainerOptions? training = null)
        {
            using DRepMRecModel model = DRepMRecModel.Create(Board, options);
            return new Trainer(model, Board, training ?? one).Fit().History[0].Losses["loss"];
        }

        double first = FirstLoss(Small);
        FirstLoss(Small).Should().Be(first);
        FirstLoss(Small with { HideTargets = !Small.HideTargets }).Should().NotBe(first);
        FirstLoss(Small with { BehaviorDropout = Small.BehaviorDropout + 0.3 }).Should().NotBe(first);
        FirstLoss(Small, one with { Seed = one.Seed + 1 }).Should().NotBe(first);
        FirstLoss(Small, one with { L2 = 10 * one.L2 }).Should().NotBe(first);
        FirstLoss(Small, one with { Negatives = new NegativeSampling { Distribution = NegativeDistribution.Popularity } }).Should()
            .NotBe(first);
    }

    [Fact]
    public void No_user_has_more_interactions_in_an_epoch_than_are_asked_for()
    {
        int Batches(int perUser)
        {
            int most = 0;
            using DRepMRecModel model = DRepMRecModel.Create(Board, Small);
            new Trainer(model, Board, Options with { MaxEpochs = 1, BatchSize = 8, InteractionsPerUser = perUser })
                .Fit(new Immediate<TrainingProgress>(p => most = p.Batches));
            return most;
        }

        int[] degrees = [.. Enumerable.Range(0, Board.Users.Count).Select(user => Board.Train.ItemsOf(user).Length)];
        degrees.Max().Should().BeGreaterThan(2);
        foreach (int most in new[] { 1, 2 })
            Batches(most).Should().Be((degrees.Sum(degree => Math.Min(degree, most)) + 7) / 8);
        Batches(0).Should().Be((degrees.Sum() + 7) / 8);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Learns_a_checkerboard(string variant)
    {
        using var model = DRepMRecModel.Create(Board, Variants[variant]);
        TrainingReport report = new Trainer(model, Board, Options).Fit();
        report.EvaluateTest()[Recall].Should().BeGreaterThan(0.9, "the item of the user's colour is among the 2 that are left");
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Survives_a_garbage_collection_storm_with_the_same_bits(string variant)
    {
        (float[] calm, double calmRecall) = TrainFourEpochs(variant);
        using var storm = new CollectionStorm();
        (float[] stormy, double stormyRecall) = TrainFourEpochs(variant);
        stormy.Should().Equal(calm);
        stormyRecall.Should().Be(calmRecall);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Epochs_leave_no_tensors(string variant)
    {
        using var model = DRepMRecModel.Create(Board, Variants[variant]);
        var counts = new List<long>();
        var progress = new Immediate<TrainingProgress>(p =>
        {
            if (p.Validation is not null)
                counts.Add(LiveTensors.Count);
        });
        long before = LiveTensors.Count;
        new Trainer(model, Board, Options with { MaxEpochs = 5, Patience = 100 }).Fit(progress);
        counts.Skip(2).Distinct().Should().ContainSingle("nothing is left behind by an epoch");
        LiveTensors.ShouldBe(before);
    }

    [Fact]
    public void What_is_done_between_epochs_is_no_time_of_theirs()
    {
        using var model = DRepMRecModel.Create(Board, Small);
        Stopwatch slept = new(), second = new();
        var progress = new Immediate<TrainingProgress>(p =>
        {
            slept.Start();
            if (p.Validation is not null || (p.Epoch == 2 && p.Batch == 1))
                Thread.Sleep(200);
            slept.Stop();
            if (p.Validation is null)
                return;
            if (p.Epoch == 2)
                second.Stop();
            else
                (slept, second) = (new Stopwatch(), Stopwatch.StartNew());
        });
        EpochReport epoch = new Trainer(model, Board, Options with { MaxEpochs = 2 }).Fit(progress).History[1];
        (epoch.TrainingTime + epoch.EvaluationTime).Should().BeLessThanOrEqualTo(second.Elapsed - slept.Elapsed);
    }

    [Fact]
    public void The_best_weights_are_restored_and_training_stops_when_patience_ends()
    {
        using var model = DRepMRecModel.Create(Board, Small);
        TrainingReport report = new Trainer(model, Board, Options with { MaxEpochs = 200, Patience = 3 }).Fit();
        report.History.Should().HaveCount(report.BestEpoch + 3);
        report.Validation![Recall].Should().Be(report.History.Max(e => e.Validation![Recall]));
        new ModelEvaluator(Board, Options).Evaluate(model, EvaluationTarget.Validation, default)[Recall]
            .Should().Be(report.Validation[Recall]);
    }

    [Fact]
    public void Patience_is_in_epochs_however_rarely_they_are_evaluated_and_progress_says_what_is_left()
    {
        using var model = DRepMRecModel.Create(Board, Small);
        var left = new List<(int Epoch, int? Best, int? Left)>();
        var progress = new Immediate<TrainingProgress>(p => left.Add((p.Epoch, p.BestEpoch, p.PatienceLeft)));
        TrainingReport report = new Trainer(model, Board, Options with { MaxEpochs = 200, EvaluateEvery = 3, Patience = 4 }).Fit(progress);
        report.History.Should().HaveCount(report.BestEpoch + 6, "it ends with the first evaluation four epochs or more after the best");
        left.Where(p => p.Best is null).Should().OnlyContain(p => p.Left == null).And.NotBeEmpty();
        left.Where(p => p.Best is not null).Should().OnlyContain(p => p.Left == p.Best + 4 - p.Epoch).And.NotBeEmpty();
        left[^1].Left.Should().BeLessThanOrEqualTo(0);
    }

    [Fact]
    public void Progress_names_every_loss_term()
    {
        using var model = DRepMRecModel.Create(Board, Small);
        var reports = new List<TrainingProgress>();
        new Trainer(model, Board, Options with { MaxEpochs = 2 }).Fit(new Immediate<TrainingProgress>(reports.Add));
        reports[0].Losses.Keys.Should().Equal("loss", "softmax", "intra", "inter", "sss", "l2");
        reports[0].Should().Match<TrainingProgress>(p => p.Epoch == 1 && p.Batch == 1 && p.Validation == null);
        reports.Count(p => p.Validation is not null).Should().Be(2);
        reports.Should().HaveCount(2 * reports[0].Batches);
    }

    [Fact]
    public void Cancellation_stops_within_a_batch_and_leaves_a_usable_model()
    {
        using var model = DRepMRecModel.Create(Board, Small);
        using var source = new CancellationTokenSource();
        int batches = 0;
        var progress = new Immediate<TrainingProgress>(_ =>
        {
            if (++batches == 4)
                source.Cancel();
        });
        FluentActions.Invoking(() => new Trainer(model, Board, Options).Fit(progress, source.Token))
            .Should().Throw<OperationCanceledException>();
        batches.Should().Be(4);
        new Trainer(model, Board, Options).Fit().EvaluateTest()[Recall].Should().BeGreaterThan(0.9);
    }

    [Fact]
    public void Divergence_is_an_error_that_names_epoch_batch_and_terms()
    {
        using var model = DRepMRecModel.Create(Board, Small with { Loss = new RankingLoss.Bpr() });
        TrainingDivergedException error = FluentActions.Invoking(
            () => new Trainer(model, Board, Options with { Adam = new AdamOptions { LearningRate = 1e30 } }).Fit())
            .Should().Throw<TrainingDivergedException>().Which;
        error.Epoch.Should().Be(1);
        error.Message.Should().StartWith($"The loss of epoch 1, batch {error.Batch} isn't finite: loss ")
            .And.Contain("bpr ").And.Contain("l2 ");
    }

    [Fact]
    public void Cold_items_are_ranked_by_content_where_behaviour_cannot()
    {
        SyntheticDataset synthetic = SyntheticDataset.Create(new SyntheticOptions { Users = 300, Items = 200, Clusters = 8 });
        TrainerOptions options = Options with
        {
            BatchSize = 512,
            StoppingMetric = RankingMetric.Recall(20),
            Evaluation = new EvaluationOptions(),
            MaxEpochs = 15,
        };
        GroupResult Cold(DRepMRecOptions model)
        {
            using var created = DRepMRecModel.Create(synthetic.Data, model);
            return new Trainer(created, synthetic.Data, options).Fit().EvaluateTest().ColdItemsAmongCold!;
        }

        RankingMetric ten = RankingMetric.Recall(10);
        double content = Cold(Small)[ten], behavior = Cold(Small with { UseModalLine = false })[ten];
        content.Should().BeGreaterThan(0.8, "there are 20 cold items, and content tells their clusters").And.BeGreaterThan(behavior + 0.2);
    }

    [Fact]
    public void A_filter_that_leaves_no_validation_user_is_refused_before_the_training()
    {
        RecDataset data = RecDataset.FromInteractions("time",
            [new("a", "1", Label: 0), new("b", "1", Label: 0), new("b", "2", Label: 0), new("c", "1", Label: 1), new("c", "2", Label: 2)]);
        using var model = DRepMRecModel.Create(data, DRepMRecOptions.LightGcn with { EmbeddingDim = 4 });
        var options = new TrainerOptions
        {
            MaxEpochs = 2,
            BatchSize = 4,
            Threads = 1,
            Evaluation = new EvaluationOptions { Users = UserFilter.WithTraining },
        };

        FluentActions.Invoking(() => new Trainer(model, data, options)).Should().Throw<ArgumentException>()
            .WithMessage("Expected a validation user with training interactions, because TrainerOptions.Evaluation.Users is WithTraining; "
                + "got none. Set it to WithPositives, or train without validation. (Parameter 'options')");
        new Trainer(model, data, options with { Evaluation = new EvaluationOptions() }).Fit().History.Should().HaveCount(2);
    }

    [Fact]
    public void A_dataset_of_another_model_is_refused()
    {
        using var model = DRepMRecModel.Create(Board, Small);
        FluentActions.Invoking(() => new Trainer(model, Samples.Checkerboard(20, 30))).Should().Throw<ArgumentException>()
            .WithMessage("The model was made for another training set*40 users*20 users*");
    }

    private static (float[] Items, double Recall) TrainFourEpochs(string variant)
    {
        using var model = DRepMRecModel.Create(Board, Variants[variant]);
        TrainingReport report = new Trainer(model, Board, Options with { MaxEpochs = 4, Patience = 100 }).Fit();
        UserItemEmbeddings final = model.Embed();
        float[] items = UserItemEmbeddings.Values(final.Items);
        final.Dispose();
        return (items, report.EvaluateTest()[Recall]);
    }
}
