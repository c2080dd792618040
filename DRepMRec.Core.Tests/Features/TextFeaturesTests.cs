using System.Text;
using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Internals;
using DRepMRec.Tests.Support;
using MathNet.Numerics.LinearAlgebra;

namespace DRepMRec.Tests.Features;

public sealed class TextFeaturesTests
{
    private static readonly string?[] Titles =
    [
        "Red bicycle lamp", "Bicycle tail lamp, red", "Blue bicycle bell", "Fishing rod", "Fishing rod holder", "Rod for fishing, blue",
        null, "  ", "Yoga mat", "Thick yoga mat (blue)",
    ];

    private static readonly TextFeatureOptions Words = new() { MaxCharacters = 0, MinTexts = 1, MaxDimension = 50 };

    [Fact]
    public void A_text_is_cut_into_words_and_into_pieces_that_know_where_a_word_begins_and_ends()
    {
        var found = new List<string>();
        new TextTerms(3, 4).Visit("LED-Lámp fit", term => found.Add(term.ToString()));
        found.Should().Equal(
            "<led>", "<le", "led", "ed>", "<led", "led>",
            "<lámp>", "<lá", "lám", "ámp", "mp>", "<lám", "lámp", "ámp>",
            "<fit>", "<fi", "fit", "it>", "<fit", "fit>");
    }

    [Fact]
    public void Pieces_never_cut_a_character_in_two_and_half_a_pair_ends_a_word()
    {
        var found = new List<string>();
        new TextTerms(2, 3).Visit("a\U00020000b\ud800c", term => found.Add(term.ToString()));
        found.Should().Contain(["<a\U00020000b>", "<c>", "<a", "\U00020000", "b>"]).And.OnlyContain(t => t.IsNormalized());
    }

    [Fact]
    public void Wide_letters_are_the_letters_where_the_process_can_tell()
    {
        var found = new List<string>();
        new TextTerms(3, 0).Visit("ＬＥＤ", term => found.Add(term.ToString()));
        found.Should().Equal("ＬＥＤ".IsNormalized(NormalizationForm.FormKC) ? "<ｌｅｄ>" : "<led>");
    }

    [Fact]
    public void With_all_directions_cosines_are_those_of_the_weights_worked_out_by_hand()
    {
        // N = 3. "a" in 3 texts: idf 1; "b" in 2: 1 + ln(4/3); "c" in 1: 1 + ln 2. The first text has "b" twice: times 1 + ln 2.
        TextFeatures features = TextFeatures.Fit(["a b b", "a b", "a c"], Words);
        double b = 1 + Math.Log(4.0 / 3), c = 1 + Math.Log(2), twice = (1 + Math.Log(2)) * b;
        double[] first = [1, twice, 0], second = [1, b, 0], third = [1, 0, c];
        features.Dimension.Should().Be(3);
        features.TermCount.Should().Be(3);
        Dot(features.Encode("a b b")!, features.Encode("a b")!).Should().BeApproximately(Cosine(first, second), 1e-6);
        Dot(features.Encode("a b b")!, features.Encode("a c")!).Should().BeApproximately(Cosine(first, third), 1e-6);
        Dot(features.Encode("c, A; unknown")!, features.Encode("a c")!).Should().BeApproximately(1, 1e-6);
    }

    [Fact]
    public void Titles_that_repeat_and_a_small_shop_leave_alike_what_is_alike()
    {
        string[] kinds = ["lamp", "chair", "mug", "rug", "clock", "shelf", "vase", "sofa"];
        string[] colours = ["red", "blue", "green", "white", "black"];
        string[] titles =
        [
            .. from copy in Enumerable.Range(0, 5) from kind in kinds from colour in colours select $"{colour} {kind} for {kind}s",
        ];
        TextFeatures features = TextFeatures.Fit(titles);
        features.Dimension.Should().Be(8, "there are 200 titles, of which 40 differ");
        ItemFeatures table = new(Modality.Text, titles.Length, features.Dimension, [.. titles.SelectMany(t => features.Encode(t)!)]);
        float[] scaled = FeatureScaler.Scale(table, FeatureScaling.Standardize);
        var (mean, deviation) = FeatureScaler.Columns(table, FeatureScaling.Standardize);
        float[] own = features.Encode("purple clock for clocks")!;
        float[] fresh = [.. own.Select((x, d) => deviation[d] > 0 ? (x - mean[d]) / deviation[d] : 0)];
        int[] nearest = [.. Enumerable.Range(0, 40)
            .OrderByDescending(n => Dot(fresh, scaled.AsSpan(n * features.Dimension, features.Dimension).ToArray())).Take(5)];
        nearest.Select(n => titles[n]).Should().OnlyContain(title => title.EndsWith("clocks", StringComparison.Ordinal));
    }

