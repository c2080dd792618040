using System.Text;
using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Tests.Data;
using Microsoft.Extensions.AI;

namespace DRepMRec.Tests.Features;

public sealed class EmbeddingEncoderTests
{
    private static readonly string?[] Titles = [.. Enumerable.Range(0, 23).Select(n => n == 5 ? null : $"title {n % 20}")];
    private static readonly ItemTable Products = ItemTable.Of(
        [.. Enumerable.Range(0, 23).Select(n => $"p{n}")], ItemColumn.Title("title", Titles));

    private static readonly EmbeddingEncoderOptions Fast = new() { RetryDelay = TimeSpan.Zero, BatchSize = 8 };

    private static void ShouldBeTheFeatures(FeatureTable table)
    {
        table.ItemIds.Should().Equal(Products.Ids.Where(id => id != "p5"));
        for (int n = 0; n < table.ItemIds.Count; n++)
        {
            string title = Titles[Products.Ids.ToList().IndexOf(table.ItemIds[n])]!;
            table.Values.Span.Slice(n * 4, 4).ToArray().Should()
                .Equal(TestGenerator<string>.Vector(Encoding.UTF8.GetBytes(title), 4));
        }
    }

    [Fact]
    public async Task Each_distinct_text_is_asked_for_once_in_batches()
    {
        TestGenerator<string> generator = TestGenerators.Text();
        var told = new List<EmbeddingProgress>();
        FeatureTable table = await EmbeddingEncoder.ForText(generator, Fast).EncodeAsync(Products, new Told(told.Add));
        ShouldBeTheFeatures(table);
        generator.Batches.Should().Equal(8, 8, 3);
        told.Should().Equal(new(0, 19, 0), new(8, 19, 0), new(16, 19, 0), new(19, 19, 0));
        (table.Modality, table.Dimension, table.Encoder!.GeneratorName).Should().Be((Modality.Text, 4, "tests/test-model"));
        FluentActions.Invoking(() => table.Encoder!.Encode(Products)).Should().Throw<InvalidOperationException>()
            .WithMessage("The features of 'text' come from the generator 'tests/test-model': give it as EmbeddingEncoder.");
    }

    [Fact]
    public async Task More_numbers_than_an_array_holds_are_refused_by_the_first_embedding()
    {
        const int Dimension = 1 << 16, Items = (1 << 15) + 1;
        const string Wrong = "expected at most 2147483591 values of modality text, found 32769 items x 65536.";
        var generator = new TestGenerator<string>(Encoding.UTF8.GetBytes, Dimension);
        ItemTable items = ItemTable.Of([.. Enumerable.Range(0, Items).Select(n => $"p{n}")],
            ItemColumn.Title("title", [.. Enumerable.Range(0, Items).Select(n => $"title {n % 2}")]));
        await FluentActions.Awaiting(() => EmbeddingEncoder.ForText(generator, Fast with { BatchSize = 1 }).EncodeAsync(items)).Should()
            .ThrowAsync<DatasetFormatException>().WithMessage(Wrong);
        generator.Batches.Should().Equal([1], "the second text is never asked for");
        var encoder = new GeneratedEncoder(Modality.Text, Dimension, ["title"], "tests", isOfImages: false);
        FluentActions.Invoking(() => FeatureTable.OfRows(encoder, items.Ids, [.. Enumerable.Repeat(new float[Dimension], Items)])).Should()
            .Throw<DatasetFormatException>().WithMessage(Wrong);
    }

    [Fact]
    public async Task A_second_run_asks_for_nothing_and_another_model_for_everything()
    {
        using TempFolder folder = new();
        EmbeddingEncoderOptions cached = Fast with { CacheFolder = folder["cache"] };
        TestGenerator<string> first = TestGenerators.Text(), second = TestGenerators.Text(), other = TestGenerators.Text(model: "other");
        ShouldBeTheFeatures(await EmbeddingEncoder.ForText(first, cached).EncodeAsync(Products));
        var told = new List<EmbeddingProgress>();
        EmbeddingEncoder again = EmbeddingEncoder.ForText(second, cached with { BatchSize = 3 });
        ShouldBeTheFeatures(await again.EncodeAsync(Products, new Told(told.Add)));
        second.Batches.Should().BeEmpty();
        told.Should().Equal(new EmbeddingProgress(19, 19, 19));
        ShouldBeTheFeatures(await EmbeddingEncoder.ForText(other, cached).EncodeAsync(Products));
        other.Batches.Should().Equal(8, 8, 3);
    }

