using DRepMRec.Data;
using DRepMRec.Serving;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Serving;

/// <summary>The weights between items of a file and added ones against a matrix, and those of a new item by their formula.</summary>
public sealed class ItemToItemRowsTests
{
    private const int FileRows = 5, All = 8;

    private static readonly float[,] File =
    {
        { 0, 0.5f, 0, 0, 2 }, { 0, 0, 0, 0, 0 }, { 0.25f, 0, 0, -1, 0 }, { 0, 3, 0, 0, 0 }, { 1, 0.125f, 0, 4, 0 },
    };

    private static ItemToItemRows Rows(float[,] weights, float[] residuals, ItemToItemForm? form = null)
    {
        int count = weights.GetLength(0);
        (int Row, int Column)[] cells = [.. Enumerable.Range(0, count * count).Select(n => (n / count, n % count))
            .Where(c => weights[c.Item1, c.Item2] != 0)];
        return new ItemToItemRows(form ?? new ItemToItemForm { Factor = 0.5f },
            Block<long>.Copy([.. Enumerable.Range(0, count + 1).Select(row => cells.LongCount(c => c.Row < row))]),
            Block<int>.Copy([.. cells.Select(c => c.Column)]), Block<float>.Copy([.. cells.Select(c => weights[c.Row, c.Column])]),
            Block<float>.Copy(residuals));
    }

    private static ItemToItemRows Added() => Rows(File, [1, 2, 3, 4, 5]) with
    {
        Added = [new AddedWeights([0, 3], [6, 7], [8, 9]), null, new AddedWeights([1, 2, 4], [-6, 0.5f, 11], [12, 13, 14])],
    };

    private static float Expected(int source, int target) => (source, target) switch
    {
        ( < FileRows, < FileRows) => File[source, target],
        (0, 5) => 6,
        (3, 5) => 7,
        (1, 7) => -6,
        (2, 7) => 0.5f,
        (4, 7) => 11,
        (5, 0) => 8,
        (5, 3) => 9,
        (7, 1) => 12,
        (7, 2) => 13,
        (7, 4) => 14,
        _ => 0,
    };

    [Fact]
    public void A_row_of_which_nothing_was_known_gets_its_weights_in_its_place()
    {
        float[,] file = { { 0, 0, 0.5f, 2 }, { 0, 0, 0, 0 }, { 3, 0, 0, 0 }, { 0, 0, 4, 0 } };
        ItemToItemRows before = Rows(file, [1, 0, 2, 3]) with { Added = [null, new AddedWeights([2], [5], [6])] };
        ItemToItemRows after = before.With([(1, new AddedWeights([0, 2, 3], [7, 0, -8], [9, 10, 11]))]);
        (file[0, 1], file[3, 1], file[1, 0], file[1, 2], file[1, 3]) = (7, -8, 9, 10, 11);
        for (int source = 0; source < 4; source++)
        {
            for (int target = 0; target < 4; target++)
                after.Weight(source, target).Should().Be(file[source, target]);
        }

        after.RowOf(0).Items.ToArray().Should().Equal(1, 2, 3);
        after.RowOf(3).Items.ToArray().Should().Equal(1, 2);
        (after.Weight(2, 5), after.Weight(5, 2)).Should().Be((5, 6));
        before.With([(1, null)]).Should().BeSameAs(before);
    }

    [Fact]
    public void Rows_of_which_nothing_is_known_cost_no_copy_of_the_weights()
    {
        ItemToItemRows file = Rows(File, [1, 2, 3, 4, 5]), longer = file.Flatten(7);
        (longer.Items, longer.Values).Should().Be((file.Items, file.Values));
        longer.Offsets.Slice(0, 8).ToArray().Should().Equal([.. file.Offsets.Slice(0, 6), longer.Items.Length, longer.Items.Length]);
        longer.Residuals.Slice(0, 7).ToArray().Should().Equal(1, 2, 3, 4, 5, 0, 0);
        longer.RowOf(6).Items.IsEmpty.Should().BeTrue();
    }

