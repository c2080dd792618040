using DRepMRec.Data;
using DRepMRec.Features;

namespace DRepMRec.Tests.Features;

public sealed class EncoderTests
{
    private static readonly ItemTable Products = ItemTable.Of(
        ["a", "b", "c", "d"],
        ItemColumn.Title("title", ["Red lamp", "Blue lamp", null, "Red chair"]),
        ItemColumn.Text("about", [null, "A chair it is not", null, "A chair"]),
        ItemColumn.Category("brand", [["Lux"], ["Lux"], [], ["Sit"]]),
        ItemColumn.Category("tags", [["home", "light"], ["home"], ["odd"], ["light", "home"]]),
        ItemColumn.Number("price", [10, 30, null, 20]),
        ItemColumn.Number("weight", [null, null, null, 5]));

    private static float[] Row(FeatureTable table, string id)
        => table.Values.Span.Slice(table.ItemIds.ToList().IndexOf(id) * table.Dimension, table.Dimension).ToArray();

    [Fact]
    public void Texts_are_title_and_texts_together()
    {
        TextEncoder encoder = TextEncoder.Fit(Products);
        encoder.Columns.Should().Equal("title", "about");
        FeatureTable table = encoder.Encode(Products);
        table.Modality.Should().Be(Modality.Text);
        table.Encoder.Should().BeSameAs(encoder);
        table.ItemIds.Should().Equal("a", "b", "d");
        Row(table, "b").Should().Equal(encoder.Features.Encode("Blue lamp\nA chair it is not"));
        TextEncoder.Fit(Products, new() { Columns = ["title", "tags"], Modality = new("words") }).Encode(Products)
            .ItemIds.Should().Equal("a", "b", "d");
    }

    [Fact]
    public void Categories_count_alike_by_column_and_those_of_one_item_tell_nothing()
    {
        CategoryEncoder encoder = CategoryEncoder.Fit(Products);
        encoder.Categories.Should().BeEquivalentTo(new[] { new[] { "Lux" }, ["home", "light"] }, o => o.WithStrictOrdering());
        FeatureTable table = encoder.Encode(Products);
        table.ItemIds.Should().Equal("a", "b", "d");
        float half = 1 / MathF.Sqrt(2);
        Row(table, "a").Should().Equal(1, half, half);
        Row(table, "b").Should().Equal(1, 1, 0);
        Row(table, "d").Should().Equal(0, half, half);
        CategoryEncoder.Fit(Products, new() { MaxCategories = 1 }).Categories.Should()
            .BeEquivalentTo(new[] { Array.Empty<string>(), ["home"] }, o => o.WithStrictOrdering());
        FluentActions.Invoking(() => CategoryEncoder.Fit(Products, new() { MinItems = 4 })).Should().Throw<ArgumentException>()
            .WithMessage("Expected a category that at least 4 items have (option MinItems); found none in 4 items.*");
    }

    [Fact]
    public void What_is_learnt_does_not_depend_on_the_order_of_items()
    {
        var random = new Random(7);
        string[] ids = [.. Enumerable.Range(0, 300).Select(n => $"p{n}")];
        string[] titles = [.. ids.Select(_ => $"thing {random.Next(9)} of {random.Next(40)} {random.Next(7)}")];
        double?[] prices = [.. ids.Select(_ => (double?)Math.Exp(random.NextDouble() * 9))];
        int[] order = [.. Enumerable.Range(0, ids.Length)];
        ItemTable Table() => ItemTable.Of([.. order.Select(n => ids[n])],
            ItemColumn.Title("title", [.. order.Select(n => titles[n])]), ItemColumn.Number("price", [.. order.Select(n => prices[n])]));
        ItemTable first = Table();
        random.Shuffle(order);
        ItemTable other = Table();
        NumberEncoder numbers = NumberEncoder.Fit(first), same = NumberEncoder.Fit(other);
        (same.Means[0], same.Deviations[0]).Should().Be((numbers.Means[0], numbers.Deviations[0]));
        TextFeatures.Fit(titles).Encode(titles[7]).Should().Equal(TextFeatures.Fit([.. order.Select(n => titles[n])]).Encode(titles[7]));
        Row(TextEncoder.Fit(other).Encode(other), "p7").Should().Equal(Row(TextEncoder.Fit(first).Encode(first), "p7"));
    }

    [Fact]
    public void Numbers_are_standardised_pairs_and_missing_is_missing()
    {
        NumberEncoder encoder = NumberEncoder.Fit(Products);
        encoder.Means.Should().Equal(20, 5);
        double deviation = Math.Sqrt(200.0 / 3);
        encoder.Deviations[0].Should().BeApproximately(deviation, 1e-12);
        encoder.Deviations[1].Should().Be(0);
        FeatureTable table = encoder.Encode(Products);
        table.ItemIds.Should().Equal("a", "b", "d");
        double z = 10 / deviation, length = Math.Sqrt(1 + (z * z));
        Row(table, "a").Should().Equal((float)(1 / length), (float)(-z / length), 0, 0);
        Row(table, "d").Should().Equal(1, 0, 1, 0);
        NumberEncoder logarithms = NumberEncoder.Fit(Products, new() { Columns = ["price"], Logarithms = ["price"] });
        logarithms.Means[0].Should().BeApproximately((Math.Log(11) + Math.Log(21) + Math.Log(31)) / 3, 1e-12);
    }