    [Fact]
    public async Task Damaged_files_of_the_cache_are_as_if_they_were_not_there()
    {
        using TempFolder folder = new();
        EmbeddingEncoderOptions cached = Fast with { CacheFolder = folder.Path };
        await EmbeddingEncoder.ForText(TestGenerators.Text(), cached).EncodeAsync(Products);
        string[] files = Directory.GetFiles(folder.Path, "*.safetensors", SearchOption.AllDirectories);
        files.Should().HaveCount(3);
        byte[] bytes = File.ReadAllBytes(files[0]);
        bytes[^70] ^= 1;
        File.WriteAllBytes(files[0], bytes);
        File.WriteAllBytes(files[1], File.ReadAllBytes(files[1])[..^9]);
        TestGenerator<string> again = TestGenerators.Text();
        ShouldBeTheFeatures(await EmbeddingEncoder.ForText(again, cached).EncodeAsync(Products));
        again.Batches.Sum().Should().BeOneOf(11, 16);
        TestGenerator<string> last = TestGenerators.Text();
        ShouldBeTheFeatures(await EmbeddingEncoder.ForText(last, cached).EncodeAsync(Products));
        last.Batches.Should().BeEmpty("the damaged files were replaced");
    }

    [Fact]
    public async Task Failures_are_tried_again_and_what_was_made_is_kept_when_it_gives_up()
    {
        using TempFolder folder = new();
        EmbeddingEncoderOptions cached = Fast with { CacheFolder = folder.Path, MaxRetries = 2 };
        int failures = 2;
        TestGenerator<string> flaky = TestGenerators.Text();
        flaky.OnRequest = _ =>
        {
            if (failures-- > 0)
                throw new HttpRequestException("busy");
        };
        ShouldBeTheFeatures(await EmbeddingEncoder.ForText(flaky, Fast with { MaxRetries = 2 }).EncodeAsync(Products));
        flaky.Batches.Should().Equal(8, 8, 8, 8, 3);

        TestGenerator<string> broken = TestGenerators.Text();
        broken.OnRequest = inputs =>
        {
            if (inputs.Contains("title 9"))
                throw new HttpRequestException("no such luck.");
        };
        (await FluentActions.Awaiting(() => EmbeddingEncoder.ForText(broken, cached).EncodeAsync(Products))
            .Should().ThrowAsync<InvalidOperationException>())
            .WithMessage("The generator 'tests/test-model' failed 3 times at 8 items, such as 'p9', 'p10', 'p11': no such luck; "
                + "EmbeddingEncoderOptions.BadItems = Skip leaves such items out.")
            .WithInnerException<HttpRequestException>();
        TestGenerator<string> sound = TestGenerators.Text();
        ShouldBeTheFeatures(await EmbeddingEncoder.ForText(sound, cached).EncodeAsync(Products));
        sound.Batches.Should().Equal(8, 3);
    }

    [Fact]
    public async Task Items_that_fail_are_left_out_if_asked_and_the_dataset_says_so()
    {
        TestGenerator<string> broken = TestGenerators.Text();
        broken.OnRequest = inputs =>
        {
            if (inputs.Contains("title 9"))
                throw new HttpRequestException("no such luck");
        };
        FeatureTable table = await EmbeddingEncoder.ForText(broken, Fast with { MaxRetries = 0, BadItems = BadRowHandling.Skip })
            .EncodeAsync(Products);
        table.ItemIds.Should().Equal(Products.Ids.Where(id => id is not ("p5" or "p9")));
        RecDataset data = RecDataset.FromInteractions("shop", Products.Ids.Select(id => new Interaction("u", id)), [table],
            new() { Split = SplitStrategy.None });
        data.Summarize().Notes.Should().Contain("text: 1 item failed, such as 'p9': no such luck");
    }