    [Fact]
    public void There_are_no_more_features_than_directions_and_than_texts_with_a_term_bear()
    {
        string[] pairs = [.. Enumerable.Range(0, 8).Select(n => n % 2 == 0 ? "red lamp" : "blue chair")];
        TextFeatures.Fit(pairs, Words).Dimension.Should().Be(2);
        string[] titles = [.. from a in Enumerable.Range(0, 16) from b in Enumerable.Range(0, 8) select $"kind{a} colour{b}"];
        string[] numbers = [.. Enumerable.Range(0, 1000).Select(n => $"{n * 7919}")];
        var shared = Words with { MinTexts = 2 };
        int own = TextFeatures.Fit(titles, shared).Dimension;
        own.Should().Be(128 / 8);
        TextFeatures.Fit([.. titles, .. numbers], shared).Dimension.Should().Be(own);
    }

    [Fact]
    public void A_text_across_all_directions_has_no_features()
    {
        var random = new Random(5);
        string[] texts = [.. Enumerable.Range(0, 500).Select(_ => $"word{random.Next(12)} word{random.Next(12)} word{random.Next(12)}"),
            "\u3042\u3044 \u3046\u3048", "\u3042\u3044 \u3046\u3048"];
        TextFeatures features = TextFeatures.Fit(texts, new TextFeatureOptions { MaxDimension = 4, MaxCharacters = 0 });
        features.Encode(texts[^1]).Should().BeNull();
        features.Encode(texts[0]).Should().NotBeNull();
        features.Table(Modality.Text, [.. texts.Select((_, n) => $"i{n}")], texts).ItemIds.Should().HaveCount(500);
    }

    [Fact]
    public void Words_and_pieces_weigh_the_same_together()
    {
        // The words of "xyz abc" and "xyz def" share one of two of equal weight; so do their pieces.
        TextFeatures features = TextFeatures.Fit(["xyz abc", "xyz def", "abc", "def"], new TextFeatureOptions { MinTexts = 2 });
        Dot(features.Encode("xyz abc")!, features.Encode("xyz def")!).Should().BeApproximately(0.5, 1e-5);
    }

    [Fact]
    public void Directions_are_those_of_a_dense_singular_value_decomposition()
    {
        TextFeatureOptions options = new() { MaxDimension = 4, MinTexts = 1 };
        TextFeatures all = TextFeatures.Fit(Titles, options with { MaxDimension = 8 }), four = TextFeatures.Fit(Titles, options);
        var counts = TextCounts.Of(Titles, options, default);
        float[] idf = [.. counts.TextsWith.Select(n => 1 + (float)Math.Log(9.0 / (1 + n)))];
        var matrix = counts.Weighted(idf);
        var dense = Matrix<double>.Build.Dense(8, counts.Names.Length);
        for (int row = 0; row < 8; row++)
        {
            for (int n = matrix.RowOffsets[row]; n < matrix.RowOffsets[row + 1]; n++)
                dense[row, matrix.Columns[n]] = matrix.Values[n];
        }

        var svd = dense.Svd();
        Matrix<double> projected = dense * svd.VT.SubMatrix(0, 4, 0, counts.Names.Length).Transpose();
        string[] texts = [.. Titles.Where(t => !string.IsNullOrWhiteSpace(t))!];
        for (int a = 0; a < 8; a++)
        {
            for (int b = 0; b < 8; b++)
            {
                double expected = projected.Row(a).DotProduct(projected.Row(b)) / (projected.Row(a).L2Norm() * projected.Row(b).L2Norm());
                Dot(four.Encode(texts[a])!, four.Encode(texts[b])!).Should().BeApproximately(expected, 1e-4);
            }
        }

        all.Dimension.Should().Be(8, "there are eight texts");
    }

    [Fact]
    public void The_table_has_a_row_for_each_text_with_a_known_term_and_none_for_others()
    {
        TextFeatures features = TextFeatures.Fit(Titles, new TextFeatureOptions { MaxDimension = 6, MinTexts = 2 });
        string[] ids = [.. Enumerable.Range(0, Titles.Length).Select(n => $"item-{n}")];
        FeatureTable table = features.Table(Modality.Text, ids, Titles);
        table.ItemIds.Should().Equal(ids.Where((_, n) => n is not (6 or 7)));
        table.Dimension.Should().Be(6);
        table.Values.Span.Slice(6, 6).ToArray().Should().Equal(features.Encode(Titles[1]));
        features.Encode(null).Should().BeNull();
        features.Encode("???").Should().BeNull();
        features.Encode("zzzz").Should().BeNull();
        features.Encode("biicycle").Should().NotBeNull("pieces of a misspelt word are known");
    }

