using System.Diagnostics.Metrics;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Serving;
using DRepMRec.Tests.Support;

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
    public void Items_that_were_retired_are_no_change_of_taste()
    {
        int best = Array.IndexOf(Data.Train.ItemDegrees(), Data.Train.ItemDegrees().Max());
        Interaction[] others = [.. Data.ToInteractions().Where(i => i.Label == 0 && i.Item != Data.Items[best])];
        Recommender without = Served.Recommender.WithoutItems([Data.Items[best]]);
        without.MeasureDrift(others).PopularityShift.Should().BeApproximately(0, 1e-12);
        DriftReport again = without.MeasureDrift([.. Data.ToInteractions().Where(i => i.Label == 0)]);
        again.Users.Should().Be(0, "nobody chose what they hadn't, retired or not");
        again.UnknownItemShare.Should().BePositive();
    }

    [Fact]
    public void What_is_new_is_counted_and_measured()
    {
        string user = Data.Users[2], best = Served.Recommender.Recommend(user, 1)[0].Item;
        Interaction[] newest = [.. Enumerable.Repeat(new Interaction(user, best), 3), new("x", best), new(user, "y"), new("x", "y")];
        var twice = new DriftOptions { Metrics = [RankingMetric.HitRate(1), RankingMetric.HitRate(1)] };
        DriftReport drift = Served.Recommender.MeasureDrift(newest, twice);
        drift.UnknownUserShare.Should().BeApproximately(2 / 6.0, 1e-12);
        drift.UnknownItemShare.Should().BeApproximately(2 / 6.0, 1e-12);
        int item = Data.Items.IndexOf(best);
        double share = Data.Train.ItemDegrees()[item] / (double)Data.Train.Count;
        drift.PopularityShift.Should().BeApproximately(1 - share, 1e-9, "all known choices are of one item");
        drift.PopularityShift.Should().BeGreaterThan(drift.PopularityShiftByChance);
        drift.ContentShift.Values.Should().OnlyContain(d => d > 1);
        drift.Users.Should().Be(2);
        double popular = Served.Recommender.Recommend("x", 1)[0].Item == best ? 1 : 0;
        drift.Quality.Should().Equal(new Dictionary<RankingMetric, double> { [RankingMetric.HitRate(1)] = (1 + popular) / 2 });
        ServingJsonRoundTrip(drift);

        DriftReport nothing = Served.Recommender.MeasureDrift([]);
        (nothing.Interactions, nothing.PopularityShift, nothing.Users).Should().Be((0, 0, 0));
        FluentActions.Invoking(() => Served.Recommender.MeasureDrift([new Interaction(null!, "y")])).Should()
            .Throw<ArgumentNullException>().WithMessage("Interaction 1: expected the id of the user, got null.*")
            .Which.ParamName.Should().Be("interactions");
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

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    public void Chance_draws_from_the_interactions_of_the_model_and_from_nothing_else(int item)
    {
        // All interactions are of one item: what is drawn is that item, and none of those without interactions around it.
        string[] items = ["a", "b", "c", "d", "e"];
        Recommender one = Recommender.FromEmbeddings(
            ["u", "v", "w"], [1f, 2, 3], items, [1f, 2, 3, 4, 5], new InteractionSet(3, 5, [(0, item), (1, item), (2, item)]));
        string[] chosen = [.. Enumerable.Repeat(items[item], 50), .. Enumerable.Repeat("d", 50)];
        DriftReport drift = one.MeasureDrift([.. chosen.Select(c => new Interaction("u", c))]);
        (drift.PopularityShift, drift.PopularityShiftByChance).Should().Be((0.5, 0));
    }

    [Fact]
    public void Nothing_has_shifted_where_nothing_was_known()
    {
        Recommender none = Recommender.FromEmbeddings(["u"], [1f], ["a", "b"], [1f, 2]);
        DriftReport drift = none.MeasureDrift([new Interaction("u", "a")]);
        (drift.PopularityShift, drift.PopularityShiftByChance).Should().Be((0, 0), "nothing is known to have shifted");
    }

    [Fact]
    public void Content_is_compared_by_a_sample_of_all_interactions()
    {
        int[] whole = [.. Enumerable.Range(0, Data.Items.Count).Where(i => Data.Features.All(f => f.Present[i])).Take(2)];
        Interaction[] first = [.. Enumerable.Repeat(Of(whole[0]), 200)], second = [.. Enumerable.Repeat(Of(whole[1]), 200)];
        var options = new DriftOptions { ContentSample = 100 };
        double Shift(params Interaction[] newest)
            => Served.Recommender.MeasureDrift(newest, options).ContentShift[Modality.Image];
        double mixed = Shift([.. first, .. second]);
        Shift([.. second, .. first]).Should().BeApproximately(mixed, 0.3 * Math.Abs(mixed));
        Math.Max(Shift(first), Shift(second)).Should().BeGreaterThan(1.5 * mixed, "one item is further off than two");
    }

    [Fact]
    public void The_token_stops_between_rows_of_samples()
    {
        float[] rows = Samples.Floats(4000, 1);
        using var source = new CancellationTokenSource();
        source.Cancel();
        FluentActions.Invoking(() => EnergyDistance.Between(rows, rows, 4, source.Token)).Should().Throw<OperationCanceledException>();
    }

    [Fact]
    public void Without_content_there_is_no_shift_of_it()
    {
        int lacking = Enumerable.Range(0, Data.Items.Count).First(i => !Data.Features[0].Present[i] && Data.Features[1].Present[i]);
        Served.Recommender.MeasureDrift([Of(lacking)]).ContentShift.Keys.Should().Equal(Data.Features[1].Modality);
        Recommender lines = Served.Build(new DRepMRecOptions(), new RecommenderOptions { MaxContentBytes = 0 });
        lines.MeasureDrift([Of(0), Of(1)]).ContentShift.Should().HaveCount(2, "the modal rows stand in for features");
        Served.Build(new DRepMRecOptions(), new RecommenderOptions { IncludeLines = false })
            .MeasureDrift([Of(0), Of(1)]).ContentShift.Should().BeEmpty();
    }

    [Fact]
    public void The_page_has_every_figure()
    {
        new DriftReport
        {
            Interactions = 6,
            UnknownUserShare = 0.25,
            UnknownItemShare = 0.125,
            PopularityShift = 0.5,
            PopularityShiftByChance = 0.0625,
            ContentShift = new Dictionary<Modality, double> { [Modality.Text] = 1.5 },
            Users = 4,
            Quality = new Dictionary<RankingMetric, double> { [RankingMetric.HitRate(5)] = 0.75 },
        }.ToMarkdown().Should().Be(
            """
            | drift | value |
            | --- | --- |
            | interactions | 6 |
            | of unknown users | 25.0 % |
            | with unknown items | 12.5 % |
            | popularity shift | 0.5000 (0.0625 by chance) |
            | content shift, text | 1.5000 |
            | HitRate@5 of 4 users | 0.7500 |

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Quality_is_that_of_answers_to_what_users_did_not_have()
    {
        // One number per user and item: u is recommended c b a, v a b c; w has everything, so that histories can be folded in.
        Recommender served = Recommender.FromEmbeddings(
            ["u", "v", "w"], [1f, -1, 1], ["a", "b", "c"], [-1f, 0.5f, 1], new InteractionSet(3, 3, [(2, 0), (2, 1), (2, 2)]));
        RankingMetric[] metrics = [RankingMetric.HitRate(1), RankingMetric.HitRate(2), RankingMetric.HitRate(3)];
        ServedQuality Ask(Dictionary<string, List<string>> histories, bool foldsIn, params Interaction[] did)
            => ServedQuality.Measure(served, did, histories, metrics, default, foldsIn);
        ServedQuality plain = Ask([], false, new("u", "b"), new("v", "a"));
        plain.Users.Should().Be(2);
        plain.Figures.Values.Should().Equal(0.5, 1, 1);

        // What a user had by a history doesn't count again, and isn't recommended again.
        var had = new Dictionary<string, List<string>> { ["u"] = ["c"] };
        ServedQuality after = Ask(had, false, new("u", "b"), new("u", "c"));
        after.Users.Should().Be(1);
        after.Figures.Values.Should().Equal(1, 1, 1);
        Ask(had, false, new Interaction("u", "c")).Users.Should().Be(0);

        // v's own row likes a; a history of c alone, which is folded in where that is asked for, likes b.
        had = new Dictionary<string, List<string>> { ["v"] = ["c"] };
        Ask(had, false, new Interaction("v", "b")).Figures.Values.Should().Equal(0, 1, 1);
        Ask(had, true, new Interaction("v", "b")).Figures.Values.Should().Equal(1, 1, 1);
        Ask([], true, new Interaction("v", "b")).Figures.Values.Should().Equal([0, 1, 1], "nothing is known beside the row");
    }

    private static Interaction Of(int item) => new(Data.Users[0], Data.Items[item]);

    private static void ServingJsonRoundTrip(DriftReport drift)
        => DRepMRecJson.Read<DriftReport>(DRepMRecJson.Write(drift)).Should().BeEquivalentTo(drift);
}
