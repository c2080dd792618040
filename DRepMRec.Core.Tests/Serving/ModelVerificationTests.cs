using DRepMRec.Data;
using DRepMRec.Kernels;
using DRepMRec.Serving;

namespace DRepMRec.Tests.Serving;

/// <summary>What is wrong with a model's arrays, each in its words and with the place.</summary>
public sealed class ModelVerificationTests
{
    private static readonly ServingModel Tiny = RecommenderTests.Tiny().Model;

    private static void Refused(ServingModel model, string message)
        => FluentActions.Invoking(() => ModelVerification.Verify(model)).Should().Throw<FormatException>()
            .Which.Message.Should().Be(message);

    private static RowStore Rows(int rows, int width, int at, float value)
    {
        float[] values = new float[rows * width];
        values[at] = value;
        return RowStore.Of(values, width);
    }

    private static RowStore Bytes(int rows, int width, int at, float scale)
    {
        float[] scales = new float[rows];
        scales[at] = scale;
        return new RowStore(new RowBlock(Block<sbyte>.Copy(new sbyte[rows * width]), Block<float>.Copy(scales), width), rows);
    }

    private static ServingModel Seen(long[] offsets, int[] items, params int[] degrees) => Tiny with
    {
        SeenOffsets = Block<long>.Copy(offsets),
        SeenItems = Block<int>.Copy(items),
        ItemDegrees = Block<int>.Copy(degrees),
        Histories = new EdgeRows(Block<long>.Copy(offsets), Block<int>.Copy(items), null),
    };

    private static ServingModel ItemToItem(long[] offsets, int[] items, float[] values, float[] residuals) => Tiny with
    {
        ItemToItem = new ItemToItemRows(new ItemToItemForm(), Block<long>.Copy(offsets), Block<int>.Copy(items), Block<float>.Copy(values),
            Block<float>.Copy(residuals)),
    };

    private static ContentEncoder Content(float mean = 1, float deviation = 1, float projection = 1, float bias = 1)
        => new(new ModalityForm { Name = "image" }, Block<float>.Copy([mean]), Block<float>.Copy([deviation]),
            Block<float>.Copy([projection]), Block<float>.Copy([bias]));

    [Fact]
    public void Histories_ascend_within_the_trained_items_and_make_the_numbers_of_users()
    {
        ModelVerification.Verify(Seen([0, 2, 4], [0, 4, 2, 3], 1, 0, 1, 1, 1));
        Refused(Seen([0, 2, 1], [0, 4, 2, 3], 1, 0, 1, 1, 1), "the seen item offsets must not fall, but number 2 is 1 after 2");
        Refused(Seen([0, 2, 4], [0, 5, 2, 3], 1, 0, 1, 1, 1),
            "the items of the user with index 0 must ascend from 0 to 4; 5 comes after 0");
        Refused(Seen([0, 2, 4], [0, 4, 3, 3], 1, 0, 1, 1, 1),
            "the items of the user with index 1 must ascend from 0 to 4; 3 comes after 3");
        Refused(Seen([0, 2, 4], [-1, 4, 3, 3], 1, 0, 1, 1, 1),
            "the items of the user with index 0 must ascend from 0 to 4; -1 comes after -1");
        Refused(Seen([0, 2, 4], [0, 4, 2, 3], 1, 0, 1, 2, 1), "the numbers of users per item don't match the items of the users");
        Refused(Seen([0, 2, 4], [0, 4, 2, 3], 1, 0, 1, 1), "the numbers of users per item don't match the items of the users");
        ServingModel trained = Seen([0, 1, 2], [3, 2], 0, 0, 1, 1, 0);
        Refused(trained with { Manifest = Tiny.Manifest with { TrainedItems = 3 } },
            "the items of the user with index 0 must ascend from 0 to 2; 3 comes after -1");
    }

    [Fact]
    public void Ids_begin_where_others_end()
    {
        IdTable ids = Tiny.ItemIds;
        var falling = new IdTable(ids.Text, Block<long>.Copy([0, 1, 2, 3, 2, 5]), ids.Slots);
        Refused(Tiny with { ItemIds = falling }, "the id offsets must not fall, but number 4 is 2 after 3");
        IdTable users = Tiny.UserIds;
        Refused(Tiny with { UserIds = new IdTable(users.Text, Block<long>.Copy([0, -1, 7]), users.Slots) },
            "the id offsets must not fall, but number 1 is -1 after 0");
        Refused(Tiny with { UserIds = new IdTable(users.Text, users.Offsets, Block<int>.Copy(new int[4])) },
            "expected 2 slots of the table of user ids to be used, as many as there are ids; 0 of 4 are");
    }