    [Fact]
    public void The_same_texts_and_seed_give_the_same_bits_for_any_number_of_threads()
    {
        string[] many = [.. Enumerable.Range(0, 3000).Select(n => $"thing {n % 97} of kind {n % 13} with word{n % 31}")];
        string[] ids = [.. Enumerable.Range(0, 3000).Select(n => $"{n}")];
        FeatureTable[] tables = [.. new[] { 1, 2, 5 }.Select(threads =>
        {
            using Parallelism.Scope scope = Parallelism.Use(threads);
            return TextFeatures.Fit(many).Table(Modality.Text, ids, many);
        })];
        tables[1].Values.ToArray().Should().Equal(tables[0].Values.ToArray());
        tables[2].Values.ToArray().Should().Equal(tables[0].Values.ToArray());
    }

    [Fact]
    public async Task While_it_is_made_it_holds_the_weights_both_ways_and_one_block_of_texts()
    {
        const int Texts = 8000, Terms = 100, Dimension = 17, Block = 4 * Texts * (Dimension + 16);
        string[] texts = [.. Enumerable.Range(0, Texts)
            .Select(n => string.Join(' ', Enumerable.Range(0, Terms).Select(t => $"w{((n * 7) + (t * 3)) % 500}")))];
        long held = 0, tensors = 0;

        // On a thread of its own, which has no memory for the last product yet: it asks for some, and there the rest is counted.
        await Task.Factory.StartNew(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            long before = GC.GetTotalMemory(forceFullCollection: true), alive = LiveTensors.Count;
            int own = Environment.CurrentManagedThreadId;
            Allocations.Before = _ =>
            {
                if (Environment.CurrentManagedThreadId != own)
                    return;
                held = Math.Max(held, GC.GetTotalMemory(forceFullCollection: true) - before);
                tensors = Math.Max(tensors, LiveTensors.Count - alive);
            };
            try
            {
                TextFeatures.Fit(texts, Words with { MaxDimension = Dimension }).TermCount.Should().Be(500);
            }
            finally
            {
                Allocations.Before = null;
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        held.Should().BePositive().And.BeLessThan((18L * Texts * Terms) + Block, "16 bytes are those of the weights");
        tensors.Should().BePositive().And.BeLessThan(8);
    }

    [Fact]
    public void A_saved_one_encodes_to_the_last_bit_as_before()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.safetensors");
        try
        {
            TextFeatures features = TextFeatures.Fit(Titles, new TextFeatureOptions { MaxDimension = 5, Seed = 7, MaxTerms = 40 });
            features.Save(path);
            TextFeatures loaded = TextFeatures.Load(path);
            loaded.Options.Should().Be(features.Options);
            loaded.TermCount.Should().Be(features.TermCount).And.BeLessThanOrEqualTo(40);
            loaded.Encode("a red bicycle rod").Should().Equal(features.Encode("a red bicycle rod"));

            byte[] bytes = File.ReadAllBytes(path);
            File.WriteAllBytes(path, bytes[..^3]);
            FluentActions.Invoking(() => TextFeatures.Load(path)).Should().Throw<DatasetFormatException>().WithMessage("*truncated*");
            bytes[^40] ^= 1;
            File.WriteAllBytes(path, bytes);
            FluentActions.Invoking(() => TextFeatures.Load(path)).Should().Throw<DatasetFormatException>().WithMessage("*is damaged*");
            int place = bytes.AsSpan().IndexOf("text_features\":\"1\""u8);
            bytes[place + 16] = (byte)'2';
            File.WriteAllBytes(path, bytes);
            FluentActions.Invoking(() => TextFeatures.Load(path)).Should().Throw<DatasetFormatException>().WithMessage("*must be 1*2*");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void What_cannot_be_learnt_from_is_refused()
    {
        FluentActions.Invoking(() => TextFeatures.Fit(["one", "two"]))
            .Should().Throw<ArgumentException>().WithMessage("*at least 2 texts*");
        FluentActions.Invoking(() => TextFeatures.Fit([null, ""], Words))
            .Should().Throw<ArgumentException>().WithMessage("*none in 2 texts*");
        TextFeatures features = TextFeatures.Fit(Titles);
        FluentActions.Invoking(() => features.Table(Modality.Text, ["a"], [])).Should().Throw<ArgumentException>()
            .WithMessage("*1 ids and 0 texts*");
        FluentActions.Invoking(() => TextFeatures.Fit(Titles, cancellationToken: new CancellationToken(true)))
            .Should().Throw<OperationCanceledException>();
    }

    private static double Dot(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();

    private static double Cosine(double[] a, double[] b)
        => a.Zip(b, (x, y) => x * y).Sum() / Math.Sqrt(a.Sum(x => x * x) * b.Sum(x => x * x));
}
