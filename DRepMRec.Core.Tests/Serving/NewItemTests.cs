using DRepMRec.Data;
using ServeRecommendations;

namespace DRepMRec.Tests.Serving;

/// <summary>Items as visitors of the sample describe them.</summary>
public sealed class NewItemTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void A_shop_without_pictures_takes_items_without_one(string? none)
    {
        var options = new ShelfOptions { Picture = none! };
        var item = new NewItem("new", new Dictionary<string, string[]> { ["title"] = ["Blue lamp"] }, null);
        ItemTable table = NewItem.Table([item], Shelf.Recommender, options);
        table.ToString().Should().Be("1 items: 'title' (Title)");
        NewItem pictured = item with { Picture = NewPicture.Of([0x89, (byte)'P', (byte)'N', (byte)'G']) };
        FluentActions.Invoking(() => NewItem.Table([pictured], Shelf.Recommender, options)).Should().Throw<FormatException>()
            .WithMessage("Expected no picture: this shop has no column of pictures.");
        NewItem.Table([pictured], Shelf.Recommender, new ShelfOptions()).ToString().Should()
            .Be("1 items: 'title' (Title), 'picture' (Image)");
    }

    [Fact]
    public void Texts_and_pictures_count_by_the_memory_they_take()
    {
        var item = new NewItem("new", new Dictionary<string, string[]> { ["title"] = ["Lamp"], ["kind"] = ["a", "bc"] }, null);
        item.Bytes.Should().Be(2 * (4 + 1 + 2));
        (item with { Picture = NewPicture.Of([0x89, (byte)'P', (byte)'N', (byte)'G']) }).Bytes.Should().Be(item.Bytes + 4);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void A_shop_without_titles_takes_texts(string? none)
    {
        var item = new NewItem("new", new Dictionary<string, string[]> { ["title"] = ["Blue lamp"] }, null);
        NewItem.Table([item], Shelf.Recommender, new ShelfOptions { Title = none! }).ToString().Should().Be("1 items: 'title' (Text)");
    }
}