    [Theory]
    [InlineData(new[] { 1e308, -1e308, 0 })]
    [InlineData(new[] { 1e-300, 2e-300, 3e-300 })]
    [InlineData(new[] { 1e15, 1e15 + 1, 1e15 + 2 })]
    public void Numbers_of_any_size_make_finite_features(double[] numbers)
    {
        ItemTable items = ItemTable.Of(["a", "b", "c"], ItemColumn.Number("n", [.. numbers.Select(n => (double?)n)]),
            ItemColumn.Number("m", [1, 2, 3]));
        foreach (IReadOnlyList<string> logarithms in new string[][] { [], ["n"] })
        {
            NumberEncoder.Fit(items, new() { Logarithms = logarithms }).Encode(items).Values.ToArray()
                .Should().OnlyContain(v => float.IsFinite(v));
        }
    }

    [Fact]
    public void A_new_number_beyond_all_measure_is_the_farthest_and_not_a_missing_one()
    {
        NumberEncoder encoder = NumberEncoder.Fit(ItemTable.Of(["a", "b"], ItemColumn.Number("n", [0.001, 0.002])));
        FeatureTable far = encoder.Encode(ItemTable.Of(["x", "y"], ItemColumn.Number("n", [1e308, -double.MaxValue])));
        Row(far, "x").Should().Equal(0, 1);
        Row(far, "y").Should().Equal(0, -1);
    }

    [Fact]
    public void Each_kind_of_column_makes_a_modality_and_what_cannot_is_said()
    {
        Products.MakeFeatures().Select(t => t.Modality.Name).Should().Equal("text", "category", "number");
        ItemTable odd = ItemTable.Of(["a", "b"], ItemColumn.Title("t", ["x y", "x z"]), ItemColumn.Category("c", [["1"], ["2"]]));
        IReadOnlyList<FeatureTable> tables = odd.MakeFeatures();
        tables.Should().ContainSingle();
        RecDataset data = RecDataset.FromInteractions("shop", [new("u", "a"), new("u", "b")], tables,
            new() { Split = SplitStrategy.None }, odd);
        data.Summarize().Notes.Should().Contain("no features of categories: Expected a category that at least 2 items have (option "
            + "MinItems); found none in 2 items.");
        data.Features.Single().Encoder.Should().BeOfType<TextEncoder>();
        FluentActions.Invoking(() => ItemTable.Of(["a"]).MakeFeatures()).Should().Throw<ArgumentException>()
            .WithMessage("Expected a column of titles, texts, categories or numbers, got 1 items: *");
    }

    [Fact]
    public void A_new_item_is_encoded_alone_as_it_would_be_among_others()
    {
        foreach (FeatureEncoder encoder in Products.MakeFeatures().Select(t => t.Encoder!))
        {
            float[] among = Row(encoder.Encode(Products), "d");
            ItemTable alone = ItemTable.Of(["d"], ItemColumn.Title("title", ["Red chair"]), ItemColumn.Text("about", ["A chair"]),
                ItemColumn.Category("tags", [["home", "light"]]), ItemColumn.Number("price", [20]), ItemColumn.Number("weight", [5]));
            encoder.Encode(alone).Values.ToArray().Should().Equal(among);
            encoder.Encode(ItemTable.Of(["x"])).ItemIds.Should().BeEmpty();
        }

        FluentActions.Invoking(() => NumberEncoder.Fit(Products).Encode(ItemTable.Of(["d"], ItemColumn.Title("price", ["20"]))))
            .Should().Throw<ArgumentException>().WithMessage("The features of 'number' are made of Number; got 'price' (Title).*");
    }

    [Fact]
    public void A_token_ends_learning_and_encoding()
    {
        var cancelled = new CancellationToken(canceled: true);
        foreach (FeatureEncoder encoder in Products.MakeFeatures().Select(t => t.Encoder!))
            encoder.Invoking(e => e.Encode(Products, cancelled)).Should().Throw<OperationCanceledException>();
        FluentActions.Invoking(() => CategoryEncoder.Fit(Products, null, cancelled)).Should().Throw<OperationCanceledException>();
        FluentActions.Invoking(() => NumberEncoder.Fit(Products, null, cancelled)).Should().Throw<OperationCanceledException>();
    }

    [Fact]
    public void Columns_that_are_not_there_are_refused_when_it_learns()
    {
        FluentActions.Invoking(() => TextEncoder.Fit(Products, new() { Columns = ["price"] })).Should().Throw<ArgumentException>()
            .WithMessage("Expected a column 'price' of Title or Text or Category; the items have 'title' (Title), *");
        FluentActions.Invoking(() => NumberEncoder.Fit(Products, new() { Logarithms = ["title"] })).Should().Throw<ArgumentException>()
            .WithMessage("Expected Logarithms to be among the columns price, weight; got 'title'.*");
        FluentActions.Invoking(() => NumberEncoder.Fit(ItemTable.Of(["a"], ItemColumn.Title("t", ["x"])))).Should()
            .Throw<ArgumentException>().WithMessage("Expected a column of Number; the items have 't' (Title).*");
    }
}
