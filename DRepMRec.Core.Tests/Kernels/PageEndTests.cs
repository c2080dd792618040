using System.Runtime.InteropServices;
using DRepMRec.Graphs;
using DRepMRec.Kernels;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Kernels;

/// <summary>
/// Every kernel over raw memory, on memory that ends where the kernel's operands end, or begins where they begin: at every remainder of the
/// widths, and so at every alignment. A byte too far ends the process; a wrong byte shows in the results, which are those of other memory.
/// </summary>
public sealed unsafe class PageEndTests
{
    private const int Most = 70;

    public static TheoryData<string, bool> Places
    {
        get
        {
            var places = new TheoryData<string, bool>();
            foreach (SimdPath path in SimdPathsHere.All)
            {
                places.Add($"{path}", true);
                places.Add($"{path}", false);
            }

            return places;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Places))]
    public void Products_of_queries_and_rows(string name, bool atEnd)
    {
        SimdPath path = Begin(name);
        int[] rowCounts = [1, 2, 15, 16, 17, 63, 64, 65, 97], queryCounts = [1, 5, 6, 8];
        using GuardedFloats rows = new(97 * Most), queries = new(8 * Most), scores = new(8 * 97), panels = new(RowKernel.PanelLength(Most));
        float[] allRows = Samples.Floats(97 * Most, 1), allQueries = Samples.Floats(8 * Most, 2);
        for (int width = 1; width <= Most; width++)
        {
            foreach (int rowCount in rowCounts)
            {
                int queryCount = queryCounts[(width + rowCount) % queryCounts.Length];
                float[] r = allRows[..(rowCount * width)], q = allQueries[..(queryCount * width)];
                var expected = new float[queryCount * rowCount];
                var scratch = new float[RowKernel.PanelLength(width)];
                fixed (float* pr = r, pq = q, ps = expected, pp = scratch)
                    RowKernel.Multiply(pq, queryCount, pr, rowCount, width, ps, rowCount, pp, path);
                float* target = Room(scores, queryCount * rowCount, atEnd), panel = Room(panels, scratch.Length, atEnd);
                RowKernel.Multiply(
                    queries.Hold(q, atEnd), queryCount, rows.Hold(r, atEnd), rowCount, width, target, rowCount, panel, path);
                string where = $"{queryCount} queries, {rowCount} rows of {width}";
                Require(where, (scores, expected), (rows, r), (queries, q), (panels, panels.Values));
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Places))]
    public void Products_of_queries_and_rows_of_bytes(string name, bool atEnd)
    {
        SimdPath path = Begin(name);
        const int Wide = 128, Rows = 33;
        using GuardedFloats rows = new(Rows * Wide / 4), scales = new(Rows), queries = new(2 * Wide), scores = new(2 * Rows);
        using GuardedFloats panels = new(RowKernel.BytePanelLength(Wide));
        foreach (int width in (int[])[.. Enumerable.Range(1, 20), 63, 64, 65, Wide])
        {
            foreach (int rowCount in new[] { 1, 15, 16, 17, Rows })
            {
                int queryCount = 1 + (rowCount % 2);
                var (bytes, factors) = ByteRowsTests.Draw(rowCount, width, 1);

                // Whole floats hold the bytes: what is too much lies where memory goes on.
                int more = (4 - (bytes.Length % 4)) % 4;
                float[] held = MemoryMarshal.Cast<sbyte, float>(atEnd ? [.. new sbyte[more], .. bytes] : [.. bytes, .. new sbyte[more]])
                    .ToArray();
                float[] q = Samples.Floats(queryCount * width, 2), expected = new float[queryCount * rowCount];
                var scratch = new float[RowKernel.BytePanelLength(width)];
                fixed (sbyte* pb = bytes)
                fixed (float* pc = factors, pq = q, ps = expected, pp = scratch)
                    RowKernel.MultiplyBytes(pq, queryCount, pb, pc, rowCount, width, ps, rowCount, pp, path);
                RowKernel.MultiplyBytes(
                    queries.Hold(q, atEnd), queryCount, (sbyte*)rows.Hold(held, atEnd) + (atEnd ? more : 0), scales.Hold(factors, atEnd),
                    rowCount, width, Room(scores, expected.Length, atEnd), rowCount, Room(panels, scratch.Length, atEnd), path);
                string where = $"{queryCount} queries, {rowCount} rows of {width} bytes";
                Require(where, (scores, expected), (scales, factors), (queries, q), (panels, panels.Values));
                rows.ShouldBeUntouched(where);
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Places))]
    public void Dense_products(string name, bool atEnd)
    {
        SimdPath path = Begin(name);
        const int Depths = 37;
        using GuardedFloats left = new(20 * Depths), panels = new(4 * DenseProduct.Lanes * Depths);
        using GuardedFloats right = new(Most * Depths), target = new(20 * Most);
        float[] allLeft = Samples.Floats(20 * Depths, 1), allRight = Samples.Floats(Most * Depths, 2);
        for (int n = 1; n <= Most; n++)
        {
            int m = 1 + (n * 7 % 20), depth = 1 + (n * 11 % Depths);
            float[] a = allLeft[..(m * depth)], b = allRight[..(depth * n)], packed = new float[DenseProduct.PackedLength(depth, n)];
            foreach (bool transposed in new[] { false, true })
            {
                float[] expected = Samples.Floats(m * n, 3), start = [.. expected];
                fixed (float* pa = a, pb = b, pp = packed, pc = expected)
                {
                    DenseProduct.Pack(B(pb, n, depth, transposed), depth, n, pp);
                    DenseProduct.Operand operand = A(pa, m, depth, transposed);
                    DenseProduct.Serial(operand, m, depth, DenseProduct.Panels.Packed(pp, depth), n, pc, n, path, more: true);
                }

                float* panel = Room(panels, packed.Length, atEnd), own = target.Hold(start, atEnd);
                DenseProduct.Pack(B(right.Hold(b, atEnd), n, depth, transposed), depth, n, panel);
                DenseProduct.Operand held = A(left.Hold(a, atEnd), m, depth, transposed);
                DenseProduct.Serial(held, m, depth, DenseProduct.Panels.Packed(panel, depth), n, own, n, path, more: true);
                Require($"[{m}, {depth}] by [{depth}, {n}]", (target, expected), (left, a), (right, b), (panels, packed));
                if (n % DenseProduct.Lanes != 0)
                    continue;
                own = target.Hold(start, atEnd);
                DenseProduct.Serial(held, m, depth, DenseProduct.Panels.Rows(right.Hold(b, atEnd), n), n, own, n, path);
                right.ShouldBeUntouched("rows as they are");
                target.ShouldBeUntouched("rows as they are");
            }
        }

        static DenseProduct.Operand A(float* a, int m, int depth, bool transposed)
            => transposed ? DenseProduct.Operand.Of(a, m).Transposed : DenseProduct.Operand.Of(a, depth);
        static DenseProduct.Operand B(float* b, int n, int depth, bool transposed)
            => transposed ? DenseProduct.Operand.Of(b, depth).Transposed : DenseProduct.Operand.Of(b, n);
    }

    [SkippableTheory]
    [MemberData(nameof(Places))]
    public void Sparse_products(string name, bool atEnd)
    {
        SimdPath path = Begin(name);
        const int Rows = 9, Columns = 11;
        var entries = Enumerable.Range(0, 40).Select(n => (Row: n * 7 % Rows, Column: n * 5 % Columns, Value: 1f + n));
        var matrix = new CsrMatrix(Rows, Columns, [.. entries.DistinctBy(e => (e.Row, e.Column))]);
        int[] places = [0, -1, 1, 2, -1, 3, 4, -1, -1, 5, 6], some = [0, 3, 8];
        using GuardedFloats x = new(Columns * Most), b = new(Rows * Most), target = new(Rows * Most);
        float[] all = Samples.Floats(Columns * Most, 1), added = Samples.Floats(Rows * Most, 2);
        for (int width = 1; width <= Most; width++)
        {
            foreach (bool compact in new[] { false, true })
            {
                float[] source = all[..((compact ? 7 : Columns) * width)], more = added[..(Rows * width)];
                var expected = new float[(compact ? some.Length : Rows) * width];
                var job = new SparseDenseProduct.Job
                {
                    Rows = compact ? some : null,
                    Compact = compact,
                    XPlaces = compact ? places : null,
                    Scale = 0.5f,
                };
                fixed (float* px = source, pb = more, pt = expected)
                {
                    SparseDenseProduct.Multiply(
                        matrix.Arrays, job with { X = (nint)px, B = (nint)pb, Target = (nint)pt }, width, path);
                }

                job = job with
                {
                    X = (nint)x.Hold(source, atEnd),
                    B = (nint)b.Hold(more, atEnd),
                    Target = (nint)Room(target, expected.Length, atEnd),
                };
                SparseDenseProduct.Multiply(matrix.Arrays, job, width, path);
                Require($"{(compact ? "some rows" : "all rows")} of {width}", (target, expected), (x, source), (b, more));
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Places))]
    public void Sums_over_neighbors_and_gathered_rows(string name, bool atEnd)
    {
        SimdPath path = Begin(name);
        const int Rows = 8;
        int[] columns = [0, 2, 5, 7], picked = [7, 0, 7, 3];
        float[] weights = [0.5f, 2, 1, 0.25f], scales = Samples.Floats(Rows, 3), all = Samples.Floats(Rows * Most, 1);
        using GuardedFloats rows = new(Rows * Most), target = new(Most), gathered = new(4 * Most);
        for (int width = 1; width <= Most; width++)
        {
            float[] source = all[..(Rows * width)], expected = new float[width], copies = new float[4 * width];
            fixed (float* p = source, pt = expected, pc = copies)
            {
                NeighborSum.Compute(columns, weights, scales, PagedRows.Over(p, source, Rows, width), 0.7f, pt, path);
                SelectFunction.Gather(p, picked, width, pc);
            }

            float* held = rows.Hold(source, atEnd), room = Room(target, width, atEnd);
            NeighborSum.Compute(columns, weights, scales, PagedRows.Over(held, rows, Rows, width), 0.7f, room, path);
            SelectFunction.Gather(held, picked, width, Room(gathered, copies.Length, atEnd));
            Require($"rows of {width}", (target, expected), (rows, source), (gathered, copies));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Places))]
    public void Passes_over_numbers(string name, bool atEnd)
    {
        SimdPath path = Begin(name);
        using GuardedFloats a = new(Most), b = new(Most), c = new(Most), d = new(Most), e = new(Most);
        float[][] all = [.. Enumerable.Range(1, 4).Select(seed => Samples.Floats(Most, (ulong)seed))];
        for (int count = 1; count <= Most; count++)
        {
            float[][] Plain() => [.. all.Select(values => values[..count])];
            string where = $"{count} numbers";

            float[][] own = Plain();
            float sum, largest;
            fixed (float* p = own[0])
                (largest, sum) = (Exponential.Largest(p, count, path), Exponential.Exponentiate(p, count, 2, 0.5f, path));
            float* held = a.Hold(all[0].AsSpan(0, count), atEnd);
            Exponential.Largest(held, count, path).Should().Be(largest);
            Exponential.Exponentiate(held, count, 2, 0.5f, path).Should().Be(sum);
            Require(where, (a, own[0]));

            own = Plain();
            var adam = new AdamKernel(0.9f, 0.999f, 1e-8f, 0.01f, 3);
            own[3] = [.. own[3].Select(MathF.Abs)];
            float[] squares = [.. own[3]];
            fixed (float* p = own[0], g = own[1], m = own[2], v = own[3])
                adam.Run(p, g, m, v, count, path);
            adam.Run(a.Hold(all[0].AsSpan(0, count), atEnd), b.Hold(all[1].AsSpan(0, count), atEnd), c.Hold(all[2].AsSpan(0, count), atEnd),
                d.Hold(squares, atEnd), count, path);
            Require(where, (a, own[0]), (b, own[1]), (c, own[2]), (d, own[3]));

            own = Plain();
            float[] gate = new float[count], y = new float[count];
            fixed (float* pa = own[0], pb = own[1], pg = gate, py = y)
                GateKernel.Open(pa, pb, pg, py, count, path);
            GateKernel.Open(a.Hold(own[0], atEnd), b.Hold(own[1], atEnd), Room(c, count, atEnd), Room(d, count, atEnd), count, path);
            Require(where, (a, own[0]), (b, own[1]), (c, gate), (d, y));

            float[] toA = new float[count], toB = new float[count];
            fixed (float* ps = own[2], pa = own[0], pg = gate, ta = toA, tb = toB)
                GateKernel.Differentiate(ps, pa, pg, ta, tb, count, path);
            GateKernel.Differentiate(
                a.Hold(own[2], atEnd), b.Hold(own[0], atEnd), c.Hold(gate, atEnd), Room(d, count, atEnd), Room(e, count, atEnd),
                count, path);
            Require(where, (a, own[2]), (b, own[0]), (c, gate), (d, toA), (e, toB));

            float* sumOf = a.Hold(own[0], atEnd), more = b.Hold(own[1], atEnd), copy = Room(c, count, atEnd);
            Passes.Add(sumOf, more, count);
            Passes.Copy(sumOf, copy, count);
            Passes.Clear(more, count);
            float[] added = [.. own[0].Zip(own[1], (x, z) => x + z)];
            Require(where, (a, added), (b, new float[count]), (c, added));
        }
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Pairwise_losses(bool atEnd)
    {
        Begin(nameof(SimdPath.Plain));
        using GuardedFloats user = new(Most), positive = new(Most), negative = new(Most), target = new(Most);
        float[][] all = [.. Enumerable.Range(1, 4).Select(seed => Samples.Floats(Most, (ulong)seed))];
        for (int width = 1; width <= Most; width++)
        {
            float[] u = all[0][..width], p = all[1][..width], n = all[2][..width], expected = all[3][..width];
            float* pu = user.Hold(u, atEnd), pp = positive.Hold(p, atEnd), pn = negative.Hold(n, atEnd), pt = target.Hold(expected, atEnd);
            double dot = Slow.Sum(width, d => (double)u[d] * (p[d] - n[d]));
            ((double)BprFunction.DotDifference(pu, pp, pn, width)).Should().BeApproximately(dot, 1e-5);
            BprFunction.AddDifference(pp, pn, 0.5f, pt, width);
            BprFunction.AddScaled(pu, -2, pt, width);
            target.Values.Should().Equal(
                Enumerable.Range(0, width).Select(d => expected[d] + ((p[d] - n[d]) * 0.5) - (2.0 * u[d])),
                (x, z) => Math.Abs(x - z) < 1e-6);
            Require($"rows of {width}", (user, u), (positive, p), (negative, n), (target, target.Values));
        }
    }

    [SkippableFact]
    public void Memory_that_is_written_to_outside_of_the_room_is_noticed()
    {
        Begin(nameof(SimdPath.Plain));
        using var guarded = new GuardedFloats(10);
        float* room = guarded.AtEnd(10);
        guarded.ShouldBeUntouched("nothing was done");
        room[-1] = 1;
        FluentActions.Invoking(() => guarded.ShouldBeUntouched("a row")).Should().Throw<Exception>()
            .WithMessage("a row: memory outside of the 10 *");
    }

    private static SimdPath Begin(string path)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), GuardedFloats.Reason);
        return Enum.Parse<SimdPath>(path);
    }

    private static float* Room(GuardedFloats memory, int count, bool atEnd) => atEnd ? memory.AtEnd(count) : memory.AtStart(count);

    private static void Require(string where, params (GuardedFloats Memory, float[] Expected)[] all)
    {
        foreach (var (memory, expected) in all)
        {
            if (!memory.Values.AsSpan().SequenceEqual(expected))
                memory.Values.Should().Equal(expected, where);
            memory.ShouldBeUntouched(where);
        }
    }
}
