using System.Security.Cryptography;
using System.Text;
using DRepMRec.Data;

namespace DRepMRec.Tests.Data;

public sealed class RecDatasetTests
{
    private static readonly IdMap TwoUsers = new(["a", "b"]);
    private static readonly IdMap TwoItems = new(["x", "y"]);

    private static InteractionSet Set(params (int, int)[] pairs) => new(2, 2, pairs);

    private static RecDataset Small(params ItemFeatures[] features)
        => new("small", TwoUsers, TwoItems, new(Set((0, 0), (1, 0)), Set((0, 1)), Set((1, 1))), features);

    [Fact]
    public void Refuses_parts_that_do_not_fit()
    {
        Action counts = () => _ = new RecDataset("small", new IdMap(["a"]), TwoItems, new(Set(), Set(), Set()));
        counts.Should().Throw<ArgumentException>()
            .WithMessage("The training interactions are over 2 users and 2 items; the dataset has 1 and 2. (Parameter 'splits')");
        Action overlap = () => _ = new RecDataset("small", TwoUsers, TwoItems, new(Set((0, 1)), Set(), Set((0, 1))));
        overlap.Should().Throw<ArgumentException>()
            .WithMessage("No pair may be in two sets; got the pair (0, 1) in training and test. (Parameter 'splits')");
        Action rows = () => Small(new ItemFeatures(Modality.Text, 1, 1, [1f]));
        rows.Should().Throw<ArgumentException>().WithMessage("Modality text has 1 rows; the dataset has 2 items. (Parameter 'features')");
        Action twice = () => Small(new ItemFeatures(Modality.Text, 2, 1, [1f, 2]), new ItemFeatures(Modality.Text, 2, 1, [1f, 2]));
        twice.Should().Throw<ArgumentException>().WithMessage("Each modality must occur once; got text, text. (Parameter 'features')");
    }

    [Fact]
    public void Modalities_stand_in_the_order_of_their_names()
        => Small(new ItemFeatures(Modality.Text, 2, 1, [1f, 2]), new ItemFeatures(Modality.Audio, 2, 1, [1f, 2])).Features.Select(f
            => f.Modality.Name).Should().Equal("audio", "text");

    [Fact]
    public void The_checksum_is_that_of_the_canonical_form()
    {
        const string Canonical = "train\n1:a1:x\n1:b1:x\nvalidation\n1:a1:y\ntest\n1:b1:y\n";
        Small().SplitChecksum.Should().Be(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Canonical))));
    }

    [Fact]
    public void The_checksum_knows_neither_index_order_nor_features()
    {
        var turned = new RecDataset("other", new IdMap(["b", "a"]), new IdMap(["y", "x"]),
            new(Set((0, 1), (1, 1)), Set((1, 0)), Set((0, 0))), [new ItemFeatures(Modality.Text, 2, 1, [1f, 2])]);
        var exchanged = new RecDataset("small", TwoUsers, TwoItems, new(Set((0, 0), (1, 0)), Set((1, 1)), Set((0, 1))));

        turned.SplitChecksum.Should().Be(Small().SplitChecksum);
        exchanged.SplitChecksum.Should().NotBe(Small().SplitChecksum);
    }

    [Fact]
    public void The_summary_reads_well()
    {
        var train = new InteractionSet(3, 4, [(0, 0), (1, 1), (1, 0)]);
        var data = new RecDataset("shop", new IdMap(["a", "b", "c"]), new IdMap(["0", "1", "2", "3"]),
            new(train, new(3, 4, [(0, 1)]), new(3, 4, [(2, 2), (1, 2), (0, 3)])),
            [new ItemFeatures(Modality.Image, 4, 2, [1, 2, 3, 4, 0, 0, 5, 6])]);

        data.ToString().Should().Be("shop: 3 users, 4 items, 3 + 1 + 3 interactions, image(2)");
        data.Summarize().ToString().Should().Be(
            $"""
            shop
              users                  3   1 without a training interaction
              items                  4   2 without a training interaction
              training               3   density of all three sets 58.3333 %
              validation             1
              test                   3   3 on cold items
              image                  3   items with 2 features each (75 %)
              split       {data.SplitChecksum[..12]}
            """);
        data.Summarize().Density.Should().BeApproximately(7 / 12.0, 1e-12);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_its_interactions_make_is_the_same_dataset(bool weighted)
    {
        RecDataset data = InThreeSets(weighted);
        Interaction[] rows = [.. data.ToInteractions()];
        rows[0].Should().Be(new Interaction("u0", "i0", Label: 0, Weight: weighted ? 2 : null));
        rows[^1].Should().Be(new Interaction("u1", "i3", Label: 2));
        RecDataset again = RecDataset.FromInteractions("again", rows, options: new DatasetOptions { Split = SplitStrategy.ByLabel() });
        again.SplitChecksum.Should().Be(data.SplitChecksum);
        again.Train.Weights.ToArray().Should().Equal(data.Train.Weights.ToArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void With_all_in_training_nothing_is_held_out_and_nothing_is_lost(bool weighted)
    {
        RecDataset data = InThreeSets(weighted), all = data.WithAllInTraining();
        (all.Validation.Count, all.Test.Count).Should().Be((0, 0));
        (all.Users, all.Items).Should().Be((data.Users, data.Items));
        all.Features.Should().Equal(data.Features);
        all.ToInteractions().Select(i => (i.User, i.Item, i.Weight ?? 1))
            .Should().BeEquivalentTo(data.ToInteractions().Select(i => (i.User, i.Item, i.Weight ?? 1)));
        all.ToInteractions().Should().OnlyContain(i => i.Label == 0);
    }

    [Fact]
    public void With_all_in_training_no_note_speaks_of_the_split_that_was()
    {
        Interaction[] rows = [.. Enumerable.Range(0, 80).Select(n => new Interaction($"u{n / 20}", $"i{n % 20}", Rating: 3, Timestamp: n))];
        RecDataset data = RecDataset.FromInteractions("x", rows, [new FeatureTable(Modality.Image, ["i0"], 1, new float[] { 1 })]);
        data.Notes.Should().ContainMatch("no labels were found: split by *").And.ContainMatch("timestamps not read: *");
        RecDataset all = data.InIdOrder().WithAllInTraining();
        all.Notes.Should().HaveCount(2).And.ContainMatch("ratings not read: *")
            .And.ContainMatch("image: 1 of 20 items with interactions have a row*");
    }

    private static RecDataset InThreeSets(bool weighted)
    {
        InteractionSet Set(float[] weights, params (int, int)[] pairs) => new(2, 4, pairs, weighted ? weights : null);
        return new RecDataset("three", new IdMap(["u0", "u1"]), new IdMap(["i0", "i1", "i2", "i3"]), new(
            Set([2, 1, 3], (0, 0), (0, 1), (1, 2)), Set([1, 4], (0, 2), (1, 0)), Set([1], (1, 3))));
    }
}