    [Fact]
    public async Task All_items_of_an_input_that_fails_are_counted()
    {
        TestGenerator<string> broken = TestGenerators.Text();
        broken.OnRequest = inputs =>
        {
            if (inputs.Contains("the same"))
                throw new HttpRequestException("no such luck");
        };
        ItemTable items = ItemTable.Of(["a", "b", "c", "d"], ItemColumn.Title("title", ["the same", "another", "the same", null]));
        FeatureTable table = await EmbeddingEncoder.ForText(broken, Fast with { MaxRetries = 0, BadItems = BadRowHandling.Skip })
            .EncodeAsync(items);
        table.ItemIds.Should().Equal("b");
        table.Notes.Should().Equal("text: 2 items failed, such as 'a', 'c': no such luck");
    }

    [Fact]
    public async Task A_cancelled_run_goes_on_where_it_was()
    {
        using TempFolder folder = new();
        EmbeddingEncoderOptions cached = Fast with { CacheFolder = folder.Path };
        using var source = new CancellationTokenSource();
        TestGenerator<string> generator = TestGenerators.Text();
        var encoder = EmbeddingEncoder.ForText(generator, cached);
        var progress = new Told(p =>
        {
            if (p.Done == 8)
                source.Cancel();
        });
        await FluentActions.Awaiting(() => encoder.EncodeAsync(Products, progress, source.Token))
            .Should().ThrowAsync<OperationCanceledException>();
        generator.Batches.Should().Equal(8);
        ShouldBeTheFeatures(await encoder.EncodeAsync(Products));
        generator.Batches.Should().Equal(8, 8, 3);
    }

    [Theory]
    [InlineData(BadRowHandling.Skip)]
    [InlineData(BadRowHandling.Stop)]
    public async Task A_picture_that_is_replaced_or_deleted_meanwhile_is_not_kept_under_the_bytes_that_it_had(BadRowHandling bad)
    {
        byte[] Png(byte last) => [0x89, (byte)'P', (byte)'N', (byte)'G', last];
        using TempFolder folder = new TempFolder().With("a.png", Png(1)).With("b.png", Png(2)).With("c.png", Png(3));
        ItemTable items = ItemTable.Of(["a", "b", "c"], ItemColumn.Image("picture",
            [.. new[] { "a.png", "b.png", "c.png" }.Select(name => ItemImage.FromFile(folder[name], name))]));
        TestGenerator<DataContent> generator = TestGenerators.Images();
        generator.OnRequest = _ =>
        {
            folder.With("b.png", Png(9));
            File.Delete(folder["c.png"]);
        };
        EmbeddingEncoderOptions options = Fast with { BatchSize = 1, BadItems = bad, CacheFolder = folder["cache"] };
        Func<Task<FeatureTable>> encode = () => EmbeddingEncoder.ForImages(generator, options).EncodeAsync(items);
        if (bad == BadRowHandling.Stop)
        {
            await encode.Should().ThrowAsync<IOException>().WithMessage("The picture of the item 'b' was replaced *");
            return;
        }

        FeatureTable table = await encode();
        table.ItemIds.Should().Equal("a");
        table.Notes.Should().Equal("image: 2 items failed, such as 'b', 'c': The picture of the item 'b' was replaced while features were "
            + "made.");
        folder.With("b.png", Png(2));
        generator.OnRequest = _ => { };
        int before = generator.Batches.Count;
        (await encode()).ItemIds.Should().Equal("a", "b");
        generator.Batches.Skip(before).Should().Equal([1], "that of b wasn't in the cache");
    }

