using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using DRepMRec.Hosts;
using DRepMRec.Losses;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Support;
using DRepMRec.Training;
using TorchSharp;

namespace DRepMRec.Tests.Model;

/// <summary>The three seams of a model hold for parts of the user's own as for those of the library.</summary>
public sealed class SeamTests : IDisposable
{
    private static readonly RecDataset Board = Samples.Checkerboard(40, 30);
    private static readonly RankingMetric Recall = RankingMetric.Recall(5);
    private static readonly DRepMRecOptions Bpr = new() { Loss = new RankingLoss.Bpr() };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private TrainerOptions Options(int epochs = 2) => new()
    {
        MaxEpochs = epochs,
        BatchSize = 64,
        StoppingMetric = Recall,
        Evaluation = new EvaluationOptions { Metrics = [Recall] },
        Adam = new AdamOptions { LearningRate = 0.01 },
        Checkpoint = new CheckpointOptions { Path = _folder["run.checkpoint"] },
    };

    private static MatrixFactorizationEncoder NewHost() => new(40, 30, new MatrixFactorizationOptions { EmbeddingDim = 8 });

    [Fact]
    public void A_checkpoint_of_other_built_in_parts_is_refused()
    {
        DRepMRecModel Model(int neighbors, double interWeight)
        {
            var modal = new ModalEncoder(
                new ModalFeatures(Board.Features), new ModalEncoderOptions { EmbeddingDim = 8, Neighbors = neighbors });
            return DRepMRecModel.Create(
                Board, NewHost(), modal, new BehaviorModalAlignment(8, new BmaOptions { InterWeight = interWeight }), Bpr);
        }

        using DRepMRecModel first = Model(10, 0.1), fewerNeighbors = Model(3, 0.1), moreWeight = Model(10, 5);
        new Trainer(first, Board, Options()).Fit();
        Refused(fewerNeighbors, "Model.Modal.Neighbors", "10", "3");
        Refused(moreWeight, "Model.Alignment.InterWeight", "0.1", "5");
        foreach (DRepMRecModel model in new[] { first, fewerNeighbors, moreWeight })
            model.Features!.Dispose();
    }

    [Fact]
    public void A_checkpoint_of_an_own_part_with_other_options_is_refused()
    {
        using DRepMRecModel first = DRepMRecModel.Create(Board, NewHost(), new OwnModal(), new OwnAlignment(), Bpr);
        using DRepMRecModel other = DRepMRecModel.Create(Board, NewHost(), new OwnModal(), new OwnAlignment(new() { Weight = 0.7 }), Bpr);
        new Trainer(first, Board, Options()).Fit();
        Refused(other, "Model.Alignment.Weight", "0.1", "0.7");
    }

    [Fact]
    public void A_checkpoint_of_a_host_over_features_that_were_scaled_otherwise_is_refused()
    {
        using ModalFeatures standardized = new(Board.Features), centered = new(Board.Features, FeatureScaling.Center);
        DRepMRecModel Model(ModalFeatures features)
            => DRepMRecModel.Create(Board, new FreedomEncoder(40, features, new FreedomOptions { EmbeddingDim = 8 }),
                Bpr with { UseModalLine = false });
        using DRepMRecModel first = Model(standardized), other = Model(centered);
        new Trainer(first, Board, Options()).Fit();
        Refused(other, "Model.Behavior.Features.Scaling", "Standardize", "Center");
    }

    private void Refused(DRepMRecModel model, string field, string checkpoint, string current)
        => FluentActions.Invoking(() => new Trainer(model, Board, Options()).Fit()).Should().Throw<CheckpointMismatchException>()
            .Which.Differences.Should().Contain(new CheckpointDifference(field, checkpoint, current));

    [Fact]
    public void A_manifest_shows_the_options_of_the_parts_that_were_there_and_no_others()
    {
        using DRepMRecModel model = DRepMRecModel.Create(Board, NewHost(), new OwnModal(), new OwnAlignment(), Bpr);
        IReadOnlyDictionary<string, string> options = new Trainer(model, Board, Options()).Fit().BuildRecommender().Manifest.Options;
        options["Alignment"].Should().Be(typeof(OwnAlignment).FullName);
        options["Alignment.Weight"].Should().Be("0.1");
        options["Modal"].Should().Be(typeof(OwnModal).FullName);
        options["Behavior.EmbeddingDim"].Should().Be("8");
        options["Training.BatchSize"].Should().Be("64");
        options.Keys.Should().NotContain(key => key.Contains("Fusion") || key.Contains("Neighbors") || key.Contains("SimilaritySignal"));
    }

