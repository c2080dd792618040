using System.Text;
using DRepMRec.Data;

namespace DRepMRec.Tests.Data;

/// <summary>Where labels give training and test alone, validation comes from training.</summary>
public sealed class DrawnValidationTests
{
    private const int Users = 400;
    private const int Items = 20;

    // Of each user's 20, four are for the test.
    private static IEnumerable<(int User, int Item, int Label)> Rows()
        => Enumerable.Range(0, Users * Items).Select(n => (n / Items, n % Items, n % 5 == 0 ? 2 : 0));

    private static void ShouldBeDrawn(RecDataset data)
    {
        data.Test.Count.Should().Be(Users * Items / 5);
        data.Train.Count.Should().Be((Users * Items * 4 / 5) - data.Validation.Count);
        (data.Validation.Count / (Users * Items * 0.8)).Should().BeApproximately(0.1, 0.01);
        for (int u = 0; u < data.Users.Count; u++)
        {
            data.Test.ItemsOf(u).Length.Should().Be(4);
            data.Validation.ItemsOf(u).Length.Should().BeInRange(1, 2, "a tenth of 16, rounded by a draw");
        }

        data.Summarize().Notes.Should().Contain(FormattableString.Invariant(
            $"the labels give no validation interactions: {data.Validation.Count} were drawn from training, 0.1 of each user's, ")
            + "with the seed 2024");
    }

    [Fact]
    public void In_every_reader()
    {
        string Table(string header, char separator)
            => header + "\n" + string.Concat(Rows().Select(r => $"{r.User}{separator}{r.Item}{separator}{r.Label}\n"));
        using TempFolder mmrec = new TempFolder().With("x.inter", Table("userID\titemID\tx_label", '\t'));
        using TempFolder recbole = new TempFolder().With("x.inter", Table("user_id:token\titem_id:token\tx_label:float", '\t'));
        using TempFolder csv = new TempFolder().With("x.csv", Table("user,item,x_label", ','));
        using TempFolder lattice = new TempFolder().With("train.json", Json(0)).With("test.json", Json(2));
        RecDataset[] all =
        [
            RecDataset.Load(mmrec.Path), RecDataset.Load(recbole.Path), RecDataset.Load(lattice.Path),
            RecDataset.LoadDelimited(csv["x.csv"], new() { Label = "x_label" }),
            RecDataset.FromInteractions("x", Rows().Select(r => new Interaction($"{r.User}", $"{r.Item}", Label: r.Label))),
        ];
        foreach (RecDataset data in all)
            ShouldBeDrawn(data);
        all.Select(data => data.SplitChecksum).Distinct().Should().ContainSingle("the same interactions split the same way");
    }

    [Fact]
    public void The_seed_and_the_share_decide_and_nothing_is_drawn_where_it_is_not_wanted()
    {
        Interaction[] log = [.. Rows().Select(r => new Interaction($"{r.User}", $"{r.Item}", Label: r.Label))];
        RecDataset Split(SplitStrategy strategy, IEnumerable<Interaction>? rows = null)
            => RecDataset.FromInteractions("x", rows ?? log, options: new() { Split = strategy });
        SplitStrategy drawn = SplitStrategy.ByLabel(validationShare: 0.25);
        Split(drawn).Validation.Count.Should().Be(Users * 4);
        Split(drawn, log.Reverse()).SplitChecksum.Should().Be(Split(drawn).SplitChecksum, "the order of rows doesn't matter");
        Split(drawn with { Seed = 7 }).SplitChecksum.Should().NotBe(Split(drawn).SplitChecksum);
        RecDataset without = Split(SplitStrategy.ByLabel(allowMissing: true));
        without.Validation.Count.Should().Be(0);
        without.Summarize().Notes.Should().Equal("the labels give no validation interactions");
        Split(drawn, [.. log, new("0", "y", Label: 1)]).Validation.Count.Should().Be(1, "there is a validation set");
        FluentActions.Invoking(() => SplitStrategy.ByLabel(validationShare: 1)).Should().Throw<ArgumentOutOfRangeException>();
    }

    private static string Json(int label)
    {
        var json = new StringBuilder();
        foreach (var user in Rows().Where(r => r.Label == label).GroupBy(r => r.User))
            json.Append(json.Length == 0 ? "{" : ",").Append($"\"{user.Key}\": [{string.Join(", ", user.Select(r => r.Item))}]");
        return json.Append('}').ToString();
    }
}
