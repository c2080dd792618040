using DRepMRec.Internals;
using DRepMRec.Serving;

namespace DRepMRec.Tests.Serving;

/// <summary>Edges in a file and newer ones above them, against a dictionary of edges.</summary>
public sealed class EdgeRowsTests
{
    private const int Columns = 9;

    [Theory]
    [InlineData(1, 150, false, false)]
    [InlineData(2, 150, false, true)]
    [InlineData(3, 150, true, false)]
    [InlineData(4, 64, true, true)]
    [InlineData(5, 0, false, true)]
    public void Every_version_is_the_edges_that_it_was_given(ulong seed, int nodes, bool fileWeights, bool newerWeights)
    {
        var random = new SeededRandom(seed);
        SortedDictionary<int, float>[] expected = [.. Enumerable.Range(0, nodes).Select(_ => Draw(random, fileWeights))];
        EdgeRows rows = File(expected, fileWeights);
        RequireSame(rows, expected, new bool[nodes]);
        rows.Flatten().Offsets.Should().BeSameAs(rows.Flatten().Offsets, "nothing is newer than the file");
        var isNewer = new bool[nodes];
        for (int version = 0; version < 4; version++)
        {
            SortedDictionary<int, float>[] before = expected;
            EdgeRows old = rows;
            bool[] oldNewer = isNewer;
            int count = before.Length + (version % 2 == 0 ? 0 : random.NextInt(70));
            expected = [.. before, .. Enumerable.Range(0, count - before.Length).Select(_ => new SortedDictionary<int, float>())];
            isNewer = [.. isNewer, .. new bool[count - isNewer.Length]];
            var changed = new Dictionary<int, EdgeRow>();
            for (int n = 0; n < 5 && count > 0; n++)
            {
                int row = n == 0 ? count - 1 : random.NextInt(count);
                expected[row] = Draw(random, newerWeights);
                isNewer[row] = true;
                changed[row] = new EdgeRow([.. expected[row].Keys], newerWeights ? [.. expected[row].Values] : []);
            }

            rows = old.With(changed, count);
            RequireSame(rows, expected, isNewer);
            RequireSame(old, before, oldNewer);
        }
    }

    [Fact]
    public void A_row_that_there_is_not_has_no_edges()
    {
        EdgeRows rows = new(Block<long>.Copy([0L, 2]), Block<int>.Copy([3, 4]), Block<float>.Copy([5f, 6]));
        foreach (int row in new[] { 1, 2, 64, 1000 })
        {
            rows.Of(row).IsEmpty.Should().BeTrue();
            rows.WeightsOf(row).IsEmpty.Should().BeTrue();
        }

        rows.WeightsOf(0).ToArray().Should().Equal(5, 6);
    }

    [Fact]
    public void Edges_that_come_in_take_the_place_of_those_that_are_there()
    {
        Merged([], [], [(2, 3), (4, float.NaN)], [2, 4], [3, 1]);
        Merged([1, 3, 5], [], [(0, float.NaN), (3, float.NaN), (6, 1)], [0, 1, 3, 5, 6], []);
        Merged([1, 3, 5], [2, 3, 4], [(3, float.NaN), (5, 9), (7, float.NaN)], [1, 3, 5, 7], [2, 3, 9, 1]);
        Merged([1], [2], [(1, 1)], [1], []);
        Merged([4], [2], [], [4], [2]);

        // A weight of 1 for each isn't kept.
        static void Merged(int[] columns, float[] weights, (int, float)[] more, int[] merged, float[] mergedWeights)
        {
            EdgeRow row = EdgeRow.Merge(columns, weights, more);
            row.Columns.Should().Equal(merged);
            row.Weights.Should().Equal(mergedWeights);
        }
    }

    [Theory]
    [InlineData(new[] { 0, 2, 2 }, "the items of the user with index 1 must ascend from 0 to 2; 2 comes after 2")]
    [InlineData(new[] { 0, 2, 1 }, "the items of the user with index 1 must ascend from 0 to 2; 1 comes after 2")]
    [InlineData(new[] { 0, -1, 1 }, "the items of the user with index 1 must ascend from 0 to 2; -1 comes after -1")]
    [InlineData(new[] { 0, 1, 3 }, "the items of the user with index 1 must ascend from 0 to 2; 3 comes after 1")]
    [InlineData(new[] { 2, 0, 1 }, null)]
    public void Edges_that_cannot_be_are_refused(int[] items, string? message)
    {
        var rows = new EdgeRows(Block<long>.Copy([0L, 1, 3]), Block<int>.Copy(items), null);
        if (message is null)
            rows.Transpose(3).Of(2).ToArray().Should().Equal(0);
        else
            rows.Invoking(r => r.Transpose(3)).Should().Throw<ModelFileException>().WithMessage($"The model is damaged: {message}.");
    }

    private static SortedDictionary<int, float> Draw(SeededRandom random, bool weights) => new(Enumerable.Range(0, Columns)
        .Where(_ => random.NextInt(3) == 0).ToDictionary(c => c, _ => weights ? 0.5f + random.NextInt(3) : 1));

    private static EdgeRows File(SortedDictionary<int, float>[] rows, bool weights)
    {
        long[] offsets = [0, .. rows.Select((_, n) => (long)rows.Take(n + 1).Sum(r => r.Count))];
        return new EdgeRows(Block<long>.Copy(offsets), Block<int>.Copy([.. rows.SelectMany(r => r.Keys)]),
            weights ? Block<float>.Copy([.. rows.SelectMany(r => r.Values)]) : null);
    }

    private static void RequireSame(EdgeRows rows, SortedDictionary<int, float>[] expected, bool[] isNewer)
    {
        RequireRows(rows, expected);
        for (int row = 0; row < expected.Length; row++)
            rows.IsNewer(row).Should().Be(isNewer[row]);
        rows.HasWeights.Should().Be(expected.Any(r => r.Values.Any(w => w != 1)));

        var (offsets, columns, weights) = rows.Flatten();
        var flat = new EdgeRows(offsets, columns, weights);
        offsets[0L].Should().Be(0);
        RequireRows(flat, expected);
        (weights is not null).Should().Be(rows.HasWeights);

        int[] some = [.. Enumerable.Range(0, expected.Length).Where(n => n % 3 != 1).Reverse()];
        RequireRows(rows.Select(some), [.. some.Select(n => expected[n])]);

        SortedDictionary<int, float>[] turned = [.. Enumerable.Range(0, Columns).Select(c => new SortedDictionary<int, float>(
            Enumerable.Range(0, expected.Length).Where(n => expected[n].ContainsKey(c)).ToDictionary(n => n, n => expected[n][c])))];
        RequireRows(rows.Transpose(Columns), turned);
        rows.Transpose(Columns).HasWeights.Should().Be(rows.HasWeights);
    }

    private static void RequireRows(EdgeRows rows, SortedDictionary<int, float>[] expected)
    {
        rows.Count.Should().Be(expected.Length);
        for (int row = 0; row < expected.Length; row++)
        {
            rows.Of(row).SequenceEqual([.. expected[row].Keys]).Should().BeTrue();
            ReadOnlySpan<float> weights = rows.WeightsOf(row);
            (weights.IsEmpty ? expected[row].Values.All(w => w == 1) : weights.SequenceEqual([.. expected[row].Values])).Should().BeTrue();
        }
    }
}