    [Fact]
    public void Each_item_speaks_for_each_other_by_its_weight_one_by_one_and_over_ranges()
    {
        ItemToItemRows rows = Added();
        (int First, int Count)[] ranges = [(0, 5), (2, 2), (4, 1), (5, 3), (6, 1), (7, 1)];
        for (int source = 0; source < All; source++)
        {
            for (int target = 0; target < All; target++)
                rows.Weight(source, target).Should().Be(Expected(source, target));
            foreach (var (first, count) in ranges)
            {
                float[] scores = [.. Enumerable.Repeat(1f, count)];
                rows.Add(source, 2, first, scores);
                scores.Should().Equal(Enumerable.Range(first, count).Select(target => 1 + (2 * Expected(source, target))));
            }
        }

        rows.RowOf(2).Items.ToArray().Should().Equal(0, 3);
        rows.RowOf(2).Values.ToArray().Should().Equal(0.25f, -1);
        foreach (Action wild in new Action[] { () => rows.Weight(0, 8), () => rows.Weight(8, 0), () => rows.Add(8, 1, 0, new float[5]) })
        {
            wild.Should().ThrowExactly<ModelFileException>().WithMessage("The model is damaged: it refers to item 8 of 8.");
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(10)]
    public void Over_more_rows_the_weights_are_the_same_and_those_of_items_to_come_are_none(int count)
    {
        ItemToItemRows flat = Added().Flatten(count);
        flat.Added.Should().BeEmpty();
        flat.Offsets.Length.Should().Be(count + 1);
        for (int source = 0; source < count; source++)
        {
            for (int target = 0; target < count; target++)
                flat.Weight(source, target).Should().Be(Expected(source, target));
            flat.RowOf(source).Items.ToArray().Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        }

        flat.Residuals.Slice(0, count).ToArray().Should().Equal([1, 2, 3, 4, 5, .. new float[count - FileRows]]);
        flat.Flatten(count).Should().BeSameAs(flat);
    }

    [Fact]
    public void A_file_keeps_the_rows_of_the_training_and_of_added_items_those_that_are_offered_with_all_weights_between_them()
    {
        ServingModel tiny = RecommenderTests.Tiny().Model;
        RowStore rows = tiny.Items.With([1], [9, 8], [3, 0, 4, 1, 5, 2]);
        var changed = new Recommender(tiny with
        {
            Manifest = tiny.Manifest with { TrainedItems = 4 },
            Items = rows,
            ItemBehavior = rows,
            ItemToItem = Added(),
            Changes = CatalogueChanges.None.Next([2, 4], [], [1], ["f", "g", "h"], FileRows),
        });
        Recommender loaded = changed.Reload(null);
        loaded.Items.Should().Equal("a", "b", "d", "f", "g", "h");
        int[] written = [0, 1, 2, 3, 5, 6, 7];
        (loaded.Model.TrainedItems, loaded.Model.ItemRows, loaded.Manifest.Items).Should().Be((4, 7, 6));
        loaded.Model.Changes.HiddenRows().Should().Equal(2);
        for (int row = 0; row < written.Length; row++)
        {
            loaded.Model.ItemId(row).Should().Be(changed.Model.ItemId(written[row]));
            loaded.Model.Items[row].ToArray().Should().Equal(rows[written[row]].ToArray());
            loaded.Model.Degree(row).Should().Be(changed.Model.Degree(written[row]));
            for (int target = 0; target < written.Length; target++)
                loaded.Model.ItemToItem!.Weight(row, target).Should().Be(Expected(written[row], written[target]));
        }

        loaded.Model.ItemToItem!.Residuals.Slice(0, 7).ToArray().Should().Equal(1, 2, 3, 4, 0, 0, 0);
        loaded.History("anna").Should().Equal("d");
        loaded.Recommend("nobody", 2).Select(r => r.Item).Should().Equal("d", "a");
        FluentActions.Invoking(() => new Recommender(changed.Model with
        {
            Changes = CatalogueChanges.None.Next([], [], [1], ["f", "a", "h"], FileRows),
        }).Reload(null)).Should().ThrowExactly<ModelFileException>()
            .WithMessage("The model is damaged, and isn't saved: Each id must occur once; 'a' is number 0 and number 6.");
        RowStore damaged = tiny.Items.With([1], [9, float.NaN], [3, 0, 4, 1, 5, 2]);
        FluentActions.Invoking(() => new Recommender(changed.Model with { Items = damaged }).Reload(null)).Should()
            .ThrowExactly<ModelFileException>()
            .WithMessage("The model is damaged: 'item_embeddings' has a number that isn't finite. It isn't saved.");
    }

    [Theory]
    [InlineData(RowPrecision.Single)]
    [InlineData(RowPrecision.Int8)]
    public void A_file_has_each_change_alone_in_either_precision(RowPrecision precision)
    {
        ServingModel tiny = RecommenderTests.Tiny().Model;
        ServingModel Changed(RowStore rows, CatalogueChanges changes) => tiny with
        {
            Manifest = tiny.Manifest with { TrainedItems = 4 },
            Items = rows,
            ItemBehavior = rows,
            Changes = changes,
        };
        (ServingModel Model, string[] Items)[] cases =
        [
            (Changed(tiny.Items.With([1], [127, 8], []), CatalogueChanges.None.Next([], [], [1], [], 5)), ["a", "b", "c", "d", "e"]),
            (Changed(tiny.Items.With([], [], [127, 3]), CatalogueChanges.None.Next([], [], [], ["f"], 5)), ["a", "b", "c", "d", "e", "f"]),
            (Changed(tiny.Items, CatalogueChanges.None.Next([4], [], [], [], 5)), ["a", "b", "c", "d"]),
            (Changed(tiny.Items, CatalogueChanges.None.Next([0], [], [], [], 5)), ["b", "c", "d", "e"]),
        ];
        foreach (var (model, items) in cases)
        {
            Recommender changed = new Recommender(model).WithRowPrecision(precision), loaded = changed.Reload(null);
            loaded.Items.Should().Equal(items);
            loaded.RowPrecision.Should().Be(precision);
            foreach (string item in items)
            {
                changed.Model.TryGetItem(item, out int before).Should().BeTrue();
                loaded.Model.TryGetItem(item, out int after).Should().BeTrue();
                loaded.Model.Items[after].ToArray().Should().Equal(changed.Model.Items[before].ToArray());
            }

            loaded.Recommend("anna", 9).Should().Equal(changed.Recommend("anna", 9));
        }
    }

    [Fact]
    public void Popularity_is_added_by_its_factor_and_the_length_of_the_query_and_that_of_added_items_is_none()
    {
        // Logarithms to the base 2: 3, 1, nothing known, 0 + 1 and 2; their mean is 7 / 4.
        var popularity = new PopularityOrder(Block<int>.Copy([7, 1, 0, 1, 3]));
        ItemToItemRows rows = Added() with { Form = new ItemToItemForm { Factor = 0, PopularityFactor = 0.5f } };
        foreach (int[] items in new int[][] { [], [0, 2, 4] })
        {
            HistoryQuery history = HistoryQuery.Of(rows, popularity, items, [3, 0, 4])!;
            foreach (var (first, count) in new[] { (0, 5), (3, 1), (1, 3), (5, 3), (6, 1), (4, 3) })
            {
                float[] scores = [.. Enumerable.Repeat(1f, count)];
                history.AddTo(first, scores);
                scores.Should().Equal(Enumerable.Range(first, count).Select(target => 1 + Popular(target)), Nearly);
            }

            Enumerable.Range(0, All).Select(history.Popularity).Should().Equal(Enumerable.Range(0, All).Select(Popular), Nearly);
            history.Shares(3).Should().BeEmpty();
        }

        static float Popular(int target) => target < FileRows ? new[] { 5 / 4f, -3 / 4f, 0, -3 / 4f, 1 / 4f }[target] / 3 * 2.5f : 0;
        static bool Nearly(float a, float b) => Math.Abs(a - b) < 1e-5f;
    }

    [Fact]
    public void Without_a_factor_for_it_popularity_says_nothing_and_without_a_history_nothing_is_added()
    {
        var popularity = new PopularityOrder(Block<int>.Copy([7, 1, 0, 1, 3]));
        HistoryQuery history = HistoryQuery.Of(Added(), popularity, [], [3, 0, 4])!;
        float[] scores = [1, 2, 3, 4, 5];
        history.AddTo(0, scores);
        scores.Should().Equal(1, 2, 3, 4, 5);
        history.Popularity(0).Should().Be(0);
    }

    [Fact]
    public void A_history_adds_the_mean_of_its_weights_times_the_factor_and_the_length_of_the_query()
    {
        ItemToItemRows rows = Added();
        var popularity = new PopularityOrder(Block<int>.Copy(new int[FileRows]));
        HistoryQuery history = HistoryQuery.Of(rows, popularity, [0, 2, 4, 5], [3, 0, 4])!;
        var scores = new float[FileRows];
        history.AddTo(0, scores);
        scores.Should().Equal(Enumerable.Range(0, FileRows).Select(target
            => new[] { 0, 2, 4, 5 }.Sum(source => Expected(source, target)) * 0.5f * 5 / 4));
        history.Shares(3).Should().Equal((2, -0.625f), (4, 2.5f), (5, 5.625f));
        HistoryQuery.Of(null, popularity, [0, 2], [3, 0, 4]).Should().BeNull();
    }

    [Theory]
    [InlineData(6, true)]
    [InlineData(6, false)]
    [InlineData(3, true)]
    public void A_new_item_has_the_weights_of_the_block_inverse(int kept, bool both)
    {
        const int Items = 6;
        const double Alpha = 0.75, L2 = 3;
        int[] widths = [3, 2];
        float[,] weights = new float[Items, Items];
        float[] drawn = Samples.Floats(Items * Items, 1), residuals = [2, 3, 1.5f, 0, 4, 2.5f];
        for (int n = 0; n < drawn.Length; n++)
            weights[n / Items, n % Items] = n / Items == n % Items || n % 4 == 1 ? 0 : 0.3f * drawn[n];
        var form = new ItemToItemForm { Factor = 1, L2 = L2, ContentWeight = Alpha, KeptWeights = kept };
        float[][] features = [.. widths.Select((w, m) => Samples.Floats(Items * w, (ulong)m + 2))];
        float[][] own = [.. widths.Select((w, m) => Samples.Floats(w, (ulong)m + 7))];
        ServingModel model = Model(Items, Rows(weights, residuals, form), [.. features.Select((f, m) => RowStore.Of(f, widths[m]))]);
        EncodedContent?[] content = [new([], own[0], []), both ? new([], own[1], []) : null];

        double[] gram = new double[Items];
        for (int m = 0; m < (both ? 2 : 1); m++)
        {
            for (int i = 0; i < Items; i++)
                gram[i] += Alpha / widths[m] * Slow.Sum(widths[m], d => (double)features[m][(i * widths[m]) + d] * own[m][d]);
        }

        double[] direct = [.. gram.Select((g, i) => residuals[i] > 0 ? g / residuals[i] : 0)];
        double[] b = [.. direct.Select((v, i) => residuals[i] > 0 ? v - Slow.Sum(Items, j => weights[i, j] * direct[j]) : 0)];
        double s = 1 / (L2 + (both ? 2 * Alpha : Alpha) - Slow.Sum(Items, i => gram[i] * b[i]));
        int[] expected = [.. Enumerable.Range(0, Items).Where(i => b[i] != 0).OrderByDescending(i => Math.Abs(b[i])).Take(kept).Order()];

        AddedWeights made = NewItemWeights.Of(model, content)!;
        made.Items.Should().Equal(expected);
        for (int i = 0; i < Items; i++)
        {
            bool isKept = expected.Contains(i);
            made.From(i).Should().BeApproximately(isKept ? (float)b[i] : 0, 1e-6f);
            double to = isKept && residuals[i] > 0 ? s * b[i] / ((1 / (double)residuals[i]) + (s * b[i] * b[i])) : 0;
            made.To(i).Should().BeApproximately((float)to, 1e-6f);
        }
    }

    [Fact]
    public void An_item_that_has_weights_is_not_new_whatever_is_left_of_its_content()
    {
        float[,] weights = new float[3, 3];
        weights[1, 0] = 0.5f;
        var form = new ItemToItemForm { Factor = 1, L2 = 1, ContentWeight = 1, KeptWeights = 5 };
        ServingModel model = Model(3, Rows(weights, [4, 0, 0], form), [RowStore.Of([1, 0, 0], 1)]);
        Enumerable.Range(0, 3).Select(row => NewItemWeights.IsNew(model, row)).Should().Equal(false, false, true);
    }

    [Fact]
    public void Content_that_is_scaled_to_nothing_counts_as_none()
    {
        var form = new ItemToItemForm { Factor = 1, L2 = 1, ContentWeight = 1, KeptWeights = 5 };
        ServingModel model = Model(2, Rows(new float[2, 2], [4, 4], form), [RowStore.Of([1, 1], 1), RowStore.Of([1, -1], 1)]);
        AddedWeights lacking = NewItemWeights.Of(model, [new([], [1], []), null])!;
        AddedWeights zero = NewItemWeights.Of(model, [new([], [1], []), new([], [0], [])])!;
        (zero.From(0), zero.To(0), zero.To(1)).Should().Be((lacking.From(0), lacking.To(0), lacking.To(1)));
        zero.To(0).Should().BeApproximately(0.5714f, 1e-4f);
    }

    [Fact]
    public void Where_there_is_nothing_to_compare_with_a_new_item_has_no_weights()
    {
        var form = new ItemToItemForm { Factor = 1, L2 = 1, ContentWeight = 1, KeptWeights = 5 };
        EncodedContent?[] content = [new([], [1], [])];
        RowStore Features(float value) => RowStore.Of([1, value], 1);
        float[,] none = new float[2, 2];
        NewItemWeights.Of(Model(2, Rows(none, [4, 4], form), [Features(1)]), content)!.Items.Should().Equal(0, 1);
        NewItemWeights.Of(Model(2, null, [Features(1)]), content).Should().BeNull();
        NewItemWeights.Of(Model(2, Rows(none, [4, 4], form with { ContentWeight = 0 }), [Features(1)]), content).Should().BeNull();
        NewItemWeights.Of(Model(2, Rows(none, [4, 4], form with { Factor = 0 }), [Features(1)]), content).Should().BeNull();
        NewItemWeights.Of(Model(2, Rows(none, [1, 1], form), [Features(1)]), content).Should()
            .BeNull("1 + 1 - 1 - 1 is what nothing is divided by");
        NewItemWeights.Of(Model(2, Rows(none, [4, 4], form), [Features(float.MaxValue)]), [new([], [10], [])]).Should().BeNull();
        ServingModel without = Model(2, Rows(none, [4, 4], form), [Features(1)]);
        without = without with { Content = [without.Content[0] with { Features = null }] };
        NewItemWeights.Of(without, content)!.Items.Should().BeEmpty();
    }

    private static ServingModel Model(int items, ItemToItemRows? part, RowStore[] features)
    {
        var manifest = new ModelManifest(4, "", "", "", 1, items, 1, new Dictionary<string, double>());
        ServingModel model = ServingModel.OfFusedRows(manifest, ["u"], [.. Enumerable.Range(0, items).Select(i => $"i{i}")],
            RowStore.Of([1], 1), RowStore.Of(new float[items], 1), new InteractionSet(1, items, []));
        return model with
        {
            ItemToItem = part,
            Content = [.. features.Select(rows => new ContentEncoder(new ModalityForm(), Block<float>.Empty, Block<float>.Empty,
                Block<float>.Empty, Block<float>.Empty) { Features = rows })],
        };
    }
}
