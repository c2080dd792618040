using DRepMRec.Serving;

namespace DRepMRec.Tests.Serving;

/// <summary>Rows of numbers and of bytes: replaced, added, chosen and flattened; and nothing is read beside an array.</summary>
public sealed class RowStoreTests
{
    // By a scale of 1 or 2 these are bytes, so that both precisions have the same rows.
    private static readonly float[] Four = [127, 1, 2, -254, 4, 6, 127, 7, 8, 127, 9, 10];

    public static TheoryData<RowPrecision> Precisions => [RowPrecision.Single, RowPrecision.Int8];

    private static RowStore Store(RowPrecision precision) => new(RowBlock.Copy(Four, 3, precision), 4);

    private static float[] Row(RowStore rows, int row)
    {
        var copy = new float[rows.Width];
        rows.CopyTo(row, copy);
        copy.Should().Equal(rows[row].ToArray());
        return copy;
    }

    private static unsafe nint Address(RowStore rows) => (nint)rows.Rows.Numbers.Pointer;

    private static float[] All(RowStore rows) => [.. Enumerable.Range(0, rows.Count).SelectMany(row => Row(rows, row))];

    private static float[] All(RowBlock rows)
    {
        var all = new float[rows.Count * rows.Width];
        rows.CopyTo(0, rows.Count, all);
        return all;
    }

    [Theory]
    [MemberData(nameof(Precisions))]
    public void Replaced_and_added_rows_stand_in_their_places_and_the_files_stay_what_they_were(RowPrecision precision)
    {
        RowStore rows = Store(precision), changed = rows.With([1, 3], [127, 0, 5, -127, 20, 30], [254, 2, 4, 127, 1, 1]);
        (changed.Count, changed.FileCount, changed.Width, changed.Precision).Should().Be((6, 4, 3, precision));
        All(changed).Should().Equal(127, 1, 2, 127, 0, 5, 127, 7, 8, -127, 20, 30, 254, 2, 4, 127, 1, 1);
        All(rows).Should().Equal(Four);
        All(changed.Rows).Should().Equal(Four);
        All(changed.Added).Should().Equal(254, 2, 4, 127, 1, 1);
        (int From, int Count, int[] Replaced)[] ranges =
            [(0, 1, []), (0, 2, [1]), (1, 1, [1]), (1, 2, [1]), (1, 3, [1, 3]), (2, 1, []), (2, 2, [3]), (0, 4, [1, 3]), (3, 0, [])];
        foreach (var (from, count, replaced) in ranges)
            changed.ReplacedIn(from, count).ToArray().Should().Equal(replaced);
    }

    [Theory]
    [MemberData(nameof(Precisions))]
    public void Flattened_rows_are_all_rows_one_after_the_other_with_zeros_behind_them(RowPrecision precision)
    {
        RowStore rows = Store(precision);
        rows.Flatten(4).Should().BeSameAs(rows, "they are flat");
        All(rows.Flatten(6)).Should().Equal([.. Four, .. new float[6]]);
        RowStore changed = rows.With([0], [127, 3, 3], []), added = rows.With([], [], [127, 5, 5]);
        All(changed.Flatten(4)).Should().Equal([127, 3, 3, .. Four[3..]]);
        changed.Flatten(4).ReplacedIn(0, 4).IsEmpty.Should().BeTrue("what was replaced is in its place");
        All(added.Flatten(5)).Should().Equal([.. Four, 127, 5, 5]);
        RowStore flat = added.Flatten(6);
        (flat.FileCount, flat.Added.Count, flat.Precision).Should().Be((6, 0, precision));
        All(flat).Should().Equal([.. Four, 127, 5, 5, 0, 0, 0]);
        All(flat.Flatten(5)).Should().Equal([.. Four, 127, 5, 5]);
        RowStore later = flat.Flatten(20);
        All(later).Should().Equal([.. Four, 127, 5, 5, .. new float[45]]);
        Address(later).Should().Be(Address(flat), "there was room behind them");
        All(later.Flatten(100)).Should().Equal([.. Four, 127, 5, 5, .. new float[285]]);
    }

    [Theory]
    [MemberData(nameof(Precisions))]
    public void Some_rows_alone_and_rows_held_in_another_way_are_the_same_rows(RowPrecision precision)
    {
        RowStore changed = Store(precision).With([2], [127, 40, 50], [127, 60, 70]);
        RowStore some = changed.Select([4, 2, 1]);
        (some.Count, some.FileCount, some.Precision).Should().Be((3, 3, precision));
        All(some).Should().Equal(127, 60, 70, 127, 40, 50, -254, 4, 6);
        foreach (RowPrecision other in Enum.GetValues<RowPrecision>())
        {
            RowStore held = changed.To(other);
            held.Precision.Should().Be(other);
            ReferenceEquals(held, changed).Should().Be(other == precision);
            (held.FileCount, held.Count).Should().Be((4, 5));
            All(held).Should().Equal(All(changed));
            held.ReplacedIn(0, 4).ToArray().Should().Equal(2);
        }
    }

