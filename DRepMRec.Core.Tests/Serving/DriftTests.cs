using System.Diagnostics.Metrics;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Serving;

namespace DRepMRec.Tests.Serving;

/// <summary>How far interactions are from what a model knows.</summary>
public sealed class DriftTests
{
    private static readonly RecDataset Data = Served.Data;

    [Fact]
    public void What_a_model_was_trained_on_has_drifted_nowhere()
    {
        Interaction[] same = [.. Enumerable.Range(0, Data.Users.Count).SelectMany(u => Data.Train.ItemsOf(u).ToArray()
            .Select(i => new Interaction(Data.Users[u], Data.Items[i])))];
        DriftReport drift = Served.Recommender.MeasureDrift(same);
        drift.Interactions.Should().Be(Data.Train.Count);
        drift.UnknownUserShare.Should().Be(0);
        drift.UnknownItemShare.Should().Be(0);
        drift.PopularityShift.Should().BeApproximately(0, 1e-12);
        drift.PopularityShiftByChance.Should().BePositive();
        drift.Users.Should().Be(0, "nobody chose what they hadn't");
        drift.Quality.Should().BeEmpty();
        drift.ContentShift.Keys.Should().BeEquivalentTo([Modality.Image, Modality.Text]);
        drift.ContentShift.Values.Should().OnlyContain(d => Math.Abs(d) < 0.5);
    }

    [Fact]
    public void What_is_new_is_counted_and_measured()
    {
        string user = Data.Users[2], best = Served.Recommender.Recommend(user, 1)[0].Item;
        Interaction[] newest = [.. Enumerable.Repeat(new Interaction(user, best), 3), new("x", best), new(user, "y"), new("x", "y")];
        DriftReport drift = Served.Recommender.MeasureDrift(newest, new DriftOptions { Metrics = [RankingMetric.HitRate(1)] });
        drift.UnknownUserShare.Should().BeApproximately(2 / 6.0, 1e-12);
        drift.UnknownItemShare.Should().BeApproximately(2 / 6.0, 1e-12);
        int item = Data.Items.IndexOf(best);
        double share = Data.Train.ItemDegrees()[item] / (double)Data.Train.Count;
        drift.PopularityShift.Should().BeApproximately(1 - share, 1e-9, "all known choices are of one item");
        drift.PopularityShift.Should().BeGreaterThan(drift.PopularityShiftByChance);
        drift.ContentShift.Values.Should().OnlyContain(d => d > 1);
        drift.Users.Should().Be(2);
        double popular = Served.Recommender.Recommend("x", 1)[0].Item == best ? 1 : 0;
        drift.Quality[RankingMetric.HitRate(1)].Should().Be((1 + popular) / 2);
        drift.ToMarkdown().Should().Contain("| with unknown items | 33.3 % |").And.Contain("| HitRate@1 of 2 users |");
        ServingJsonRoundTrip(drift);

        DriftReport nothing = Served.Recommender.MeasureDrift([]);
        (nothing.Interactions, nothing.PopularityShift, nothing.Users).Should().Be((0, 0, 0));
        FluentActions.Invoking(() => Served.Recommender.MeasureDrift([new Interaction(null!, "y")])).Should()
            .Throw<ArgumentNullException>();
    }

    [Fact]
    public void Gauges_are_set()
    {
        var seen = new Dictionary<string, double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Name.StartsWith("drepmrec.drift", StringComparison.Ordinal))
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            if (tags.ToArray().Any(t => t is { Key: "drepmrec.model", Value: "drifting" }))
                seen[$"{instrument.Name} {string.Join(' ', tags.ToArray().Skip(1).Select(t => t.Value))}".Trim()] = value;
        });
        listener.Start();
        DriftReport drift = Served.Recommender.MeasureDrift([new Interaction(Data.Users[0], Data.Items[1]), new Interaction("x", "y")]);
        drift.Record("drifting");
        seen.Should().Contain("drepmrec.drift.unknown user", 0.5).And.Contain("drepmrec.drift.unknown item", 0.5)
            .And.Contain("drepmrec.drift.popularity", drift.PopularityShift)
            .And.ContainKey("drepmrec.drift.content image").And.ContainKey("drepmrec.drift.quality Recall@20");
    }

    private static void ServingJsonRoundTrip(DriftReport drift)
        => DRepMRecJson.Read<DriftReport>(DRepMRecJson.Write(drift)).Should().BeEquivalentTo(drift);
}
