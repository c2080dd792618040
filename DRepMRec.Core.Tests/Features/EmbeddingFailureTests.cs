using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Tests.Data;
using Microsoft.Extensions.AI;

namespace DRepMRec.Tests.Features;

/// <summary>What a generator gives that is no embedding, and pictures that change while features are made.</summary>
public sealed class EmbeddingFailureTests
{
    private const string Wrong = "Expected numbers from the generator 'odd'; for the item 'b' it gave none.";

    private static readonly EmbeddingEncoderOptions Fast = new() { RetryDelay = TimeSpan.Zero, MaxRetries = 0 };
    private static readonly ItemTable Titles = ItemTable.Of(
        ["a", "b", "c", "d"], ItemColumn.Title("title", ["one", "none", "not finite", "two"]));

    [Theory]
    [InlineData(BadRowHandling.Skip)]
    [InlineData(BadRowHandling.Stop)]
    public async Task What_is_no_embedding_takes_no_other_with_it(BadRowHandling bad)
    {
        using TempFolder folder = new();
        EmbeddingEncoderOptions options = Fast with { BadItems = bad, CacheFolder = folder.Path };
        var odd = new OddGenerator();
        Func<Task<FeatureTable>> encode = () => EmbeddingEncoder.ForText(odd, options).EncodeAsync(Titles);
        if (bad == BadRowHandling.Skip)
        {
            FeatureTable table = await encode();
            table.ItemIds.Should().Equal("a", "d");
            table.Values.ToArray().Should().Equal(1, 3, 1, 3);
            table.Notes.Should().Equal($"text: 2 items failed, such as 'b', 'c': {Wrong}");
        }
        else
        {
            (await encode.Should().ThrowAsync<InvalidOperationException>()).WithMessage(
                $"{Wrong[..^1]}; EmbeddingEncoderOptions.BadItems = Skip leaves such items out.");
        }

        var again = new OddGenerator();
        await EmbeddingEncoder.ForText(again, options with { BadItems = BadRowHandling.Skip }).EncodeAsync(Titles);
        again.Asked.Should().Equal(["none", "not finite"], "the others are in the cache");
    }

    [Theory]
    [InlineData(BadRowHandling.Skip)]
    [InlineData(BadRowHandling.Stop)]
    public async Task A_picture_of_several_items_is_read_of_one_that_still_has_it(BadRowHandling bad)
    {
        byte[] Png(byte last) => [0x89, (byte)'P', (byte)'N', (byte)'G', last];
        using TempFolder folder = new TempFolder().With("a.png", Png(1)).With("b.png", Png(2)).With("c.png", Png(2)).With("d.png", Png(2));
        ItemTable items = ItemTable.Of(["a", "b", "c", "d"], ItemColumn.Image("picture",
            [.. new[] { "a.png", "b.png", "c.png", "d.png" }.Select(name => ItemImage.FromFile(folder[name], name))]));
        TestGenerator<DataContent> generator = TestGenerators.Images();
        generator.OnRequest = _ =>
        {
            folder.With("b.png", Png(9));
            File.Delete(folder["c.png"]);
        };
        FeatureTable table = await EmbeddingEncoder.ForImages(generator, Fast with { BatchSize = 1, BadItems = bad }).EncodeAsync(items);
        table.ItemIds.Should().Equal("a", "b", "c", "d");
        table.Notes.Should().BeEmpty();
        table.Values.Slice(3, 3).ToArray().Should().Equal(TestGenerator<DataContent>.Vector(Png(2), 3));
        table.Values.Slice(9, 3).ToArray().Should().Equal(TestGenerator<DataContent>.Vector(Png(2), 3));
    }

    private sealed class OddGenerator : IEmbeddingGenerator<string, Embedding<float>>
    {
        public List<string> Asked { get; } = [];

        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            string[] inputs = [.. values];
            Asked.AddRange(inputs);
            return Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(inputs.Select(text => new Embedding<float>(Numbers(text)))));
        }

        public object? GetService(Type serviceType, object? serviceKey = null)
            => serviceType == typeof(EmbeddingGeneratorMetadata) ? new EmbeddingGeneratorMetadata(null, null, "odd") : null;

        public void Dispose()
        {
        }

        private static float[] Numbers(string text) => text switch
        {
            "none" => [],
            "not finite" => [1, float.NaN],
            _ => [1, text.Length],
        };
    }
}
