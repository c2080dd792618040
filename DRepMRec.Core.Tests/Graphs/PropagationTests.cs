using DRepMRec.Graphs;
using DRepMRec.Internals;
using DRepMRec.Kernels;
using DRepMRec.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Graphs;

public sealed class PropagationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(40)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(100)]
    [InlineData(200)]
    public unsafe void Every_path_gives_the_dense_product(int width)
    {
        CsrMatrix matrix = Random(37, 23, 0.2);
        float[] x = Samples.Floats(23 * width, 5);
        float[] expected = Dense(matrix, x, width);
        foreach (SimdPath path in SimdPathsHere.All)
        {
            var y = new float[37 * width];
            float[] sum = [.. Enumerable.Repeat(1f, 37 * width)];
            fixed (float* px = x, py = y, ps = sum)
            {
                var job = new SparseDenseProduct.Job { X = (nint)px, Target = (nint)py };
                SparseDenseProduct.Multiply(matrix.Arrays, job, width, path);
                SparseDenseProduct.Multiply(matrix.Arrays, job with { B = (nint)ps, Target = (nint)ps, Scale = 2 }, width, path);
            }

            for (int i = 0; i < y.Length; i++)
            {
                y[i].Should().BeApproximately(expected[i], 1e-5f, $"path {path}, place {i}");
                sum[i].Should().BeApproximately(2 * (expected[i] + 1), 2e-5f);
            }
        }
    }

    [Fact]
    public void The_kernel_and_libtorchs_sparse_product_agree()
    {
        using DisposeScope scope = NewDisposeScope();
        CsrMatrix matrix = Random(50, 40, 0.1);
        Tensor x = tensor(Samples.Floats(40 * 64, 6), 40, 64);
        matrix.Propagate(x).allclose(matrix.PropagateByLibtorch(x), 1e-5, 1e-6).Should().BeTrue();
    }

    [Fact]
    public void A_sum_of_products_and_a_product_cut_in_two_have_the_values_and_gradients_of_the_products()
    {
        using DisposeScope scope = NewDisposeScope();
        CsrMatrix first = Random(30, 20, 0.2), second = Random(30, 15, 0.3);
        Tensor Leaf(int rows, ulong seed) => tensor(Samples.Floats(rows * 12, seed), rows, 12).requires_grad_();
        Tensor[] x = [Leaf(20, 1), Leaf(15, 2)], y = [Leaf(20, 1), Leaf(15, 2)];
        Tensor weights = tensor(Samples.Floats(30 * 12, 3), 30, 12);
        Tensor sum = SparseProduct.Sum([(first, x[0]), (second, x[1])]);
        Tensor expected = first.PropagateByLibtorch(y[0]).Plus(second.PropagateByLibtorch(y[1]));
        sum.allclose(expected, 1e-5, 1e-6).Should().BeTrue();
        UserItemEmbeddings cut = first.Propagate(x[0]).Split(11);
        cat([cut.Users, cut.Items]).allclose(first.PropagateByLibtorch(y[0]), 1e-5, 1e-6).Should().BeTrue();

        ((sum * weights).sum().Plus((cut.Users * weights[..11]).sum()) - cut.Items.sum()).backward();
        Tensor product = first.PropagateByLibtorch(y[0]);
        ((expected * weights).sum().Plus((product[..11] * weights[..11]).sum()) - product[11..].sum()).backward();
        for (int n = 0; n < x.Length; n++)
            x[n].grad!.allclose(y[n].grad!, 1e-4, 1e-5).Should().BeTrue();
    }

    [Fact]
    public void The_mean_over_layers_is_the_mean_of_the_products()
    {
        using DisposeScope scope = NewDisposeScope();
        CsrMatrix matrix = Samples.Checkerboard(6, 8).Graph().Adjacency;
        Tensor x = tensor(Samples.Floats(14 * 5, 7), 14, 5);
        Tensor one = matrix.PropagateByLibtorch(x), two = matrix.PropagateByLibtorch(one), three = matrix.PropagateByLibtorch(two);
        Tensor expected = x.Plus(one).Plus(two).Plus(three).Times(0.25);
        matrix.PropagateMean(x, 3).allclose(expected, 1e-5, 1e-6).Should().BeTrue();
        matrix.PropagateMean(x, 0).allclose(x).Should().BeTrue();
    }

    [Fact]
    public void Cut_into_users_and_items_it_has_the_same_values_and_gradients()
    {
        CsrMatrix matrix = Samples.Checkerboard(4, 5).Graph().Adjacency;
        float[] start = Samples.Floats(9 * 3, 9);
        using DisposeScope scope = NewDisposeScope();
        UserItemEmbeddings split = matrix.PropagateMean(tensor(start, 9, 3), 2).Split(4);
        cat([split.Users, split.Items], 0).allclose(matrix.PropagateMean(tensor(start, 9, 3), 2)).Should().BeTrue();
        Gradients.Check(tensor(start, 9, 3), x =>
        {
            UserItemEmbeddings parts = matrix.PropagateMean(x, 2).Split(4);
            return cat([parts.Users, parts.Items], 0);
        });
        Gradients.Check(tensor(start, 9, 3), x => matrix.PropagateMean(x, 1).Split(4).Items);
    }

    [Fact]
    public void Results_do_not_depend_on_the_number_of_threads()
    {
        CsrMatrix matrix = Random(5000, 300, 0.02);
        float[] x = Samples.Floats(300 * 64, 10);
        float[] Multiply(int threads)
        {
            using Parallelism.Scope scope = Parallelism.Use(threads);
            var y = new float[5000 * 64];
            matrix.Multiply(x, y, 64);
            return y;
        }

        Multiply(4).Should().Equal(Multiply(1));
    }

    [Fact]
    public void A_wrong_shape_is_refused_with_both_shapes()
    {
        using DisposeScope scope = NewDisposeScope();
        CsrMatrix matrix = Random(5, 4, 0.5);
        FluentActions.Invoking(() => matrix.Propagate(zeros(3, 2)))
            .Should().Throw<ArgumentException>().WithMessage("Expected a Float32 tensor of [4, D], got Float32 of [3, 2].*");
        FluentActions.Invoking(() => matrix.Propagate(zeros(4, 2, dtype: ScalarType.Float64)))
            .Should().Throw<ArgumentException>().WithMessage("*got Float64*");
        FluentActions.Invoking(() => matrix.PropagateMean(zeros(4, 2), 1))
            .Should().Throw<ArgumentException>().WithMessage("The mean over layers is for symmetric matrices*");
    }

    [SkippableFact]
    public void Tables_between_the_layers_are_kept_from_step_to_step_and_given_back_after_inference_and_by_the_encoder()
    {
        Skip.If(OwnKernels.AreOff, LibtorchSide.Reason);
        using DisposeScope scope = NewDisposeScope();
        CsrMatrix matrix = Samples.Checkerboard(30, 20).Graph().Adjacency;
        Tensor x = tensor(Samples.Floats(50 * 24, 7), 50, 24);
        void Step() => matrix.PropagateMean(x, 3);
        void Infer()
        {
            using IDisposable noGradient = no_grad();
            Step();
        }

        new BatchPropagation().Release();
        TablesAskedFor(Step).Should().Be(2);
        TablesAskedFor(Step).Should().Be(0);
        TablesAskedFor(Infer).Should().Be(0);
        TablesAskedFor(Infer).Should().Be(2);
        TablesAskedFor(Step).Should().Be(2);
        new BatchPropagation().Release();
        TablesAskedFor(Step).Should().Be(2);

        static int TablesAskedFor(Action action)
        {
            int count = 0;
            Allocations.Before = bytes => count += bytes == 50 * 24 * sizeof(float) ? 1 : 0;
            try
            {
                action();
            }
            finally
            {
                Allocations.Before = null;
            }

            return count;
        }
    }

    [Fact]
    public void A_step_forward_and_back_leaves_no_tensors()
    {
        CsrMatrix matrix = Samples.Checkerboard(6, 8).Graph().Adjacency;
        using Tensor x = tensor(Samples.Floats(14 * 5, 7), 14, 5).requires_grad_();
        LiveTensors.ShouldNotGrow(() =>
        {
            using DisposeScope scope = NewDisposeScope();
            matrix.PropagateMean(x, 2).sum().backward();
            matrix.Propagate(x).sum().backward();
        });
    }

    private static CsrMatrix Random(int rows, int columns, double density)
    {
        var random = new SeededRandom(11);
        var entries = new List<(int, int, float)>();
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++)
            {
                if (random.NextDouble() < density)
                    entries.Add((r, c, random.NextSingle() - 0.5f));
            }
        }

        return new CsrMatrix(rows, columns, entries);
    }

    private static float[] Dense(CsrMatrix matrix, float[] x, int width)
    {
        var y = new double[matrix.RowCount * width];
        for (int row = 0; row < matrix.RowCount; row++)
        {
            for (int e = matrix.RowOffsets[row]; e < matrix.RowOffsets[row + 1]; e++)
            {
                for (int d = 0; d < width; d++)
                    y[(row * width) + d] += (double)matrix.Values[e] * x[(matrix.Columns[e] * width) + d];
            }
        }

        return [.. y.Select(v => (float)v)];
    }
}
