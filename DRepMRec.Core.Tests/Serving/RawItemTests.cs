using System.Text;
using System.Text.Json.Nodes;
using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Features;

namespace DRepMRec.Tests.Serving;

/// <summary>A shop of 60 products whose features are made of all kinds of raw fields, trained briefly, once.</summary>
public sealed class RawItemTests : IClassFixture<RawItemTests.Shop>
{
    private readonly Shop _shop;

    public RawItemTests(Shop shop) => _shop = shop;

    private static EmbeddingEncoder Sentences(string model = "test-model", int dimension = 4)
        => EmbeddingEncoder.ForText(TestGenerators.Text(dimension, model), new() { Modality = new("sentence") });

    private static EmbeddingEncoder Pictures() => EmbeddingEncoder.ForImages(TestGenerators.Images());

    private static ItemTable Like(string id, int n) => ItemTable.Of([id], [.. Shop.Columns([n])]);

    private static float[] Scores(Recommender recommender, string id)
        => [.. Enumerable.Range(0, 20).Select(u => recommender.Recommend(
            new RecommendationRequest { UserId = $"u{u}", Candidates = [id], Count = 1, ExcludeSeen = false })[0].Score)];

    [Fact]
    public void Titles_and_all_that_can_be_shown_come_back_with_recommendations()
    {
        Recommender recommender = _shop.Recommender;
        foreach (var (item, _) in recommender.Recommend("u3", 5))
        {
            int n = int.Parse(item[1..], System.Globalization.CultureInfo.InvariantCulture);
            ItemValues values = recommender.Metadata![item]!;
            values.Text("title").Should().Be(Shop.Title(n));
            values.Categories("kind").Should().Equal($"kind {n % 4}");
            values.Number("price").Should().Be(n % 9 == 0 ? null : n + 1);
        }

        recommender.Metadata!.Columns.Select(c => c.Name).Should().Equal("title", "kind", "price");
    }

    [Fact]
    public async Task Encoders_come_back_from_the_file_and_encode_to_the_last_bit_as_before()
    {
        using TempFolder folder = new();
        _shop.Recommender.Save(folder["model"]);
        foreach (bool map in new[] { true, false })
        {
            Recommender loaded = Recommender.Load(folder["model"], new() { MemoryMap = map, Verify = false });
            loaded.Encoders.Select(e => (e.Modality.Name, e.Dimension, e.GeneratorName, string.Join(',', e.Columns))).Should().Equal(
                ("category", 4, null, "kind"), ("image", 3, "tests/pictures", "picture"), ("number", 2, null, "price"),
                ("sentence", 4, "tests/test-model", "title,about"), ("text", _shop.Text.Dimension, null, "title,about"));
            foreach (var (own, other) in _shop.Data.Features.Select(f => f.Encoder!).Zip(loaded.Encoders))
            {
                if (own.GeneratorName is null)
                    other.Encode(_shop.Items).Values.ToArray().Should().Equal(own.Encode(_shop.Items).Values.ToArray());
            }

            ItemTable item = Like("new", 77);
            Recommender one = await _shop.Recommender.WithItemsAsync(item, [Sentences(), Pictures()]);
            Recommender two = await loaded.WithItemsAsync(item, [Sentences(), Pictures()]);
            Scores(two, "new").Should().Equal(Scores(one, "new"));
            two.Save(folder["again"]);
            Recommender again = Recommender.Load(folder["again"]);
            Scores(again, "new").Should().Equal(Scores(one, "new"));
            again.Metadata!["new"]!.Text("title").Should().Be(Shop.Title(77));
            again.Encoders.Should().HaveCount(5);
        }
    }

