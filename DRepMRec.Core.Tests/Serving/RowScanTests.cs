using System.Numerics.Tensors;
using DRepMRec.Kernels;
using DRepMRec.Serving;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Serving;

/// <summary>The pass over all rows against one dot product after the other, over several chunks, replaced and added rows.</summary>
public sealed class RowScanTests
{
    private const int FileRows = 2500, AddedRows = 1100, Rows = FileRows + AddedRows, Width = 5;
    private static readonly int[] Replaced = [0, 7, 1023, 1024, 2499];

    public static TheoryData<RowPrecision, int, int> Cases => new()
    {
        { RowPrecision.Single, 1, 1 }, { RowPrecision.Single, 1, 5 }, { RowPrecision.Single, 3, 2 }, { RowPrecision.Int8, 1, 1 },
        { RowPrecision.Int8, 1, 3 }, { RowPrecision.Int8, 2, 3 },
    };

    private static RowStore Store(RowPrecision precision, ulong seed, bool replaced = true)
    {
        float[] values = Samples.Floats(FileRows * Width, seed);
        values.AsSpan(3 * Width, Width).Clear();
        return new RowStore(RowBlock.Copy(values, Width, precision), FileRows).With(replaced ? Replaced : [],
            replaced ? Samples.Floats(Replaced.Length * Width, seed + 1) : [], Samples.Floats(AddedRows * Width, seed + 2));
    }

    private static double[] Sum(RowStore[] lines, int row)
        => [.. Enumerable.Range(0, Width).Select(d => lines.Sum(line => (double)line[row][d]))];

    private static double Dot(double[] row, ReadOnlySpan<float> query)
    {
        double dot = 0;
        for (int d = 0; d < row.Length; d++)
            dot += row[d] * query[d];
        return dot;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_row_is_offered_once_with_its_product_and_its_cosine(RowPrecision precision, int lineCount, int queryCount)
    {
        RowStore[] lines = [.. Enumerable.Range(0, lineCount).Select(l => Store(precision, (ulong)(10 * l) + 1))];
        float[] queries = Samples.Floats(queryCount * Width, 99);
        for (int q = 0; q < queryCount; q++)
        {
            Span<float> query = queries.AsSpan(q * Width, Width);
            TensorPrimitives.Divide(query, TensorPrimitives.Norm<float>(query), query);
        }

        foreach (bool cosine in new[] { false, true })
        {
            Scores[] scores = [.. Enumerable.Range(0, queryCount).Select(_ => new Scores(Rows))];
            RowScan.All(lines, queries, scores, cosine);
            for (int row = 0; row < Rows; row++)
            {
                double[] sum = Sum(lines, row);
                double length = cosine ? Math.Sqrt(sum.Sum(v => v * v)) : 1;
                for (int q = 0; q < queryCount; q++)
                {
                    double expected = length > 0 ? Dot(sum, queries.AsSpan(q * Width, Width)) / length : 0;
                    scores[q].Of(row).Should().BeApproximately((float)expected, 1e-5f);
                }
            }
        }
    }

    [Theory]
    [InlineData(RowPrecision.Single)]
    [InlineData(RowPrecision.Int8)]
    public void Some_rows_have_the_bits_that_they_have_among_all_with_what_a_history_adds(RowPrecision precision)
    {
        var part = new ItemToItemRows(new ItemToItemForm { Factor = 0.5f, PopularityFactor = 0.25f },
            Block<long>.Copy([.. Enumerable.Range(0, FileRows + 1).Select(row => (long)Math.Min(2 * row, 8))]),
            Block<int>.Copy([4, 1023, 5, 2000, 0, 1024, 3, 2499]), Block<float>.Copy(Samples.Floats(8, 5)),
            Block<float>.Copy(new float[FileRows]))
        {
            Added = [.. Enumerable.Repeat<AddedWeights?>(new([1, 2], [3, 4], [5, 6]), AddedRows)],
        };
        var popularity = new PopularityOrder(Block<int>.Copy([.. Enumerable.Range(0, FileRows).Select(row => row % 7)]));
        foreach (bool replaced in new[] { true, false })
        {
            RowStore rows = Store(precision, 3, replaced);
            float[] query = Samples.Floats(Width, 77);
            HistoryQuery history = HistoryQuery.Of(part, popularity, [0, 1, 3], query)!;
            Scores all = new(Rows), alone = new(Rows), some = new(Rows);
            RowScan.All([rows], query, [alone]);
            RowScan.All([rows], query, [all], histories: [history]);
            int[] indices = [.. Enumerable.Range(0, Rows).Where(row => row % 3 != 1 || row is 1024 or 2499)];
            RowScan.Some(rows, indices, query, some, history);
            foreach (int row in indices)
                some.Of(row).Should().Be(all.Of(row));
            some.Count.Should().Be(indices.Length);
            for (int row = 0; row < Rows; row++)
            {
                double added = history.Shares(row).Sum(share => (double)share.Share) + history.Popularity(row);
                (all.Of(row) - alone.Of(row)).Should().BeApproximately((float)added, 1e-5f);
            }

            all.Of(1023).Should().NotBe(alone.Of(1023));
            all.Of(FileRows).Should().NotBe(alone.Of(FileRows));
            Scores one = new(Rows);
            RowScan.Some(rows, [9], query, one);
            one.Of(9).Should().Be(alone.Of(9));
            RowScan.Some(rows, [], query, one);
            one.Count.Should().Be(1);
        }
    }

    [Theory]
    [InlineData(RowPrecision.Single)]
    [InlineData(RowPrecision.Int8)]
    public void Rows_that_a_file_lacks_are_not_scored(RowPrecision precision)
    {
        RowBlock four = RowBlock.Copy(Samples.Floats(4 * Width, 1), Width, precision);
        RowBlock[] damaged = [four, .. four.Bytes is null ? [] : new[]
        {
            new RowBlock(Block<sbyte>.Copy(new sbyte[4 * Width]), Block<float>.Copy(new float[9]), Width),
            new RowBlock(Block<sbyte>.Copy(new sbyte[9 * Width]), Block<float>.Copy(new float[4]), Width),
        }];
        foreach (RowStore rows in damaged.Select(block => new RowStore(block, 9)))
        {
            FluentActions.Invoking(() => RowScan.All([rows], new float[Width], [new Scores(9)])).Should().Throw<ModelFileException>();
            FluentActions.Invoking(() => RowScan.All([rows], new float[Width], [new Scores(9)], cosine: true)).Should()
                .Throw<ModelFileException>();
            FluentActions.Invoking(() => RowScan.Some(rows, [2, 4], new float[Width], new Scores(9))).Should().Throw<ModelFileException>();
        }
    }

    [Fact]
    public void The_most_popular_come_first_and_ties_in_order()
    {
        new PopularityOrder(Block<int>.Copy([3, 0, 7, 3, int.MaxValue, 0])).Items.ToArray().Should().Equal(4, 2, 0, 3, 1, 5);
        new PopularityOrder(Block<int>.Empty).Items.ToArray().Should().BeEmpty();
    }

    private sealed class Scores(int count) : IScoreSink
    {
        private readonly float?[] _scores = new float?[count];

        public int Count { get; private set; }

        public float Of(int row) => _scores[row]!.Value;

        public void Offer(ReadOnlySpan<float> scores, int first)
        {
            for (int n = 0; n < scores.Length; n++)
                Offer(scores[n], first + n);
        }

        public void Offer(float score, int index)
        {
            if (_scores[index] is not null)
                throw new InvalidOperationException($"Row {index} is offered twice.");
            _scores[index] = score;
            Count++;
        }
    }
}
