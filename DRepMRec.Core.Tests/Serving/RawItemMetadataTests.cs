using DRepMRec.Data;
using DRepMRec.Serving;

namespace DRepMRec.Tests.Serving;

/// <summary>The metadata of items that are added by their raw fields.</summary>
public sealed class RawItemMetadataTests : IClassFixture<RawItemTests.Shop>
{
    private readonly RawItemTests.Shop _shop;

    public RawItemMetadataTests(RawItemTests.Shop shop) => _shop = shop;

    [Fact]
    public void Columns_of_the_metadata_alone_are_known_and_those_that_new_items_lack_are_empty()
    {
        Recommender described = _shop.Recommender.WithMetadata(ItemMetadata.Of(["p1"],
            MetadataColumn.Number("weight", [5]), MetadataColumn.Category("shelf", ["top"]), MetadataColumn.Text("note", ["n"]),
            MetadataColumn.Date("since", [Shelf.FirstDay]), MetadataColumn.Number("price", [2])));
        Recommender added = described.WithItems(ItemTable.Of(["new"], ItemColumn.Number("price", [7]), ItemColumn.Number("weight", [9])));
        added.Metadata!.Columns.Select(c => (c.Name, c.Kind)).Should().Equal(
            described.Metadata!.Columns.Select(c => (c.Name, c.Kind)));
        added.Metadata["new"]!.ToDictionary().Keys.Should().BeEquivalentTo("price", "weight");
        added.Metadata["new"]!.Number("weight").Should().Be(9);
        added.Metadata["p1"]!.Text("note").Should().Be("n");
        Recommender without = _shop.Recommender.WithMetadata(null);
        without.WithItems(ItemTable.Of(["new"], ItemColumn.Number("price", [7]))).Metadata.Should().BeNull();
        Refused<ArgumentException>(
            () => without.WithItems(ItemTable.Of(["new"], ItemColumn.Number("price", [7]), ItemColumn.Number("weight", [9]))),
            "Expected columns that the model knows, 'kind', 'picture', 'price', 'title', 'about'; got 'weight' (Number).*");
        Refused<ArgumentException>(
            () => described.WithItems(ItemTable.Of(["new"], ItemColumn.Number("price", [7]), ItemColumn.Number("size", [9]))),
            "Expected columns that the model knows, 'kind', 'picture', 'price', 'title', 'about', 'weight', 'shelf', 'note', 'since'; got "
            + "'size' (Number).*");
    }

    [Fact]
    public void Items_keep_what_the_metadata_has_of_them_in_columns_that_they_come_without()
    {
        ItemMetadata metadata = ItemMetadata.Of(["p1", "next"],
            MetadataColumn.Number("weight", [5, 6]), MetadataColumn.Text("note", ["n", "soon"]), MetadataColumn.Number("price", [2, 3]),
            MetadataColumn.Category("about", ["a", "b"]));
        Recommender described = _shop.Recommender.WithMetadata(metadata);
        ItemMetadata after = described.WithItems(ItemTable.Of(["next", "p1", "new"],
            ItemColumn.Number("price", [7, null, 8]), ItemColumn.Category("kind", [["kind 1"], ["kind 1"], ["kind 1"]]))).Metadata!;
        after["next"]!.ToDictionary().Should().BeEquivalentTo(new Dictionary<string, object>
        {
            ["weight"] = 6.0,
            ["note"] = "soon",
            ["price"] = 7.0,
            ["about"] = new[] { "b" },
        });
        after["p1"]!.ToDictionary().Keys.Should().BeEquivalentTo("weight", "note", "about");
        after["new"]!.ToDictionary().Keys.Should().Equal("price");

        // A text for features shows where the metadata's column is one of text.
        FeatureTable[] Prices(string id) => [_shop.Recommender.Encoders[2].Encode(ItemTable.Of([id], ItemColumn.Number("price", [7])))];
        ItemMetadata texts = described.WithItems(
            ItemTable.Of(["next"], ItemColumn.Text("note", ["now"]), ItemColumn.Text("about", ["warm"])), Prices("next")).Metadata!;
        texts["next"]!.Text("note").Should().Be("now");
        texts["next"]!.Categories("about").Should().Equal(["b"], "an encoder reads the text, and it's no category");
        _shop.Recommender.WithItems(ItemTable.Of(["lamp"], ItemColumn.Text("title", ["Lamp"])), Prices("lamp"))
            .Metadata!["lamp"]!.Text("title").Should().Be("Lamp");
        Refused<ArgumentException>(
            () => described.WithItems(ItemTable.Of(["next"], ItemColumn.Number("price", [7]), ItemColumn.Text("weight", ["9 kg"]))),
            "Expected the column 'weight' of Number; got Text.*");
    }

    private static void Refused<T>(Func<object> action, string message) where T : Exception
        => FluentActions.Invoking(action).Should().Throw<T>().WithMessage(message);
}