    [Theory]
    [InlineData("\"kind\":\"number\"", "\"kind\":\"numbre\"", "*there is no kind 'numbre'*")]
    [InlineData("\"generator\":\"tests/pictures\"", "\"generador\":\"tests/pictures\"", "*a generator has no name*")]
    [InlineData("\"dimension\":3,\"columns\":[\"picture\"]", "\"dimension\":4,\"columns\":[\"picture\"]",
        "*an encoder of 'image' without sense*")]
    public void A_manifest_with_encoders_without_sense_is_refused(string before, string after, string message)
    {
        using TempFolder folder = new();
        _shop.Recommender.Save(folder["model"]);
        byte[] bytes = File.ReadAllBytes(folder["model"]);
        static byte[] Escaped(string text) => Encoding.UTF8.GetBytes(text.Replace("\"", "\\u0022", StringComparison.Ordinal));
        int at = bytes.AsSpan().IndexOf(Escaped(before));
        at.Should().BePositive();
        Escaped(after).CopyTo(bytes, at);
        File.WriteAllBytes(folder["model"], bytes);
        FluentActions.Invoking(() => Recommender.Load(folder["model"], new() { Verify = true }))
            .Should().Throw<ModelFileException>().WithMessage(message);
    }

    [Theory]
    [InlineData(0, "modality", "\"nope\"", "the manifest has an encoder of 'nope' without sense")]
    [InlineData(0, "modality", "null", "the manifest has an encoder of '' without sense")]
    [InlineData(0, "columns", "[]", "the manifest has an encoder of 'category' without sense")]
    [InlineData(0, "columns", "null", "the manifest has an encoder of 'category' without sense")]
    [InlineData(3, "columns", "[\"title\",null]", "the manifest has an encoder of 'sentence' without sense")]
    [InlineData(0, "categories", "[[\"a\"],[\"b\"]]", "the encoder of 'category' can't be read: expected values of 1 columns, found 2")]
    [InlineData(0, "categories", "[[\"a\",\"b\"]]", "the encoder of 'category' can't be read: it makes 2 features, not 4")]
    [InlineData(2, "means", "null", "the encoder of 'number' can't be read: expected values of 1 columns, found 0")]
    [InlineData(2, "deviations", "[1,2]", "the encoder of 'number' can't be read: expected values of 1 columns, found 2")]
    [InlineData(4, "terms", "null", "the encoder of 'text' can't be read: it has no options")]
    public void An_encoder_that_can_not_be_is_told_when_a_file_is_verified_or_it_is_first_asked_for(
        int encoder, string member, string value, string message)
    {
        Recommender Load(bool verify)
            => _shop.Recommender.Reload(m => m["encoders"]![encoder]![member] = JsonNode.Parse(value), null, verify);
        FluentActions.Invoking(() => Load(true)).Should().ThrowExactly<ModelFileException>().WithMessage($"*edited: {message}");
        FluentActions.Invoking(() => Load(false).Encoders).Should().ThrowExactly<ModelFileException>()
            .WithMessage(message.StartsWith("the manifest", StringComparison.Ordinal) ? $"*edited: {message}"
                : $"The model is damaged: {message}");
    }

    [Fact]
    public void Numbers_count_by_their_logarithm_where_the_file_says_so_and_texts_are_cut_as_it_says()
    {
        float[] Price(string? logarithms) => _shop.Recommender
            .Reload(m =>
            {
                JsonNode number = m["encoders"]![2]!;
                (number["means"], number["deviations"]) = (JsonNode.Parse("[0]"), JsonNode.Parse("[1]"));
                number["logarithms"] = logarithms is null ? null : JsonNode.Parse(logarithms);
            })
            .Encoders[2].Encode(ItemTable.Of(["x"], ItemColumn.Number("price", [3]))).Values.ToArray();
        foreach (string? none in new[] { null, "[]", "[\"weight\"]" })
            Price(none).Should().Equal([1 / MathF.Sqrt(10), 3 / MathF.Sqrt(10)], (a, b) => MathF.Abs(a - b) < 1e-6f);
        float log = MathF.Log(4), length = MathF.Sqrt(1 + (log * log));
        Price("[\"price\"]").Should().Equal([1 / length, log / length], (a, b) => MathF.Abs(a - b) < 1e-6f);

        var text = (TextEncoder)_shop.Recommender.Reload(m => m["encoders"]![4]!["terms"] = JsonNode.Parse(
            """{"maxDimension":64,"minCharacters":3,"maxCharacters":4,"minTexts":2,"maxTerms":5000,"seed":7}""")).Encoders[4];
        text.Features.Options.Should().Be(new TextFeatureOptions
        {
            MaxDimension = 64,
            MinCharacters = 3,
            MaxCharacters = 4,
            MinTexts = 2,
            MaxTerms = 5000,
            Seed = 7,
        });
    }

