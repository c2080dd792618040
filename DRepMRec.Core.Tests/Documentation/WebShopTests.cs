using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Tests.Features;
using Microsoft.Extensions.AI;
using WebShop;

namespace DRepMRec.Tests.Documentation;

/// <summary>What the sample makes of products that lack something.</summary>
public sealed class WebShopTests
{
    private static readonly EmbeddingEncoder[] Encoders =
        [EmbeddingEncoder.ForText(TestGenerators.Text()), EmbeddingEncoder.ForImages(TestGenerators.Images())];

    private static async Task<string[]> Modalities(params ItemImage?[] pictures)
    {
        ItemTable products = ItemTable.Of(["a", "b"], ItemColumn.Title("title", ["Lamp", "Rug"]), ItemColumn.Image("picture", pictures));
        return [.. (await ProductFeatures.EncodeAsync(Encoders, products, CancellationToken.None)).Select(table => table.Modality.Name)];
    }

    [Fact]
    public async Task Pictures_that_cannot_be_read_cost_the_features_of_pictures_alone()
    {
        ItemImage web = ItemImage.FromAddress("https://example.org/a.png"), missing = ItemImage.FromFile("no-such-folder/b.png");
        (await Modalities(web, missing)).Should().Equal("text");
        (await Modalities(null, null)).Should().Equal("text");
        (await Modalities(web, ItemImage.FromBytes(new byte[] { 1 }))).Should().Equal("text", "image");
        ItemTable untitled = ItemTable.Of(["a"], ItemColumn.Title("title", [null]));
        ProductFeatures.Usable(Encoders, untitled).Should().BeEmpty();
    }

    [Fact]
    public async Task Files_that_are_no_pictures_cost_the_features_of_pictures_alone()
    {
        var strict = new EmbeddingEncoderOptions { BadItems = BadRowHandling.Skip, MaxRetries = 0 };
        TestGenerator<DataContent> images = TestGenerators.Images();
        images.OnRequest = _ => throw new InvalidDataException("This is no picture.");
        EmbeddingEncoder[] encoders = [Encoders[0], EmbeddingEncoder.ForImages(images, strict)];
        ItemImage broken = ItemImage.FromBytes(new byte[] { 1 });
        ItemTable products = ItemTable.Of(
            ["a", "b"], ItemColumn.Title("title", ["Lamp", "Rug"]), ItemColumn.Image("picture", [broken, broken]));
        (await ProductFeatures.EncodeAsync(encoders, products, CancellationToken.None)).Select(table => table.Modality.Name)
            .Should().Equal("text");
    }
}