    [Fact]
    public void Representations_stay_as_they_were_when_training_goes_on()
    {
        // This host hands out its tables themselves.
        using DRepMRecModel model = DRepMRecModel.Create(Board, new MatrixFactorizationEncoder(40, 30, new() { EmbeddingDim = 8 }),
            Bpr with { UseModalLine = false });
        using UserItemEmbeddings before = model.Embed();
        float[] users = UserItemEmbeddings.Values(before.Users), items = UserItemEmbeddings.Values(before.Items);
        new Trainer(model, Board, Options() with { Checkpoint = null }).Fit();
        UserItemEmbeddings.Values(before.Users).Should().Equal(users);
        UserItemEmbeddings.Values(before.Items).Should().Equal(items);
        using UserItemEmbeddings after = model.Embed();
        UserItemEmbeddings.Values(after.Users).Should().NotEqual(users);
    }

    [Fact]
    public void Misshapen_parts_are_refused_with_both_numbers()
    {
        void Refused(IBehaviorEncoder host, IModalEncoder modal, IAlignmentModule alignment, string message)
        {
            using DRepMRecModel model = DRepMRecModel.Create(Board, host, modal, alignment, Bpr);
            FluentActions.Invoking(() => model.Embed()).Should().Throw<ArgumentException>().WithMessage(message);
            FluentActions.Invoking(() => new Trainer(model, Board, Options() with { Checkpoint = null }).Fit())
                .Should().Throw<ArgumentException>();
        }

        Refused(NewHost(), new OwnModal(missingItems: 1), new OwnAlignment(),
            "OwnModal with EmbeddingDim 8 is expected to return Float32 [40, 8] for 40 users and Float32 [30, 8] for 30 items; it returned "
            + "Float32 [40, 8] and Float32 [29, 8].");
        Refused(NewHost(), new OwnModal(), new OwnAlignment(new() { Width = 12 }),
            "OwnAlignment with EmbeddingDim 12 is expected to return Float32 [40, 12] for 40 users and Float32 [30, 12] for 30 items; it "
            + "returned Float32 [40, 8] and Float32 [30, 8].");
        Refused(new OwnHost(40, 27), new OwnModal(), new OwnAlignment(),
            "OwnHost with EmbeddingDim 8 is expected to return Float32 [40, 8] for 40 users and Float32 [30, 8] for 30 items; it returned "
            + "Float32 [40, 8] and Float32 [27, 8].");
    }

    [Theory]
    [InlineData("loss", "own")]
    [InlineData("own", "own")]
    [InlineData("bpr", "own")]
    public void Loss_terms_of_one_name_or_named_like_the_total_are_refused(string first, string second)
    {
        using DRepMRecModel model = DRepMRecModel.Create(
            Board, NewHost(), new OwnModal(), new OwnAlignment(new() { Terms = [first, second] }), Bpr);
        FluentActions.Invoking(() => new Trainer(model, Board, Options()).Fit()).Should().Throw<InvalidOperationException>()
            .WithMessage(
                $"Each loss term needs a name of its own, other than 'loss', which is the total; got 'bpr', '{first}', '{second}', 'l2'.");
    }

    [Theory]
    [InlineData("VBPR")]
    [InlineData("FREEDOM")]
    [InlineData("MGCN")]
    public void A_hosts_features_follow_the_model_to_another_device(string name)
    {
        using var features = new ModalFeatures(Board.Features);
        using DRepMRecModel model = Models.Create(name, Board, features);
        model.to(DeviceType.META);
        features.Values.Concat(features.Present).Append(features.AnyPresent).Select(t => t.device_type)
            .Should().AllBeEquivalentTo(DeviceType.META);
    }