    [Fact]
    public void Features_of_other_items_and_columns_of_another_kind_are_refused()
    {
        ItemTable one = ItemTable.Of(["new"], ItemColumn.Number("price", [7]));
        ItemTable two = ItemTable.Of(["a", "b"], ItemColumn.Number("price", [7, 8]));
        FeatureTable prices = _shop.Recommender.Encoders[2].Encode(two);
        Refused<ArgumentException>(() => _shop.Recommender.WithItems(one, [prices]),
            "Expected features of the items alone; those of 'number' have 'a'.*");
        Recommender both = _shop.Recommender.WithItems(two, [prices]);
        Scores(both, "b").Should().NotEqual(Scores(both, "a")).And.Equal(
            Scores(_shop.Recommender.WithItems(ItemTable.Of(["b"], ItemColumn.Number("price", [8]))), "b"), "each has its own row");
        ItemTable other = ItemTable.Of(["new"], ItemColumn.Number("price", [7]), ItemColumn.Title("kind", ["x"]));
        Refused<ArgumentException>(() => _shop.Recommender.WithItems(other, [_shop.Recommender.Encoders[2].Encode(one)]),
            "Expected the column 'kind' of Category; got Text.*");
    }

    [Fact]
    public async Task A_new_item_is_what_its_features_would_have_made_of_it()
    {
        int known = 13;
        var features = _shop.Data.Features.Where(f => f.Present[_shop.Data.Items.IndexOf($"p{known}")])
            .ToDictionary(f => f.Modality, f => (ReadOnlyMemory<float>)f[_shop.Data.Items.IndexOf($"p{known}")].ToArray());
        Recommender byFeatures = _shop.Recommender.WithItems([new ItemContent("twin", features)]);
        Recommender byFields = await _shop.Recommender.WithItemsAsync(Like("twin", known), [Pictures(), Sentences()]);
        Scores(byFields, "twin").Should().Equal(Scores(byFeatures, "twin"));
        byFields.Metadata!["twin"]!.Number("price").Should().Be(known + 1);
        _shop.Recommender.Items.Contains("twin").Should().BeFalse();
    }

    [Fact]
    public void Some_fields_are_enough_and_generators_are_asked_for_only_where_there_is_something_for_them()
    {
        ItemTable plain = ItemTable.Of(["new"], ItemColumn.Category("kind", [["kind 1", "never seen"]]), ItemColumn.Number("price", [7]));
        Recommender added = _shop.Recommender.WithItems(plain);
        added.Metadata!["new"]!.Categories("kind").Should().Equal("kind 1", "never seen");
        added.Metadata["new"]!.Text("title").Should().BeNull();
        Scores(added, "new").Should().OnlyContain(s => float.IsFinite(s));
        Refused<InvalidOperationException>(() => _shop.Recommender.WithItems(Like("new", 1)),
            "The features of 'image' come from the generator 'tests/pictures': give it to WithItemsAsync.");
    }

