using DRepMRec.Data;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;

namespace DRepMRec.Tests.Serving;

/// <summary>A catalogue that changes while interactions come in.</summary>
public sealed class RefreshedCatalogueTests
{
    [Fact]
    public void A_catalogue_may_change_before_and_after()
    {
        ItemContent content = new("novel", Features(0));
        string gone = Grown.Data.Items[1], user = Grown.Data.Users[0];
        Recommender next = Grown.Recommender.WithItems([content]).WithoutItems([gone])
            .WithInteractions([new Interaction(user, "novel"), new Interaction(user, gone), new Interaction("x", "y")]);
        next.History(user).Should().Contain("novel").And.NotContain(gone);
        next.Items.Should().Contain(["novel", "y"]).And.NotContain(gone);
        next.Popularity("novel").Should().Be(1);
        Recommender changed = next.WithItems([new ItemContent("y", Features(2)), new ItemContent(gone, Features(1)), content]);
        changed.History(user).Should().Contain(["novel", gone]);
        changed.Items.Count.Should().Be(Grown.Data.Items.Count + 2);
        Recommender last = changed.WithInteractions([new Interaction("x", gone)]);
        last.ShouldBeTheSameAs(GrownGraph.Whole(last));
        using var folder = new TempFolder();
        last.Save(folder["model"]);
        Recommender.Load(folder["model"]).ShouldBeTheSameAs(last);
        last.WithoutItems(["y"]).WithInteractions([new Interaction("x", "novel")]).Items.Should().NotContain("y");
    }

    [Fact]
    public void An_item_has_the_same_item_to_item_weights_whether_content_or_interactions_came_first()
    {
        ItemContent[] content = [new("novel", Features(3))];
        Interaction[] clicks = [new(Grown.Data.Users[0], "novel"), new(Grown.Data.Users[1], "without content")];
        Recommender clicked = Grown.Recommender.WithInteractions(clicks);
        using var folder = new TempFolder();
        clicked.Save(folder["model"]);
        float[] expected = Weights(Grown.Recommender.WithItems(content).WithInteractions(clicks));
        expected.Count(w => w != 0).Should().BeGreaterThan(10);
        foreach (Recommender before in new[] { clicked, Recommender.Load(folder["model"]), clicked.WithoutItems(["novel"]) })
        {
            Recommender after = before.WithItems(content);
            Weights(after).Should().Equal(expected, (a, b) => Math.Abs(a - b) < 1e-6f);
            Weights(after.WithItems([new("novel", Features(7))])).Should().Equal(Weights(after), "an item keeps what it came with");
            before.Model.ItemToItem!.Weight(0, before.Model.RowFor("novel")).Should().Be(0);
            after.Save(folder["after"]);
            Weights(Recommender.Load(folder["after"], new RecommenderLoadOptions { Verify = true })).Should().Equal(Weights(after));
        }

        static float[] Weights(Recommender recommender)
        {
            recommender.Model.TryGetItem("novel", out int row).Should().BeTrue();
            ItemToItemRows part = recommender.Model.ItemToItem!;
            int[] known = [.. Enumerable.Range(0, Grown.Data.Items.Count)];
            return [.. known.Select(item => part.Weight(item, row)), .. known.Select(item => part.Weight(row, item))];
        }
    }

    [Fact]
    public void Metadata_go_by_id_whatever_comes_and_goes()
    {
        string gone = Grown.Data.Items[2];
        string[] described = [Grown.Data.Items[5], "novel", "clicked", gone, "retired"];
        ItemMetadata metadata = ItemMetadata.Of(described, MetadataColumn.Number("price", [1, 2, 3, 4, 5]));
        Recommender changed = Grown.Recommender.WithMetadata(metadata)
            .WithItems([new ItemContent("retired", Features(0)), new("novel", Features(1)), new("plain", Features(2))])
            .WithoutItems(["retired", gone])
            .WithInteractions([new Interaction("x", "clicked"), new Interaction("x", "unheard of")]);
        CatalogueMetadata rows = changed.Model.Metadata!;
        for (int row = 0; row < changed.Model.ItemRows; row++)
            rows.RowOf(row).Should().Be(Array.IndexOf(described, changed.Model.ItemId(row)));
        changed.Recommend(new RecommendationRequest { UserId = "y", Where = [new ItemCondition { Column = "price" }] })
            .Select(r => r.Item).Should().BeEquivalentTo([Grown.Data.Items[5], "novel", "clicked"]);
    }

    [Fact]
    public void An_added_item_that_is_retired_and_comes_again_is_new_whether_a_file_was_between_or_not()
    {
        using var folder = new TempFolder();
        Recommender never = Grown.Recommender.WithItems([new("novel", Features(0)), new("other", Features(1))]);
        never.Save(folder["model"]);
        Recommender often = Recommender.Load(folder["model"]);
        string user = Grown.Data.Users[0], gone = Grown.Data.Items[1];
        Recommender Again(Recommender from) => from.WithoutItems(["novel", gone]).WithItems([new("novel", Features(2))]);
        Interaction[] more = [new(user, "novel"), new("x", "other"), new("x", gone)];
        foreach (Func<Recommender, Recommender> change in new Func<Recommender, Recommender>[]
        {
            from => Again(from).WithInteractions(more),
            from => from.WithoutItems(["novel", gone]).WithInteractions(more),
            from => Again(from).WithoutUsers([Grown.Data.Users[2]]),
            from => Again(from).WithRowPrecision(RowPrecision.Int8).WithInteractions(more),
        })
        {
            Recommender changed = change(often);
            changed.ShouldBeTheSameAs(change(never));
            changed.Items.Should().Contain("novel").And.NotContain(gone).And.OnlyHaveUniqueItems();
            changed.Items.Contains("novel").Should().BeTrue();
            changed.Save(folder["again"]);
            Recommender.Load(folder["again"]).ShouldBeTheSameAs(changed);
        }

        Again(often).WithInteractions(more).History(user).Should().Contain("novel");
    }

    [Fact]
    public void Items_with_other_content_alone_are_in_what_comes_in_afterwards()
    {
        var (user, item) = (Grown.Data.Users[0], Grown.Data.Items[1]);
        Recommender changed = Grown.Recommender.WithItems([new ItemContent(item, Features(7))]);
        Recommender next = changed.WithInteractions([new Interaction(user, item), new Interaction("x", Grown.Data.Items[2])]);
        next.ShouldBeTheSameAs(GrownGraph.Whole(next));
        next.Model.ItemModal[0][1].ToArray().Should().NotEqual(Grown.Recommender.Model.ItemModal[0][1].ToArray());
        using var folder = new TempFolder();
        next.Save(folder["model"]);
        Recommender.Load(folder["model"], new RecommenderLoadOptions { Verify = true }).ShouldBeTheSameAs(next);
    }

    private static Dictionary<Modality, ReadOnlyMemory<float>> Features(int item)
        => Grown.Data.Features.ToDictionary(f => f.Modality, f => (ReadOnlyMemory<float>)f[item].ToArray().Select(v => v + 0.5f).ToArray());
}