    [Fact]
    public async Task Pictures_are_told_by_their_bytes_and_missing_ones_are_said()
    {
        using TempFolder folder = new TempFolder().With("a.png", [0x89, (byte)'P', (byte)'N', (byte)'G', 1]);
        ItemTable items = ItemTable.Of(["a", "b", "c", "d"], ItemColumn.Image("picture",
        [
            ItemImage.FromFile(folder["a.png"], "a.png"), ItemImage.FromBytes(new byte[] { 0xFF, 0xD8, 0xFF, 2 }),
            ItemImage.FromFile(folder["c.png"]), ItemImage.FromAddress("https://example.org/d.png"),
        ]));
        TestGenerator<DataContent> generator = TestGenerators.Images();
        var types = new List<string>();
        generator.OnRequest = inputs => types.AddRange(inputs.Select(i => i.MediaType));
        FeatureTable table = await EmbeddingEncoder.ForImages(generator).EncodeAsync(items);
        table.Modality.Should().Be(Modality.Image);
        table.ItemIds.Should().Equal("a", "b");
        types.Should().Equal("image/png", "image/jpeg");
        RecDataset data = RecDataset.FromInteractions("shop", items.Ids.Select(id => new Interaction("u", id)), [table],
            new() { Split = SplitStrategy.None });
        data.Summarize().Notes.Should().Contain(
            ["image: 1 item with a picture on the web, which isn't fetched, such as 'd'",
            "image: 1 item with a picture that isn't there, such as 'c'"]);
    }

    [Fact]
    public async Task What_a_generator_must_not_do_is_refused()
    {
        FluentActions.Invoking(() => EmbeddingEncoder.ForText(TestGenerators.Text(model: null))).Should().Throw<ArgumentException>()
            .WithMessage("The generator doesn't say which model it is * give it a name in EmbeddingEncoderOptions.GeneratorName.*");
        EmbeddingEncoder.ForText(TestGenerators.Text(model: null), new() { GeneratorName = "mine" }).GeneratorName.Should().Be("mine");
        FluentActions.Invoking(() => EmbeddingEncoder.ForImages(TestGenerators.Images(), new() { Columns = ["a"] })).Should()
            .Throw<ArgumentException>().WithMessage("Pictures have but one column; expected no columns.*");
        var odd = new TestGenerator<string>(text => text == "title 3" ? [] : [1], 1);
        (await FluentActions.Awaiting(() => EmbeddingEncoder.ForText(new Wrong(1), Fast).EncodeAsync(Products)).Should()
            .ThrowAsync<InvalidOperationException>()).WithMessage("Expected 8 embeddings of the generator 'wrong', one per input; got 7.");
        (await FluentActions.Awaiting(() => EmbeddingEncoder.ForText(new Wrong(2), Fast).EncodeAsync(Products)).Should()
            .ThrowAsync<InvalidOperationException>()).WithMessage("Expected embeddings of 2 numbers each, as the first; got 3 for *");
        (await FluentActions.Awaiting(() => EmbeddingEncoder.ForText(new Wrong(3), Fast).EncodeAsync(Products)).Should()
            .ThrowAsync<InvalidOperationException>()).WithMessage("Expected finite numbers from the generator 'wrong'; *");
        (await FluentActions.Awaiting(() => EmbeddingEncoder.ForText(odd).EncodeAsync(ItemTable.Of(["a"], ItemColumn.Title("t", [null]))))
            .Should().ThrowAsync<ArgumentException>())
            .WithMessage("Expected items with a text to make features of 'text' of; found none of 1.*");
    }

    private sealed class Told(Action<EmbeddingProgress> tell) : IProgress<EmbeddingProgress>
    {
        public void Report(EmbeddingProgress value) => tell(value);
    }

    private sealed class Wrong(int how) : IEmbeddingGenerator<string, Embedding<float>>
    {
        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
            => Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Skip(how == 1 ? 1 : 0).Select((_, n)
                => new Embedding<float>(how == 2 && n == 4 ? [1f, 2f, 3f] : how == 3 ? [1f, float.NaN] : new[] { 1f, 2f }))));

        public object? GetService(Type serviceType, object? serviceKey = null)
            => serviceType == typeof(EmbeddingGeneratorMetadata) ? new EmbeddingGeneratorMetadata(null, null, "wrong") : null;

        public void Dispose()
        {
        }
    }
}
