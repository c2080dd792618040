using DRepMRec.Data;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;

namespace DRepMRec.Tests.Serving;

public sealed class ItemMetadataTests
{
    private static readonly string[] Ids = [.. Enumerable.Range(0, 120).Select(n => $"i{n}")];

    [Fact]
    public void Metadata_of_none_of_the_items_are_refused()
    {
        Recommender recommender = Recommender.FromEmbeddings(["u"], [1f], ["12", "7"], [1f, 2f]);
        recommender.WithMetadata(Shelf.Of(["7", "later"])).Metadata!.Count.Should().Be(2);
        FluentActions.Invoking(() => recommender.WithMetadata(Shelf.Of(["12.0", "7.0"]))).Should().Throw<ArgumentException>().WithMessage(
            "Expected metadata of items of the model, such as '12', found none: they are of others, such as '12.0'; ids must agree in "
            + "every character.*");
    }

    [Fact]
    public void Values_come_back_as_they_were_given()
    {
        ItemMetadata metadata = Shelf.Of(Ids);
        metadata.Count.Should().Be(120);
        metadata.ToString().Should()
            .Be("120 items: 'kind' (Category), 'tags' (Category), 'price' (Number), 'released' (Date), 'title' (Text)");
        for (int n = 0; n < Ids.Length; n++)
            RequireValues(metadata[Ids[n]]!, n);
        metadata["nobody"].Should().BeNull();
        metadata.Categories("kind").Should().BeEquivalentTo(["kind-1", "kind-2", "kind-3", "kind-4", "kind-0"]);
        metadata["i1"]!.ToDictionary().Should().BeEquivalentTo(new Dictionary<string, object>
        {
            ["kind"] = new[] { "kind-1" },
            ["tags"] = new[] { "tag-1" },
            ["price"] = 37.0,
            ["released"] = Shelf.FirstDay.AddDays(1),
            ["title"] = "Title 1 é",
        });
        metadata["i0"]!.ToDictionary().Should().BeEmpty();
    }

