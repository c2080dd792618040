using DRepMRec.Data;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;

namespace DRepMRec.Tests.Serving;

/// <summary>Items that came after the training and are retired, whatever came in between.</summary>
public sealed class ForgottenItemsTests
{
    private static readonly Dictionary<string, Func<Recommender, Recommender>> Between = new()
    {
        ["interactions of others"] = from => from.WithInteractions([New()]),
        ["a user forgotten"] = from => from.WithoutUsers([Grown.Data.Users[2]]),
        ["rows of bytes"] = from => from.WithRowPrecision(RowPrecision.Int8),
    };

    public static TheoryData<string> Names => [.. Between.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_added_item_without_interactions_is_forgotten_and_comes_last_when_it_is_added_again(string between)
    {
        Recommender retired = Between[between](Grown.Recommender.WithItems([Content("x")])).WithoutItems(["x"]);
        Recommender again = retired.WithItems([Content("y")]).WithItems([Content("x")]);
        again.Items.TakeLast(2).Should().Equal("y", "x");
        again.Items.Should().OnlyHaveUniqueItems().And.HaveCount(Grown.Data.Items.Count + 2);

        using var folder = new TempFolder();
        retired.Save(folder["model"]);
        Recommender loaded = Recommender.Load(folder["model"], new RecommenderLoadOptions { Verify = true });
        loaded.Model.ItemRows.Should().Be(Grown.Data.Items.Count, "nothing of it is in the file");
        Interaction[] more = [new("newcomer", Grown.Data.Items[3]), new("newcomer", "x")];
        loaded.WithInteractions(more).ShouldBeTheSameAs(retired.WithInteractions(more));
    }

    [Fact]
    public void An_added_item_keeps_its_place_once_it_or_one_behind_it_has_interactions()
    {
        foreach (string chosen in new[] { "x", "y" })
        {
            Recommender changed = Grown.Recommender.WithItems([Content("x"), Content("y")])
                .WithInteractions([new Interaction(Grown.Data.Users[0], chosen)]).WithInteractions([New()]);
            Recommender again = changed.WithoutItems(["x"]).WithItems([Content("z"), Content("x")]);
            again.Items.TakeLast(3).Should().Equal("x", "y", "z");
            again = changed.WithoutItems(["y"]).WithItems([Content("z"), Content("y")]);
            string[] last = chosen == "y" ? ["x", "y", "z"] : ["x", "z", "y"];
            again.Items.TakeLast(3).Should().Equal(last);
        }
    }

    /// <summary>A pair of a known user and a known item that is new.</summary>
    private static Interaction New()
        => new(Grown.Data.Users[0], Grown.Recommender.Recommend(Grown.Data.Users[0], 1)[0].Item);

    private static ItemContent Content(string id)
        => new(id, Grown.Data.Features.ToDictionary(f => f.Modality, f => (ReadOnlyMemory<float>)f[0].ToArray()));
}
