using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Tests.Data;

/// <summary>Saving and loading is the identity, whatever the dataset.</summary>
public sealed class SavedDatasetTests
{
    private static readonly string[] Pieces = ["a", "B", "7", "0", "00", " ", "\t", "\"", "\n", ",", "'", "\\", "ß", "\U0001F600",
        "\u202E", "\uFEFF", "\0", "1999999999999999999", "userID", ".0", "#"];

    public static TheoryData<string> Splits => ["none", "no validation", "no test", "all three"];

    [Theory]
    [MemberData(nameof(Splits))]
    public void A_set_may_be_empty(string which)
    {
        SplitStrategy split = which switch
        {
            "none" => SplitStrategy.None,
            "no validation" => SplitStrategy.GlobalTime(0, 0.2),
            "no test" => SplitStrategy.RandomPerUser(0.2, 0),
            _ => SplitStrategy.RandomPerUser(),
        };
        IEnumerable<Interaction> log = Enumerable.Range(0, 200)
            .Select(n => new Interaction($"{n / 10}", $"{n % 10 * n % 37}", Timestamp: n));
        var options = new DatasetOptions { Split = split, Duplicates = DuplicateHandling.KeepFirst };
        ShouldSurvive(RecDataset.FromInteractions("mine", log, options: options));
    }

    [Fact]
    public void Random_datasets_survive()
    {
        var random = new SeededRandom(77);
        for (int n = 0; n < 150; n++)
            ShouldSurvive(Draw(random));
    }

    [Fact]
    public void What_could_not_be_loaded_is_refused_when_it_is_saved()
    {
        using var folder = new TempFolder();
        InteractionSet none = new(1, 1, []), one = new(1, 1, [(0, 0)]);
        var empty = new RecDataset("empty", new IdMap(["a"]), new IdMap(["b"]), new(none, none, one));
        FluentActions.Invoking(() => empty.SaveMmrec(folder.Path)).Should().Throw<InvalidOperationException>()
            .WithMessage("A dataset without a training interaction can't be written: it couldn't be loaded again.");
        folder.Files().Should().BeEmpty();
    }

    [Theory]
    [InlineData("name.with.dots")]
    [InlineData(" ")]
    [InlineData("..")]
    [InlineData("x.inter")]
    [InlineData("\U0001F600")]
    public void Its_name_survives(string name)
    {
        using var folder = new TempFolder();
        RecDataset.FromInteractions(name, [new("u", "i")], options: new() { Split = SplitStrategy.None }).SaveMmrec(folder.Path);
        RecDataset.Load(folder.Path).Name.Should().Be(name);
    }

    [Fact]
    public void A_name_that_is_too_long_for_a_file_is_cut()
    {
        using var folder = new TempFolder();
        string name = string.Concat(Enumerable.Repeat("\U0001F600", 300));
        RecDataset.FromInteractions(name, [new("u", "i")], options: new() { Split = SplitStrategy.None }).SaveMmrec(folder.Path);
        RecDataset.Load(folder.Path).Name.Should().Be(name[..100]);
    }

    [Fact]
    public void Files_that_differ_by_case_are_those_of_another_dataset()
    {
        using TempFolder folder = new TempFolder().With("IMAGE_feat.NPY", "");
        RecDataset data = RecDataset.FromInteractions("mine", [new("u", "i")], options: new() { Split = SplitStrategy.None });
        FluentActions.Invoking(() => data.SaveMmrec(folder.Path, overwrite: true)).Should().Throw<IOException>()
            .WithMessage("*holds files of another dataset*IMAGE_feat.NPY.");
    }

    private static void ShouldSurvive(RecDataset data)
    {
        using var folder = new TempFolder();
        data.SaveMmrec(folder.Path);
        RecDataset again = RecDataset.Load(folder.Path, options: new() { Split = SplitStrategy.ByLabel(allowMissing: true) });
        if (data.Validation.Count > 0 || data.Test.Count == 0)
            RecDataset.Load(folder.Path).SplitChecksum.Should().Be(data.SplitChecksum, "nothing is drawn");

        again.Name.Should().Be(data.Name);
        again.Users.Ids.Should().Equal(data.Users.Ids);
        again.Items.Ids.Should().Equal(data.Items.Ids);
        again.SplitChecksum.Should().Be(data.SplitChecksum);
        foreach (var (own, other) in new[] { (data.Train, again.Train), (data.Validation, again.Validation), (data.Test, again.Test) })
        {
            other.Offsets.SequenceEqual(own.Offsets).Should().BeTrue();
            other.Items.SequenceEqual(own.Items).Should().BeTrue();
            other.Weights.SequenceEqual(own.Weights).Should().BeTrue();
        }

        again.Features.Select(f => f.Modality).Should().Equal(data.Features.Select(f => f.Modality));
        foreach (var (own, other) in data.Features.Zip(again.Features))
        {
            other.Dimension.Should().Be(own.Dimension);
            other.Values.SequenceEqual(own.Values).Should().BeTrue();
            other.Present.SequenceEqual(own.Present).Should().BeTrue();
        }
    }

    /// <summary>
    /// A dataset as the constructor takes it: ids in any order, users and items without interactions, sets that may be empty, features of
    /// some.
    /// </summary>
    private static RecDataset Draw(SeededRandom random)
    {
        int users = 1 + random.NextInt(6), items = 1 + random.NextInt(8);
        List<(int, int)>[] sets = [[], [], []];
        int among = 1 + random.NextInt(3);
        for (int u = 0; u < users; u++)
        {
            for (int i = 0; i < items; i++)
            {
                if ((u, i) == (0, 0))
                    sets[0].Add((u, i));
                else if (random.NextInt(3) == 0)
                    sets[random.NextInt(among)].Add((u, i));
            }
        }

        bool isWeighted = random.NextInt(2) == 0;
        float Weight() => random.NextInt(3) switch { 0 => 1, 1 => 1 + random.NextInt(5), _ => (float)Math.Exp(random.NextGaussian()) };
        InteractionSet Set(int n) => new(users, items, sets[n], isWeighted ? [.. sets[n].Select(_ => Weight())] : null);
        ItemFeatures Features(Modality modality)
        {
            int dimension = 1 + random.NextInt(4);
            float[] values = [.. Enumerable.Range(0, items * dimension)
                .Select(_ => random.NextInt(8) switch { 0 => 0f, 1 => 1e-42f, 2 => -3e38f, 3 => float.NaN, _
                => (float)random.NextGaussian() })];
            return new ItemFeatures(modality, items, dimension, values);
        }

        Modality[] modalities = [.. new[] { Modality.Image, Modality.Text, new Modality("-_x9") }.Where(_ => random.NextInt(2) == 0)];
        return new RecDataset($"set {random.NextInt(100)}", Ids(users, random), Ids(items, random), new(Set(0), Set(1), Set(2)),
            [.. modalities.Select(Features)]);
    }

    private static IdMap Ids(int count, SeededRandom random)
    {
        var ids = new HashSet<string>();
        while (ids.Count < count)
        {
            string id = string.Concat(Enumerable.Range(0, 1 + random.NextInt(4)).Select(_ => Pieces[random.NextInt(Pieces.Length)]));
            if (!string.IsNullOrWhiteSpace(id))
                ids.Add(id);
        }

        return new IdMap(ids);
    }
}
