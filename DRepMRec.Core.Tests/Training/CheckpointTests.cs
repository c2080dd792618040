using DRepMRec.Evaluation;
using DRepMRec.Tests.Support;
using DRepMRec.Training;

namespace DRepMRec.Tests.Training;

public sealed class CheckpointTests : CheckpointTestBase
{
    public static TheoryData<string> Hosts
        => ["DRepMRec", "LightGCN", "BPR-MF", "VBPR", "FREEDOM", "MGCN", "a host that drops out at random"];

    [Theory]
    [MemberData(nameof(Hosts))]
    public void Stopped_after_any_batch_and_resumed_it_is_bit_for_bit_the_training_that_was_never_stopped(string host)
    {
        string expected = Train(host, Options, []);
        int batches = 0;
        for (int stops = 1; batches >= 0; stops++)
        {
            // Each process of the chain stops a few batches later than the one before it.
            int stop = batches += 1 + (stops % 7);
            try
            {
                Train(host, With(File), [stop]).Should().Be(expected);
                batches = -1;
            }
            catch (OperationCanceledException)
            {
            }

            stops.Should().BeLessThan(100);
        }

        Train(host, With(File), []).Should().Be(expected, "the end is in the file too");
    }

    [Fact]
    public void A_checkpoint_is_written_after_every_so_many_epochs_and_at_the_end()
    {
        List<int> epochs = [];
        using DRepMRecModel model = Create("DRepMRec");
        var progress = new Immediate<TrainingProgress>(p =>
        {
            if (p.Batch == p.Batches && System.IO.File.Exists(File))
                epochs.Add(p.Epoch);
            System.IO.File.Delete(File);
        });
        new Trainer(model, Board, With(File, every: 3) with { Patience = 100 }).Fit(progress);
        epochs.Should().Equal(3, 6, 8);
    }

    [Fact]
    public void Figures_of_lists_come_back_with_those_of_users()
    {
        ListMetric[] metrics = [ListMetric.Gini(5), ListMetric.Novelty(5)];
        TrainerOptions options = With(File) with { Evaluation = Options.Evaluation with { ListMetrics = metrics } };
        IReadOnlyDictionary<ListMetric, double>[] Figures()
        {
            using DRepMRecModel model = Create("LightGCN");
            return [.. new Trainer(model, Board, options).Fit().History.Select(e => e.Validation!.ListMetrics)];
        }

        IReadOnlyDictionary<ListMetric, double>[] trained = Figures(), read = Figures();
        trained.Should().NotBeEmpty().And.OnlyContain(f => f.Count == 2 && f[metrics[0]] > 0);
        read.Should().HaveSameCount(trained);
        foreach (var (before, after) in trained.Zip(read))
            after.Should().Equal(before);
    }

    [Fact]
    public void Cancelled_within_the_evaluation_it_goes_on_there()
    {
        string expected = Train("DRepMRec", Options, []);
        using (DRepMRecModel model = Create("DRepMRec"))
        {
            using var source = new CancellationTokenSource();
            int last = 0;
            var progress = new Immediate<TrainingProgress>(p =>
            {
                if (p.Epoch == 3 && p.Batch == p.Batches - 1)
                    last = p.Batch;
            });

            // The last batch of an epoch isn't reported before the evaluation, so the token is cancelled within it.
            model.register_forward_pre_hook((_, batch) =>
            {
                if (last > 0)
                    source.Cancel();
                return batch;
            });
            FluentActions.Invoking(() => new Trainer(model, Board, With(File)).Fit(progress, source.Token))
                .Should().Throw<OperationCanceledException>();
        }

        Train("DRepMRec", With(File), []).Should().Be(expected);
    }

    [Fact]
    public void A_training_can_be_made_longer_and_is_then_as_if_it_had_been_planned_so()
    {
        TrainerOptions patient = Options with { Patience = 100 };
        string expected = Train("DRepMRec", patient with { MaxEpochs = 12 }, []);
        Train("DRepMRec", patient with { Checkpoint = new() { Path = File } }, []);
        Train("DRepMRec", patient with { MaxEpochs = 12, Checkpoint = new() { Path = File } }, []).Should().Be(expected);
        Fitting("DRepMRec", patient with { Checkpoint = new() { Path = File } }).Should().Throw<CheckpointMismatchException>()
            .WithMessage("*Trainer.MaxEpochs is 8, in the checkpoint it is 12 or more*");
    }

    [Fact]
    public void A_training_that_has_begun_an_epoch_cannot_end_before_it()
    {
        int batches = (Board.Train.Count + 63) / 64;
        FluentActions.Invoking(() => Train("LightGCN", With(File), [(5 * batches) + 3])).Should().Throw<OperationCanceledException>();
        Fitting("LightGCN", With(File) with { MaxEpochs = 5 }).Should().Throw<CheckpointMismatchException>()
            .WithMessage("*Trainer.MaxEpochs is 5, in the checkpoint it is 6 or more*");
        Train("LightGCN", With(File) with { MaxEpochs = 6 }, []).Should().Be(Train("LightGCN", Options with { MaxEpochs = 6 }, []));
    }

