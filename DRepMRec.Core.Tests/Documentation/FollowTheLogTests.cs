using DRepMRec.Data;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using FollowTheLog;
using RetrainOnSchedule;

namespace DRepMRec.Tests.Documentation;

/// <summary>What the sample makes of files.</summary>
public sealed class FollowTheLogTests
{
    [Fact]
    public void The_weights_of_a_dataset_stay_in_an_order_that_is_drawn()
    {
        InteractionSet Set(params (int User, int Item, float Weight)[] rows)
            => new(2, 3, [.. rows.Select(r => (r.User, r.Item))], [.. rows.Select(r => r.Weight)]);
        var data = new RecDataset("shop", new IdMap(["u0", "u1"]), new IdMap(["i0", "i1", "i2"]),
            new InteractionSplits(Set((0, 0, 2), (1, 1, 1)), Set((0, 1, 4)), Set((1, 2, 0.5f))), []);
        using var folder = new TempFolder();
        data.SaveMmrec(folder.Path);
        Log.Read(folder.Path).Rows.Select(r => (r.User, r.Item, r.Weight)).Should().BeEquivalentTo(
            [("u0", "i0", 2), ("u1", "i1", 1), ("u0", "i1", 4), ("u1", "i2", (double?)0.5)]);
    }

    [Fact]
    public void A_file_with_quotes_and_dates_is_read_in_the_order_of_time()
    {
        using TempFolder folder = new TempFolder().With(
            "log.csv", "timestamp,user,item,Weight\n2024-02-01,ann,\"lamp, red\",2\n2024-01-01,bob,rug,1\n");
        Log.Read(folder["log.csv"]).Rows.Should().Equal(
            new Interaction("bob", "rug", Timestamp: 1_704_067_200, Weight: 1),
            new Interaction("ann", "lamp, red", Timestamp: 1_706_745_600, Weight: 2));
        folder.With("blank.csv", "user,item,timestamp\nann,rug,\nann,hat,1\n");
        FluentActions.Invoking(() => Log.Read(folder["blank.csv"])).Should().Throw<IOException>().WithMessage("*1 rows without one.");
    }

    [Fact]
    public void Weights_of_a_pair_add_up_in_training_and_in_what_is_taken_in()
    {
        var log = new Log([.. new[] { 1, 2, 4 }.Select((weight, n) => new Interaction("u0", "i0", Timestamp: n, Weight: weight)),
            new("u1", "i1", Timestamp: 3, Weight: 5)], []);
        RecDataset data = log.Dataset(4);
        data.Train.WeightsOf(data.Users.IndexOf("u0")).ToArray().Should().Equal(7);
        log.Arrivals(0, 4).Select(row => row.Weight).Should().Equal(1, 3, 7, 5);
        log.Arrivals(2, 4).Select(row => row.Weight).Should().Equal(7, 5);
        var unweighted = new Log([new("u0", "i0", Timestamp: 0), new("u0", "i0", Timestamp: 1)], []);
        unweighted.Arrivals(1, 2).Should().Equal(unweighted.Rows[1]);
        unweighted.Dataset(2).Train.WeightsOf(0).ToArray().Should().NotContain(2);
    }

    [Fact]
    public void A_day_of_repeats_brings_nothing_to_compare_models_on()
    {
        var log = new Log([.. new[] { "u0 i0", "u1 i1", "u0 i1", "u0 i0" }
            .Select((row, n) => new Interaction(row[..2], row[3..], Timestamp: n))], []);
        RecDataset data = log.Dataset(3, test: 1);
        data.Test.Count.Should().Be(0);
        Recommender model = Recommender.FromEmbeddings(["u0", "u1"], [1f, 2f], ["i0", "i1"], [1f, 2f]);
        Verdict.Of(model, model, data).Should().Be(new Verdict(false, "nothing new to compare on"));
        Verdict.Of(null, model, data).Publishes.Should().BeTrue("anything is better than no model");
    }

    [Fact]
    public void The_newest_rows_are_held_out_in_their_order_and_each_interaction_is_once()
    {
        var log = new Log([.. new[] { "u0 i0", "u1 i1", "u0 i1", "u1 i0", "u0 i0", "u1 i2", "u1 i1", "u0 i2" }
            .Select((row, n) => new Interaction(row[..2], row[3..], Timestamp: n))], []);
        RecDataset data = log.Dataset(3, validation: 2, test: 3);
        string[] Pairs(InteractionSet set)
            => [.. set.ExpandUsers().Zip(set.Items.ToArray(), (user, item) => $"{data.Users[user]} {data.Items[item]}")];
        Pairs(data.Train).Should().BeEquivalentTo("u0 i0", "u1 i1", "u0 i1");
        Pairs(data.Validation).Should().BeEquivalentTo("u1 i0");
        Pairs(data.Test).Should().BeEquivalentTo("u1 i2", "u0 i2");
        log.Dataset(2).Test.Count.Should().Be(0);
        log.Dataset(2).Items.Ids.Should().BeEquivalentTo("i0", "i1");
    }
}
