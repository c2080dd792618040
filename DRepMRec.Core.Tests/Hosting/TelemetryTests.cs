using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Hosting;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Support;
using DRepMRec.Training;
using Microsoft.Extensions.DependencyInjection;

namespace DRepMRec.Tests.Hosting;

public sealed class TelemetryTests
{
    private const string ModelTag = "drepmrec.model";

    [Fact]
    public async Task Requests_are_counted_by_source_without_ids()
    {
        string name = Guid.NewGuid().ToString("N");
        using var folder = new TempFolder();
        Hosted.Numbered(1).Save(folder["model"]);
        var services = new ServiceCollection();
        services.AddKeyedRecommender(name, folder["model"]);
        await using ServiceProvider provider = services.BuildServiceProvider();
        using var heard = new Measurements(ModelTag, name);
        Recommender recommender = provider.GetRequiredKeyedService<IRecommenderProvider>(name).Current.WithoutItems(["1/2"]);
        heard.Clear();

        recommender.Recommend("ann");
        heard.Sum("drepmrec.requests", ("drepmrec.source", "user")).Should().Be(1);
        heard.Sum("drepmrec.candidates.filtered").Should().Be(1, "an item is retired");
        heard.Values("drepmrec.request.duration", ("drepmrec.source", "user")).Should().ContainSingle().Which.Should().BeInRange(1e-9, 60);

        recommender.Recommend(
        [
            new RecommendationRequest { UserId = "nobody" },
            new RecommendationRequest { UserId = "ann", Excluded = ["1/0"], Filter = id => id != "1/1" },
            new RecommendationRequest { History = ["lost", "1/2"], Candidates = ["gone", "1/0"] },
        ]);
        heard.Sum("drepmrec.requests", ("drepmrec.source", "user")).Should().Be(2);
        heard.Sum("drepmrec.requests", ("drepmrec.source", "popularity")).Should().Be(2);
        heard.Values("drepmrec.request.duration", ("drepmrec.source", "mixed")).Should().ContainSingle();
        heard.Sum("drepmrec.unknown_ids", ("drepmrec.kind", "user")).Should().Be(1);
        heard.Sum("drepmrec.unknown_ids", ("drepmrec.kind", "item")).Should().Be(3);
        heard.Sum("drepmrec.candidates.filtered").Should().Be(1 + 1 + 3, "three for the second request, and the first finds one retired");
        heard.Values("drepmrec.unknown_ids").Should().NotContain(0, "what isn't there isn't told");
        heard.All.SelectMany(m => m.Tags).Should().NotContain(
            t => (string)t.Value! == "ann" || (string)t.Value! == "nobody" || ((string)t.Value!).Contains("1/", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("drepmrec.requests")]
    [InlineData("drepmrec.request.duration")]
    [InlineData("drepmrec.unknown_ids")]
    [InlineData("drepmrec.candidates.filtered")]
    public void Each_instrument_is_told_to_whoever_listens_to_it_alone(string name)
    {
        int heard = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Name == name)
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => heard++);
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => heard++);
        listener.Start();
        Recommender.FromEmbeddings(["ann"], [1f], ["a", "b"], [2f, 1]).Recommend(
            [new RecommendationRequest { UserId = "ann", Excluded = ["a"] }, new RecommendationRequest { UserId = "nobody" }]);
        heard.Should().BePositive();
    }

    [Fact]
    public async Task Loads_and_the_age_of_the_model_are_measured()
    {
        string name = Guid.NewGuid().ToString("N");
        using var folder = new TempFolder();
        Hosted.Numbered(1).Save(folder["model"]);
        File.SetLastWriteTimeUtc(folder["model"], DateTime.UtcNow.AddHours(-1));
        var services = new ServiceCollection();
        services.AddKeyedRecommender(name, folder["model"]);
        using var heard = new Measurements(ModelTag, name);
        using var spans = new Spans();
        await using (ServiceProvider provider = services.BuildServiceProvider())
        {
            var served = provider.GetRequiredKeyedService<IRecommenderProvider>(name);
            heard.Observe();
            heard.Values("drepmrec.model.age").Should().BeEmpty("nothing is loaded yet");
            _ = served.Current;
            heard.Observe();
            heard.Values("drepmrec.model.age").Should().ContainSingle().Which.Should().BeInRange(3600, 3660);
            heard.Sum("drepmrec.model.loads", ("drepmrec.outcome", "success")).Should().Be(1);
            heard.Values("drepmrec.model.load.duration").Should().ContainSingle();
            File.WriteAllText(folder["model"], "no model");
            await served.Invoking(s => s.ReloadAsync()).Should().ThrowAsync<ModelFileException>();
            heard.Sum("drepmrec.model.loads", ("drepmrec.outcome", "failure"), ("error.type", typeof(ModelFileException).FullName!))
                .Should().Be(1);
            spans.Of("drepmrec.load", ModelTag, name).Select(a => a.Status)
                .Should().Equal(ActivityStatusCode.Unset, ActivityStatusCode.Error);
        }

        heard.Clear();
        heard.Observe();
        heard.Values("drepmrec.model.age").Should().BeEmpty("it's disposed of");
    }

    [Fact]
    public async Task The_requests_that_warm_a_model_up_are_nobodys()
    {
        using var folder = new TempFolder();
        Hosted.Numbered(1).Save(folder["model"]);
        var services = new ServiceCollection();
        services.AddKeyedRecommender("warm", options =>
        {
            options.Path = folder["model"];
            options.Prepare = loaded =>
            {
                loaded.Recommend("ann");
                return loaded;
            };
        });
        await using ServiceProvider provider = services.BuildServiceProvider();
        var served = provider.GetRequiredKeyedService<IRecommenderProvider>("warm");

        // Without a tag to be told apart by: loading and warming up are done on this thread.
        int heard = 0, here = Environment.CurrentManagedThreadId;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, all) =>
        {
            if (instrument.Meter.Name == DRepMRecTelemetry.Name)
                all.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, number, tags, state)
            => heard += instrument.Name == "drepmrec.requests" && Environment.CurrentManagedThreadId == here ? 1 : 0);
        listener.Start();
        Recommender recommender = served.Current;
        heard.Should().Be(0);
        recommender.Recommend("ann");
        heard.Should().Be(1);
    }

    [Fact]
    public async Task Requests_are_traced()
    {
        string name = Guid.NewGuid().ToString("N");
        using var folder = new TempFolder();
        Hosted.Numbered(1).Save(folder["model"]);
        var services = new ServiceCollection();
        services.AddKeyedRecommender(name, folder["model"]);
        await using ServiceProvider provider = services.BuildServiceProvider();
        Recommender recommender = provider.GetRequiredKeyedService<IRecommenderProvider>(name).Current;
        using var spans = new Spans();
        recommender.Recommend("ann");
        var failing = new RecommendationRequest { UserId = "ann", Filter = _ => throw new TimeoutException("ann") };
        recommender.Invoking(r => r.Recommend(failing)).Should().Throw<TimeoutException>();
        Activity[] heard = spans.Of("drepmrec.recommend", ModelTag, name);
        heard.Should().HaveCount(2);
        heard[0].TagObjects.Should().Contain(new KeyValuePair<string, object?>("drepmrec.requests", 1))
            .And.Contain(new KeyValuePair<string, object?>("drepmrec.source", "user"));
        heard[1].Status.Should().Be(ActivityStatusCode.Error);
        heard.SelectMany(a => a.TagObjects).Should().NotContain(t => (t.Value as string) == "ann");
        heard.Should().OnlyContain(a => a.StatusDescription == null && !a.Events.Any());
    }

    [Fact]
    public void Nothing_is_allocated_where_nobody_listens()
    {
        Begin();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Begin();
        GC.GetAllocatedBytesForCurrentThread().Should().Be(before);

        static void Begin()
        {
            using ServingTelemetry.Call call = ServingTelemetry.Begin("model", 1);
            call.Complete([]);
        }
    }

    [Fact]
    public void Trainings_are_measured_and_traced()
    {
        string name = Guid.NewGuid().ToString("N");
        RecDataset data = Board(name);
        using var heard = new Measurements("drepmrec.dataset", name);
        using var spans = new Spans();
        using var model = DRepMRecModel.Create(data, new DRepMRecOptions { EmbeddingDim = 4 });
        TrainingReport report = new Trainer(model, data, new TrainerOptions { MaxEpochs = 3, BatchSize = 16 }).Fit();
        heard.Sum("drepmrec.training.epochs").Should().Be(3);
        heard.Values("drepmrec.training.loss", ("drepmrec.loss", "loss"))
            .Should().Equal(report.History.Select(e => e.Losses["loss"]));
        var recall = RankingMetric.Recall(20);
        heard.Values("drepmrec.training.validation", ("drepmrec.metric", recall.ToString()))
            .Should().Equal(report.History.Where(e => e.Validation is not null).Select(e => e.Validation![recall])).And.NotBeEmpty();
        heard.Values("drepmrec.training.speed").Should().HaveCount(3).And.OnlyContain(speed => speed > 0);
        Activity training = spans.Of("drepmrec.train", "drepmrec.dataset", name).Should().ContainSingle().Subject;
        spans.ChildrenOf(training).Select(a => a.GetTagItem("drepmrec.epoch")).Should().Equal(1, 2, 3);
    }

    [Fact]
    public void Trainings_that_fail_or_are_cancelled_are_traced_as_such()
    {
        using var folder = new TempFolder();
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var locked = new TrainerOptions { MaxEpochs = 1, Checkpoint = new() { Path = folder["run.checkpoint"] } };
        using FileStream other = new(folder["run.checkpoint.lock"], FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        var fails = new Immediate<TrainingProgress>(_ => throw new TimeoutException());
        var one = new TrainerOptions { MaxEpochs = 1 };
        Check(one, fails, default, "System.TimeoutException", epochs: 1);
        Check(one, null, cancelled.Token, "System.OperationCanceledException", epochs: 1);
        Check(locked, null, default, "System.IO.IOException", epochs: 0);

        static void Check(TrainerOptions options, IProgress<TrainingProgress>? progress, CancellationToken stop, string type, int epochs)
        {
            string name = Guid.NewGuid().ToString("N");
            RecDataset data = Board(name);
            using var spans = new Spans();
            using var model = DRepMRecModel.Create(data, new DRepMRecOptions { EmbeddingDim = 4 });
            new Trainer(model, data, options).Invoking(t => t.Fit(progress, stop)).Should().Throw<Exception>();
            Activity training = spans.Of("drepmrec.train", "drepmrec.dataset", name).Should().ContainSingle().Subject;
            Activity[] all = [training, .. spans.ChildrenOf(training)];
            all.Should().HaveCount(1 + epochs).And.OnlyContain(a => a.Status == ActivityStatusCode.Error);
            all.Select(a => a.GetTagItem("error.type")).Should().AllBeEquivalentTo(type);
        }
    }

    [Fact]
    public void Where_validation_is_all_that_is_left_of_an_epoch_it_has_no_speed()
    {
        string name = Guid.NewGuid().ToString("N");
        using var folder = new TempFolder();
        RecDataset data = Board(name);
        var options = new TrainerOptions { MaxEpochs = 2, BatchSize = 16, Checkpoint = new() { Path = folder["run.checkpoint"] } };
        using var stop = new CancellationTokenSource();
        bool isLast = false;
        using (var stopped = DRepMRecModel.Create(data, new DRepMRecOptions { EmbeddingDim = 4 }))
        {
            // The token is looked at before a batch, so that one that is cancelled within the last batch stops the validation.
            stopped.register_forward_pre_hook((_, batch) =>
            {
                if (isLast)
                    stop.Cancel();
                return batch;
            });
            var progress = new Immediate<TrainingProgress>(p => isLast = p.Batch == p.Batches - 1);
            new Trainer(stopped, data, options).Invoking(t => t.Fit(progress, stop.Token)).Should().Throw<OperationCanceledException>();
        }

        using var heard = new Measurements("drepmrec.dataset", name);
        using var model = DRepMRecModel.Create(data, new DRepMRecOptions { EmbeddingDim = 4 });
        new Trainer(model, data, options).Fit();
        heard.Sum("drepmrec.training.epochs").Should().Be(2);
        heard.Values("drepmrec.training.speed").Should().ContainSingle("it is that of the second epoch").Which.Should().BePositive();
    }

    private static RecDataset Board(string name)
    {
        Interaction[] interactions = [.. from user in Enumerable.Range(0, 12)
                                         from item in Enumerable.Range(0, 10)
                                         where (user + item) % 2 == 0
                                         select new Interaction($"u{user}", $"i{item}")];
        return RecDataset.FromInteractions(name, interactions);
    }

    /// <summary>What is measured under a tag, so that other tests that run at the same time aren't heard.</summary>
    private sealed class Measurements : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)> _all = [];

        public Measurements(string tag, string value)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == DRepMRecTelemetry.Name)
                    listener.EnableMeasurementEvents(instrument);
            };
            void Take(Instrument instrument, double number, ReadOnlySpan<KeyValuePair<string, object?>> tags)
            {
                Dictionary<string, object?> all = new(tags.ToArray());
                if (all.TryGetValue(tag, out object? of) && (string?)of == value)
                    _all.Enqueue((instrument.Name, number, all));
            }

            _listener.SetMeasurementEventCallback<long>((i, number, tags, _) => Take(i, number, tags));
            _listener.SetMeasurementEventCallback<double>((i, number, tags, _) => Take(i, number, tags));
            _listener.Start();
        }

        public IEnumerable<(string Name, double Value, Dictionary<string, object?> Tags)> All => _all;

        public double[] Values(string instrument, params (string Tag, string Value)[] tags) => [.. _all
            .Where(m => m.Name == instrument && tags.All(t => (string?)m.Tags.GetValueOrDefault(t.Tag) == t.Value)).Select(m => m.Value)];

        public double Sum(string instrument, params (string Tag, string Value)[] tags) => Values(instrument, tags).Sum();

        public void Observe() => _listener.RecordObservableInstruments();

        public void Clear() => _all.Clear();

        public void Dispose() => _listener.Dispose();
    }

    /// <summary>The activities of the library that have ended.</summary>
    private sealed class Spans : IDisposable
    {
        private readonly ConcurrentQueue<Activity> _ended = [];
        private readonly ActivityListener _listener;

        public Spans()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == DRepMRecTelemetry.Name,
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = _ended.Enqueue,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public Activity[] Of(string name, string tag, string value)
            => [.. _ended.Where(a => a.OperationName == name && (string?)a.GetTagItem(tag) == value)];

        public Activity[] ChildrenOf(Activity parent) => [.. _ended.Where(a => a.ParentId == parent.Id)];

        public void Dispose() => _listener.Dispose();
    }
}