    [Fact]
    public void Repeated_categories_count_once_and_dates_of_any_zone_are_the_same_moment()
    {
        ItemMetadata metadata = ItemMetadata.Of(["a"], MetadataColumn.Categories("tags", [["x", "y", "x"]]),
            MetadataColumn.Date("day", [new DateTimeOffset(2026, 5, 1, 2, 0, 0, TimeSpan.FromHours(2))]));
        metadata["a"]!.Categories("tags").Should().Equal("x", "y");
        metadata["a"]!.Date("day").Should().Be(new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public void Newer_values_take_the_place_of_older_ones_and_new_items_come_last()
    {
        ItemMetadata merged = Shelf.Of(Ids).With(Shelf.Of(["i5", "new"], n => n + 91));
        merged.Count.Should().Be(121);
        RequireValues(merged["i5"]!, 91);
        RequireValues(merged["i6"]!, 6);
        RequireValues(merged["new"]!, 92);
        ItemMetadata other = Shelf.Of(["j", "k"], n => n + 1);
        RequireValues(Shelf.Of(["i"], _ => 4).With(other)["i"]!, 4);
        RequireValues(other.With(Shelf.Of(["k"], _ => 5))["k"]!, 5);
        FluentActions.Invoking(() => other.With(ItemMetadata.Of(["k"], [.. other.Columns.Select(c => Shelf.Of(["k"]).Column(c.Name)),
            MetadataColumn.Text("more", ["1"])]))).Should().Throw<ArgumentException>().WithMessage("*'title' (Text), 'more' (Text).*");
        FluentActions.Invoking(() => ItemMetadata.Of(["x"], MetadataColumn.Text("a", ["1"]), MetadataColumn.Text("b", ["1"]))
                .With(ItemMetadata.Of(["x"], MetadataColumn.Text("a", ["1"]), MetadataColumn.Number("b", [1]))))
            .Should().Throw<ArgumentException>().WithMessage("Expected the columns 'a' (Text), 'b' (Text); got 'a' (Text), 'b' (Number).*");
        FluentActions.Invoking(() => merged.With(ItemMetadata.Of(["x"], MetadataColumn.Text("price", ["1"]))))
            .Should().Throw<ArgumentException>().WithMessage("Expected the columns 'kind' (Category), *; got 'price' (Text).*");
    }

    [Fact]
    public void Values_at_their_bounds_are_kept()
    {
        string name = new('x', 64);
        DateTimeOffset?[] dates = [DateTimeOffset.MinValue, DateTimeOffset.MaxValue, null];
        ItemMetadata metadata = ItemMetadata.Of(["a", "b", "c"], MetadataColumn.Date("day", dates),
            MetadataColumn.Number(name, [double.MaxValue, -0.0, double.Epsilon]), MetadataColumn.Categories("tags", [null, [], ["x"]]));
        using var folder = new TempFolder();
        RecommenderTests.Tiny().WithMetadata(metadata).Save(folder["model"]);
        Recommender loaded = Recommender.Load(folder["model"], new RecommenderLoadOptions { Verify = true });
        foreach (ItemMetadata all in new[] { metadata, loaded.Metadata! })
        {
            new[] { "a", "b", "c" }.Select(id => all[id]!.Date("day")).Should().Equal(dates);
            new[] { "a", "b", "c" }.Select(id => BitConverter.DoubleToInt64Bits(all[id]!.Number(name)!.Value)).Should()
                .Equal(new[] { double.MaxValue, -0.0, double.Epsilon }.Select(BitConverter.DoubleToInt64Bits));
            new[] { "a", "b", "c" }.Select(id => all[id]!.Categories("tags").Count).Should().Equal(0, 0, 1);
        }
    }

    [Fact]
    public void What_can_be_shown_of_a_table_of_items_is_metadata()
    {
        string[] ids = ["a", "b"];
        ItemColumn about = ItemColumn.Text("about", ["for features", null]);
        ItemColumn unseen = ItemColumn.Image("pixels", [ItemImage.FromBytes(new byte[] { 1 }), null]);
        DateTimeOffset day = new(2026, 1, 2, 0, 0, 0, TimeSpan.Zero);
        ItemTable table = ItemTable.Of(ids, ItemColumn.Title("name", ["Hat", null]), about, ItemColumn.Category("tags", [["x", "y"], null]),
            ItemColumn.Number("price", [1.5, null]), ItemColumn.Date("added", [day, null]),
            ItemColumn.Image("picture", [null, ItemImage.FromFile("b.png")]));
        ItemMetadata metadata = ItemMetadata.Of(table);
        metadata.ToString().Should().Be(
            "2 items: 'name' (Text), 'tags' (Category), 'price' (Number), 'added' (Date), 'picture' (Text)");
        metadata["a"]!.ToDictionary().Should().BeEquivalentTo(new Dictionary<string, object>
        {
            ["name"] = "Hat",
            ["tags"] = new[] { "x", "y" },
            ["price"] = 1.5,
            ["added"] = day,
        });
        metadata["b"]!.ToDictionary().Should().BeEquivalentTo(new Dictionary<string, object> { ["picture"] = "b.png" });
        ItemMetadata.TryOf(ItemTable.Of(ids, about, unseen)).Should().BeNull();
        Refused(() => ItemMetadata.Of(ItemTable.Of(ids, about, unseen)), "Expected a column that can be shown, got *");
    }

    [Fact]
    public void A_blank_text_is_none()
    {
        MetadataColumn title = MetadataColumn.Text("title", [" ", "", null, "\t\n", " a "]);
        Enumerable.Range(0, 5).Select(title.Value).Should().Equal([null, null, null, null, " a "]);
    }

    [Fact]
    public void What_cannot_be_metadata_is_refused()
    {
        MetadataColumn price = MetadataColumn.Number("price", [1, null]);
        Refused(() => ItemMetadata.Of(["a"], price), "Column 'price': expected values of 1 items, one per id, got 2.*");
        Refused(() => ItemMetadata.Of(["a", "a"], price), "Each id must occur once; 'a' is number 0 and number 1.");
        Refused(() => ItemMetadata.Of(["a", " "], price), "Expected the id of item number 1, got a blank.*");
        Refused(() => ItemMetadata.Of(["a", "b"], price, price), "Each column must occur once; 'price' is there twice.*");
        Refused(() => ItemMetadata.Of(["a"]), "columns must have at least one entry.*");
        Refused(() => MetadataColumn.Number("price", [double.NaN]),
            "Column 'price': expected a finite number for item number 0, got NaN.*");
        Refused(() => MetadataColumn.Category("kind", ["x", " "]), "Column 'kind': expected text for item number 1, got a blank.*");
        Refused(() => MetadataColumn.Text("title", ["\ud800"]), "Column 'title': expected text for item number 0, got *surrogate*");
        foreach (string name in new[] { "", " x", "a\nb", new string('x', 65) })
            Refused(() => MetadataColumn.Text(name, []), "A column's name has 1 to 64 characters*");
        ItemValues values = Shelf.Of(Ids)["i1"]!;
        Refused(() => values.Number("prize"), "There is no column 'prize' of metadata; there are 'kind' (Category), *");
        Refused(() => values.Number("kind"), "The column 'kind' is of Category.*");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_travels_in_the_model_file(bool memoryMap)
    {
        using var folder = new TempFolder();
        Recommender shelf = Shelf.Recommender;
        shelf.Save(folder["model"]);
        Recommender loaded = Recommender.Load(folder["model"], new RecommenderLoadOptions { MemoryMap = memoryMap, Verify = true });
        loaded.Metadata!.ToString().Should().Be(shelf.Metadata!.ToString());
        int n = 0;
        foreach (string id in loaded.Items)
            RequireValues(loaded.Metadata[id]!, n++);
        loaded.Save(folder["again"]);
        File.ReadAllBytes(folder["again"]).Should().Equal(File.ReadAllBytes(folder["model"]));
        loaded.WithMetadata(null).Metadata.Should().BeNull();
        loaded.WithMetadata(null).Recommend("0").Should().Equal(Served.Recommender.Recommend("0"));
    }

    [Fact]
    public void It_follows_the_catalogue()
    {
        using var folder = new TempFolder();
        string[] ids = [.. Served.Recommender.Items];
        Recommender stocked = Served.Recommender.WithMetadata(Shelf.Of([.. ids.Skip(1), "added"]));
        var priced = new RecommendationRequest { Count = 1000, Where = [new() { Column = "price" }] };
        RecommendationList before = stocked.Recommend(priced);
        before.Select(r => r.Item).Should().NotContain(ids[0]).And.NotContain("added");

        Recommender changed = stocked.WithoutItems([ids[2]])
            .WithItems([new("added", Served.Features(3)), new("other", Served.Features(4))]);
        changed.Save(folder["model"]);
        foreach (Recommender next in new[] { changed, Recommender.Load(folder["model"]) })
        {
            string[] answer = [.. next.Recommend(priced).Select(r => r.Item)];
            answer.Should().BeEquivalentTo([.. before.Select(r => r.Item).Where(i => i != ids[2]), "added"]);
            next.Metadata!["added"]!.Number("price").Should().Be(Shelf.Price(ids.Length - 1));
            next.Metadata[ids[2]].Should().NotBeNull("it's kept until the item comes back");
            Recommender back = next.WithoutItems(["added", "other"]).WithItems([new(ids[2], Served.Features(2))]);
            back.Recommend(priced).Select(r => r.Item).Should().BeEquivalentTo(before.Select(r => r.Item));
        }
    }

    private static void RequireValues(ItemValues values, int n)
    {
        values.Categories("kind").Should().Equal(Shelf.Kind(n) is { } kind ? [kind] : []);
        values.Categories("tags").Should().Equal(Shelf.Tags(n));
        values.Number("price").Should().Be(Shelf.Price(n));
        values.Date("released").Should().Be(Shelf.Released(n));
        values.Text("title").Should().Be(Shelf.Title(n));
    }

    private static void Refused(Func<object?> action, string message)
        => action.Should().Throw<ArgumentException>().WithMessage(message);
}