    [Theory]
    [MemberData(nameof(Precisions))]
    public void Computed_rows_are_the_same_one_by_one_and_all_at_once(RowPrecision precision)
    {
        int asked = 0;
        float[] Compute(int row)
        {
            Interlocked.Increment(ref asked);
            return [row + 0.3f, -row, 0.1f * row];
        }

        var rows = new RowStore(300, 3, precision, Compute);
        (rows.Count, rows.FileCount, rows.Width, rows.Precision).Should().Be((300, 300, 3, precision));
        float[] one = Row(rows, 7);
        asked.Should().Be(2, "a row is computed when it's asked for");
        one.Should().Equal(RowBlock.Copy([7.3f, -7, 0.7f], 3, precision)[0].ToArray(), "it's rounded as the others are");
        RowBlock all = rows.Rows;
        all.Count.Should().Be(300);
        asked.Should().Be(302);
        for (int row = 0; row < 300; row++)
            rows[row].ToArray().Should().Equal(RowBlock.Copy(Compute(row), 3, precision)[0].ToArray());
        asked.Should().Be(602, "once they are all there, none is computed again");
        RowStore changed = rows.With([5], [127, 1, 1], [127, 2, 2]), other = changed.To(1 - precision);
        Row(changed, 5).Should().Equal(127, 1, 1);
        Row(changed, 300).Should().Equal(127, 2, 2);
        other.Precision.Should().Be(1 - precision);
        other[299].ToArray().Should().Equal(RowBlock.Copy(Row(rows, 299), 3, 1 - precision)[0].ToArray());
        new RowStore(300, 3, precision, Compute).To(1 - precision)[8].ToArray()
            .Should().Equal(RowBlock.Copy(RowBlock.Copy(Compute(8), 3, precision)[0], 3, 1 - precision)[0].ToArray());
    }

    [Theory]
    [MemberData(nameof(Precisions))]
    public void A_block_gives_sets_adds_and_clears_single_rows(RowPrecision precision)
    {
        RowBlock rows = RowBlock.Copy(Four, 3, precision);
        (rows.Count, rows.Width, rows.Precision, rows.Bytes is null).Should().Be((4, 3, precision, precision == RowPrecision.Single));
        rows[2].ToArray().Should().Equal(127, 7, 8);
        var two = new float[7];
        rows.CopyTo(1, 2, two);
        two.Should().Equal(-254, 4, 6, 127, 7, 8, 0);
        var one = new float[3];
        rows.CopyTo(3, one);
        one.Should().Equal(127, 9, 10);
        rows.AddTo(1, 2, two);
        two.Should().Equal(-508, 8, 12, 254, 14, 16, 0);
        RowBlock first = rows.First(2);
        All(first).Should().Equal(Four[..6]);
        rows.First(4).Should().BeSameAs(rows);
        rows.Set(1, [0, 127, -3]);
        All(first).Should().Equal([127, 1, 2, 0, 127, -3], "both are the same memory");
        rows.Clear(0);
        All(rows).Should().Equal([0, 0, 0, 0, 127, -3, .. Four[6..]]);
        RowBlock none = RowBlock.Copy([], 3, precision);
        (none.Count, none.Width, none.Precision).Should().Be((0, 3, precision));
        new RowBlock(Block<float>.Empty, 0).Count.Should().Be(0);
    }

    [Fact]
    public void Memory_for_rows_has_zeros_behind_them()
    {
        foreach (RowPrecision precision in Enum.GetValues<RowPrecision>())
        {
            RowBlock rows = RowStore.Allocate(160, 2, precision);
            rows.Count.Should().Be(186, "a sixteenth and sixteen more than were asked for");
            for (int row = 160; row < rows.Count; row++)
                rows[row].ToArray().Should().Equal(0, 0);
        }
    }

    [Fact]
    public void Nothing_beside_an_array_is_read_or_written()
    {
        Block<int> block = Block<int>.Copy([1, 2, 3, 4, 5, 6]);
        block[5].Should().Be(6);
        block.Slice(6, 0).IsEmpty.Should().BeTrue();
        block.Slice(4, 2).ToArray().Should().Equal(5, 6);
        block.Row(2, 2).ToArray().Should().Equal(5, 6);
        block.Writable(1, 3).ToArray().Should().Equal(4, 5, 6);
        (block.First(6) == block, block.First(2).Length, block.First(9).Length).Should().Be((true, 2, 6));
        Refused(() => _ = block[6], "element 6 of an array of 6");
        Refused(() => _ = block[-1], "element -1 of an array of 6");
        Refused(() => block.Slice(-1, 1), "elements -1 to 0 of an array of 6");
        Refused(() => block.Slice(1, -1), "elements 1 to 0 of an array of 6");
        Refused(() => block.Slice(5, 2), "elements 5 to 7 of an array of 6");
        Refused(() => block.Slice(0, 7), "elements 0 to 7 of an array of 6");
        Refused(() => block.Slice(0, 1L << 33), "elements 0 to 8589934592 of an array of 6");
        Refused(() => block.Writable(3, 2), "elements 6 to 8 of an array of 6");
        Refused(() => block.Row(2, 3), "elements 6 to 9 of an array of 6");
        FluentActions.Invoking(() => Block<int>.Allocate(Array.MaxLength + 1L)).Should().Throw<InvalidOperationException>()
            .WithMessage("2147483592 elements are more than one array holds.");
        Block<int>.Allocate(3).Length.Should().Be(3);
        using var file = new MemoryStream([0, .. Enumerable.Range(0, 7).SelectMany(BitConverter.GetBytes)]);
        Block<int>.Read(file, 1, 7, sliceLength: 3).Slice(0, 7).ToArray().Should().Equal(0, 1, 2, 3, 4, 5, 6);
        Block<int>.Empty.Length.Should().Be(0);

        static void Refused(Action read, string what)
            => read.Should().ThrowExactly<ModelFileException>().WithMessage($"The model is damaged: it refers to {what}.");
    }
}