    [Fact]
    public async Task What_a_model_cannot_make_features_of_is_refused()
    {
        Recommender recommender = _shop.Recommender;
        Refused<ArgumentException>(() => recommender.WithItems(ItemTable.Of(["new"], ItemColumn.Number("weight", [7]))),
            "Expected columns that the model knows, 'kind', 'picture', 'price', 'title', 'about'; got 'weight' (Number).*");
        Refused<ArgumentException>(() => recommender.WithItems(ItemTable.Of(["new"], ItemColumn.Category("kind", [["never seen"]]))),
            "Item 'new': expected fields to make features of, such as words or categories that the model knows; it has none.*");
        Refused<ArgumentException>(() => recommender.WithItems(ItemTable.Of(["new"], ItemColumn.Title("price", ["7"]))),
            "The features of 'number' are made of Number; got 'price' (Title).*");
        Refused<InvalidOperationException>(() => Served.Recommender.WithItems(Like("new", 1)),
            "This model doesn't know how features of items were made: *");
        Served.Recommender.Encoders.Should().BeEmpty();
        await Refuses<InvalidOperationException>([Pictures()],
            "The features of 'sentence' come from the generator 'tests/test-model': give it to WithItemsAsync.");
        await Refuses<ArgumentException>([Pictures(), Sentences("newer-model")],
            "The features of 'sentence' come from the generator 'tests/test-model'; got 'tests/newer-model', whose numbers mean something "
            + "else.*");
        await Refuses<InvalidOperationException>([Pictures(), Sentences(dimension: 7)],
            "Expected 4 numbers for each embedding of the generator 'tests/test-model', as in the training; got 7.");
        await Refuses<ArgumentException>([EmbeddingEncoder.ForText(TestGenerators.Text())],
            "Expected generators of 'image' of pictures by 'tests/pictures', 'sentence' of texts by 'tests/test-model'; got one of 'text' "
            + "of texts.*");
    }

    private async Task Refuses<T>(IReadOnlyList<EmbeddingEncoder> generators, string message) where T : Exception
        => (await FluentActions.Awaiting(() => _shop.Recommender.WithItemsAsync(Like("new", 1), generators)).Should().ThrowAsync<T>())
            .WithMessage(message);

    private static void Refused<T>(Func<object> action, string message) where T : Exception
        => FluentActions.Invoking(action).Should().Throw<T>().WithMessage(message);

    public sealed class Shop
    {
        public Shop()
        {
            Items = ItemTable.Of([.. Enumerable.Range(0, 60).Select(n => $"p{n}")], [.. Columns([.. Enumerable.Range(0, 60)])]);
            FeatureTable[] features =
            [
                .. Items.MakeFeatures(), Sentences().EncodeAsync(Items).GetAwaiter().GetResult(),
                Pictures().EncodeAsync(Items).GetAwaiter().GetResult(),
            ];
            Text = (TextEncoder)features[0].Encoder!;
            Interaction[] interactions = [.. Enumerable.Range(0, 40).SelectMany(u => Enumerable.Range(0, 60)
                .Where(n => (n * 7 + u) % 4 == 0 && (n + u) % 3 != 0).Select(n => new Interaction($"u{u}", $"p{n}")))];
            Data = RecDataset.FromInteractions("shop", interactions, features, items: Items);
            using DRepMRecModel model = DRepMRecModel.Create(Data, new DRepMRecOptions { EmbeddingDim = 8 });
            Recommender = new Trainer(model, Data, new TrainerOptions { MaxEpochs = 2, BatchSize = 256, Threads = 1 }).Fit()
                .BuildRecommender();
        }

        public ItemTable Items { get; }

        public RecDataset Data { get; }

        public Recommender Recommender { get; }

        public TextEncoder Text { get; }

        public static string Title(int n) => $"Thing {n % 6} of {n % 10}";

        public static IEnumerable<ItemColumn> Columns(int[] numbers) =>
        [
            ItemColumn.Title("title", [.. numbers.Select(Title)]),
            ItemColumn.Text("about", [.. numbers.Select(n => n % 5 == 0 ? null : $"made of {n % 3}")]),
            ItemColumn.Category("kind", [.. numbers.Select(n => (string[])[$"kind {n % 4}"])]),
            ItemColumn.Number("price", [.. numbers.Select(n => n % 9 == 0 ? default(double?) : n + 1)]),
            ItemColumn.Image("picture", [.. numbers.Select(n => n % 7 == 0 ? null : ItemImage.FromBytes(new[] { (byte)(n + 1) }))]),
        ];
    }
}