    [Fact]
    public void A_model_uses_the_features_of_its_parts_instead_of_scaling_them_again()
    {
        using var features = new ModalFeatures(Board.Features);
        using (DRepMRecModel model = new FreedomEncoder(40, features, new FreedomOptions { EmbeddingDim = 8 })
            .WithBehaviorModalAlignment(Board))
        {
            model.Features.Should().BeSameAs(features);
        }

        features.Values[0].shape[0].Should().Be(30, "features that a host brought stay their owner's when the model is disposed");
        var modal = new ModalEncoder(features, new ModalEncoderOptions { EmbeddingDim = 8 });
        using (var model = DRepMRecModel.Create(Board, NewHost(), modal, new OwnAlignment()))
        {
            model.Features.Should().BeSameAs(features);
        }

        using (DRepMRecModel model = new FreedomEncoder(40, features)
            .WithBehaviorModalAlignment(Board, new DRepMRecOptions { FeatureScaling = FeatureScaling.Center }))
        {
            model.Features.Should().NotBeSameAs(features).And.Match<ModalFeatures>(f => f.Scaling == FeatureScaling.Center);
        }
    }

    [Fact]
    public void An_own_alignment_that_fuses_by_row_takes_the_steps_of_one_that_does_not()
    {
        float[] Train(bool byRow)
        {
            using DRepMRecModel model = DRepMRecModel.Create(
                Board, NewHost(), new OwnModal(), new OwnAlignment(new() { ByRow = byRow }), Bpr);
            new Trainer(model, Board, Options() with { Checkpoint = null }).Fit();
            using UserItemEmbeddings final = model.Embed();
            return UserItemEmbeddings.Values(final.Items);
        }

        Train(byRow: true).Should().Equal(Train(byRow: false), (a, b) => MathF.Abs(a - b) < 1e-3f);
    }

    [Fact]
    public void A_recommender_comes_from_a_model_whose_training_failed_and_from_an_own_loop()
    {
        using DRepMRecModel model = DRepMRecModel.Create(Board, new DRepMRecOptions { EmbeddingDim = 8 });
        using var cancelled = new CancellationTokenSource();
        var progress = new Progress(p => p.Epoch == 2, cancelled);
        FluentActions.Invoking(() => new Trainer(model, Board, Options(5) with { Checkpoint = null }).Fit(progress, cancelled.Token))
            .Should().Throw<OperationCanceledException>();
        Recommender recommender = model.BuildRecommender(Board);
        using UserItemEmbeddings final = model.Embed();
        int best = Enumerable.Range(0, 30).Where(i => !Board.Train.Contains(0, i))
            .MaxBy(i => (final.Users[0] * final.Items[i]).sum().item<float>());
        recommender.Recommend(Board.Users[0], 1)[0].Item.Should().Be(Board.Items[best]);
        recommender.Explain(Board.Users[0], Board.Items[best])!.Behavior.Should().NotBeNull("lines and their parts go along");
        RecDataset other = Samples.Checkerboard(40, 30);
        FluentActions.Invoking(() => model.BuildRecommender(other)).Should().Throw<ArgumentException>()
            .WithMessage("The model was made for another training set*");
    }

    [Fact]
    public void A_ranking_loss_that_the_library_does_not_know_is_trained_checkpointed_and_recorded()
    {
        using DRepMRecModel model = DRepMRecModel.Create(
            Board, new DRepMRecOptions { EmbeddingDim = 8, UseModalLine = false, Loss = new HingeLoss() });
        TrainingReport report = new Trainer(model, Board, Options(40)).Fit();
        report.History[^1].Losses.Keys.Should().Equal("loss", "hinge", "l2");
        report.EvaluateTest()[Recall].Should().BeGreaterThan(0.9);
        report.BuildRecommender().Manifest.Options.Should().Contain("Loss", "HingeLoss").And.Contain("Loss.Margin", "1");
        using DRepMRecModel other = DRepMRecModel.Create(
            Board, new DRepMRecOptions { EmbeddingDim = 8, UseModalLine = false, Loss = new HingeLoss { Margin = 2 } });
        FluentActions.Invoking(() => new Trainer(other, Board, Options(40)).Fit()).Should().Throw<CheckpointMismatchException>()
            .Which.Differences.Should().Equal(new CheckpointDifference("Model.Loss.Margin", "1", "2"));
    }

    private sealed class Progress(Func<TrainingProgress, bool> stops, CancellationTokenSource source) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (stops(value))
                source.Cancel();
        }
    }
}