    [Fact]
    public void A_training_whose_end_shows_before_it_cannot_be_made_longer()
    {
        TrainerOptions falling = Options with { Patience = 100, MaxEpochs = 4, Schedule = new LearningRateSchedule.WarmupCosine() };
        TrainerOptions outOfTurn = Options with { Patience = 100, MaxEpochs = 5, EvaluateEvery = 2 };
        foreach (TrainerOptions options in new[] { falling, outOfTurn })
        {
            TrainerOptions kept = options with { Checkpoint = new() { Path = Folder[$"{options.MaxEpochs}.checkpoint"] } };
            Train("DRepMRec", kept, []);
            Fitting("DRepMRec", kept with { MaxEpochs = options.MaxEpochs + 4 }).Should().Throw<CheckpointMismatchException>()
                .WithMessage("*Trainer.MaxEpochs*");
        }
    }

    [Fact]
    public void The_last_epoch_is_evaluated_out_of_turn()
    {
        using DRepMRecModel model = Create("DRepMRec");
        new Trainer(model, Board, Options with { Patience = 100, MaxEpochs = 5, EvaluateEvery = 2 }).Fit().History
            .Where(epoch => epoch.Validation is not null).Select(epoch => epoch.Epoch).Should().Equal(2, 4, 5);
    }

    [Fact]
    public void Progress_tells_the_best_epoch_those_before_the_checkpoint_among_them()
    {
        TrainerOptions patient = With(File) with { Patience = 100 };
        using DRepMRecModel first = Create("DRepMRec"), second = Create("DRepMRec");
        List<TrainingProgress> early = [], late = [];
        TrainingReport before = new Trainer(first, Board, patient with { MaxEpochs = 4 }).Fit(new Immediate<TrainingProgress>(early.Add));
        TrainingReport after = new Trainer(second, Board, patient).Fit(new Immediate<TrainingProgress>(late.Add));

        (early[0].BestEpoch, early[0].BestValue).Should().Be((null, null), "nothing is evaluated yet");
        (early[^1].BestEpoch, early[^1].BestValue).Should().Be((before.BestEpoch, before.Validation![Recall]));
        (late[0].Epoch, late[0].Validation).Should().Be((5, null));
        (late[0].BestEpoch, late[0].BestValue).Should().Be((before.BestEpoch, before.Validation[Recall]));
        (late[^1].BestEpoch, late[^1].BestValue).Should().Be((after.BestEpoch, after.Validation![Recall]));
        late.Should().OnlyContain(p => !p.Best || p.BestEpoch == p.Epoch);
    }

    [Fact]
    public void The_number_of_threads_may_change_between_two_processes()
    {
        string expected = Train("DRepMRec", Options with { Threads = 1 }, []);
        FluentActions.Invoking(() => Train("DRepMRec", With(File) with { Threads = 1 }, [9])).Should().Throw<OperationCanceledException>();
        Train("DRepMRec", With(File) with { Threads = 3 }, []).Should().Be(expected);
    }

    [Fact]
    public void Without_resuming_it_begins_anew()
    {
        Train("DRepMRec", With(File), []);
        TrainerOptions other = With(File) with { Seed = 5, Checkpoint = new() { Path = File, Resume = false } };
        Train("DRepMRec", other, []).Should().Be(Train("DRepMRec", Options with { Seed = 5 }, []));
        Fitting("DRepMRec", With(File)).Should().Throw<CheckpointMismatchException>()
            .WithMessage("*Trainer.Seed is 2024, in the checkpoint it is 5*");
    }

    [Fact]
    public void A_checkpoint_leaves_no_tensors()
    {
        Create("MGCN").Dispose();
        long before = LiveTensors.Count;
        Train("MGCN", With(File), []);
        LiveTensors.ShouldBe(before);
        Train("MGCN", With(File), []);
        LiveTensors.ShouldBe(before);
    }

    [Fact]
    public void The_best_epoch_alone_keeps_values_per_user()
    {
        using DRepMRecModel model = Create("DRepMRec");
        TrainingReport report = new Trainer(model, Board, Options).Fit();
        report.Validation!.PerUser(Recall).Average().Should().BeApproximately(report.Validation[Recall], 1e-12);
        foreach (EpochReport epoch in report.History.Where(e => e.Epoch != report.BestEpoch))
        {
            FluentActions.Invoking(() => epoch.Validation!.PerUser(Recall)).Should().Throw<InvalidOperationException>()
                .WithMessage("The values per user weren't kept*");
        }
    }

    [Fact]
    public void Options_are_checked()
    {
        FluentActions.Invoking(() => new CheckpointOptions { Path = "" }).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new CheckpointOptions { Path = "x", EveryEpochs = 0 }).Should().Throw<ArgumentOutOfRangeException>()
            .WithMessage("EveryEpochs must be above 0.*");
    }
}