    [Fact]
    public void Every_row_is_finite_or_has_a_scale_by_which_it_is()
    {
        Refused(Tiny with { Users = Rows(2, 3, 4, float.NaN) }, Number("representation of the user with index 1 has NaN"));
        Refused(Tiny with { Items = Rows(5, 2, 0, float.PositiveInfinity) },
            Number("representation of the item with index 0 has Infinity"));
        Refused(Tiny with { UserBehavior = Rows(2, 2, 3, float.NaN) }, Number("line of the user with index 1 has NaN"));
        Refused(Tiny with { ItemBehavior = Rows(5, 2, 9, float.NaN) }, Number("line of the item with index 4 has NaN"));
        Refused(Tiny with { UserModal = [Rows(2, 2, 0, 1), Rows(2, 2, 1, float.NaN)] }, Number("line of the user with index 0 has NaN"));
        Refused(Tiny with { ItemModal = [Rows(5, 2, 5, float.NaN)] }, Number("line of the item with index 2 has NaN"));
        Refused(Tiny with { FoldInMap = Block<float>.Copy([0, float.NaN]) }, Number("fold-in map has one that isn't"));
        Refused(Tiny with { Users = Bytes(2, 2, 1, -1) }, Scale("representation of the user with index 1 has -1"));
        Refused(Tiny with { ItemModal = [Bytes(5, 2, 4, float.NaN)] }, Scale("line of the item with index 4 has NaN"));

        static string Number(string what) => $"expected finite numbers; the {what}";
    }

    [Fact]
    public void Rows_and_blocks_of_more_than_a_million_numbers_are_looked_at_to_their_end()
    {
        const int Half = (1 << 19) + 1;
        Refused(Tiny with { ItemModal = [Rows(3, Half, (2 * Half) + 5, float.NaN)] },
            "expected finite numbers; the line of the item with index 2 has NaN");
        Refused(Tiny with { ItemModal = [Rows(3, Half, Half - 1, float.NaN)] },
            "expected finite numbers; the line of the item with index 0 has NaN");
        float[] map = new float[(1 << 20) + 1];
        map[^1] = float.NegativeInfinity;
        Refused(Tiny with { FoldInMap = Block<float>.Copy(map) }, "expected finite numbers; the fold-in map has one that isn't");
    }

    [Fact]
    public void Weights_are_those_of_interactions()
    {
        ServingModel model = Seen([0, 1, 2], [3, 2], 0, 0, 1, 1, 0);
        ModelVerification.Verify(model with { SeenWeights = Block<float>.Copy([1, 0.5f]) });
        Refused(model with { SeenWeights = Block<float>.Copy([1, 0]) },
            $"expected weights from {EventWeights.Min} to {EventWeights.Max}, an interaction has 0");
    }

    [Fact]
    public void An_item_speaks_for_others_in_ascending_order_by_finite_weights()
    {
        long[] offsets = [0, 2, 2, 3, 3, 3];
        ModelVerification.Verify(ItemToItem(offsets, [1, 4, 0], [1, 2, 3], new float[5]));
        Refused(ItemToItem([0, 2, 1, 3, 3, 3], [1, 4, 0], [1, 2, 3], new float[5]),
            "the item-to-item weight offsets must not fall, but number 2 is 1 after 2");
        Refused(ItemToItem(offsets, [1, 5, 0], [1, 2, 3], new float[5]), Order(0, "5 comes after 1"));
        Refused(ItemToItem(offsets, [0, 1, 0], [1, 2, 3], new float[5]), Order(0, "0 comes after -1"));
        Refused(ItemToItem(offsets, [1, 1, 0], [1, 2, 3], new float[5]), Order(0, "1 comes after 1"));
        Refused(ItemToItem(offsets, [1, 4, 2], [1, 2, 3], new float[5]), Order(2, "2 comes after -1"));
        Refused(ItemToItem(offsets, [1, 4, -1], [1, 2, 3], new float[5]), Order(2, "-1 comes after -1"));
        Refused(ItemToItem([0, 0, 0, 0, 0, 1], [4], [1], new float[5]), Order(4, "4 comes after -1"));
        const string NotFinite = "expected finite numbers; the item-to-item part has one that isn't";
        Refused(ItemToItem(offsets, [1, 4, 0], [1, 2, float.NaN], new float[5]), NotFinite);
        Refused(ItemToItem(offsets, [1, 4, 0], [1, 2, 3], [0, 0, 0, 0, float.NaN]), NotFinite);

        static string Order(int item, string what)
            => $"the items that the item with index {item} speaks for must ascend from 0 to 4 without itself; {what}";
    }

    [Fact]
    public void What_encodes_new_items_is_finite()
    {
        ModelVerification.Verify(Tiny with { Content = [Content()] });
        ContentEncoder[] wrong =
        [
            Content(mean: float.NaN), Content(deviation: float.NaN), Content(projection: float.NaN), Content(bias: float.NaN),
            Content() with { Gate = Block<float>.Copy([float.NaN]) }, Content() with { GateBias = Block<float>.Copy([float.NaN]) },
            Content() with { Features = Rows(5, 1, 4, float.NaN) }, Content() with { NeighborValues = Rows(5, 1, 4, float.NaN) },
        ];
        foreach (ContentEncoder content in wrong)
            Refused(Tiny with { Content = [content] }, "expected finite numbers; the content form of 'image' has one that isn't");
        Refused(Tiny with { Content = [Content() with { Features = Bytes(5, 1, 3, 3e-39f) }] },
            Scale($"content form of 'image' with index 3 has {3e-39f}"));
        Refused(Tiny with { Content = [Content() with { NeighborValues = Bytes(5, 1, 0, 0.1f) }] },
            Scale("content form of 'image' with index 0 has 0.1"));
    }

    private static string Scale(string what)
        => $"expected 0, or {ByteRows.MinScale} to {ByteRows.MaxScale} with 16 significant bits, as scales; "
            + $"the {what}";
}
