using DRepMRec.Kernels;
using DRepMRec.Tests.Support;
using MathNet.Numerics.LinearAlgebra;

namespace DRepMRec.Tests.Kernels;

public sealed class SymmetricMatrixTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(33)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(600)]
    public void The_inverse_is_that_of_double_precision(int size)
    {
        Matrix<double> expected = Reference(size).Inverse();
        using SymmetricMatrix matrix = Filled(size);
        matrix.Invert();
        double largest = expected.Enumerate().Max(Math.Abs);
        var row = new float[size];
        for (int r = 0; r < size; r += Math.Max(1, size / 40))
        {
            matrix.CopyRow(r, row);
            for (int c = 0; c < size; c++)
            {
                ((double)row[c]).Should().BeApproximately(expected[r, c], 1e-5 * largest);
                row[c].Should().Be(matrix[r, c]);
            }
        }
    }

    [Fact]
    public void The_bits_do_not_depend_on_the_number_of_threads()
    {
        float[] Inverse(int threads)
        {
            using Parallelism.Scope scope = Parallelism.Use(threads);
            using SymmetricMatrix matrix = Filled(600);
            matrix.Invert();
            var all = new float[600 * 600];
            for (int r = 0; r < 600; r++)
                matrix.CopyRow(r, all.AsSpan(r * 600, 600));
            return all;
        }

        Inverse(3).Should().Equal(Inverse(1));
    }

    [Fact]
    public void A_matrix_that_is_not_positive_definite_is_refused()
    {
        using var matrix = new SymmetricMatrix(3);
        matrix.Add(0, 0, 1);
        matrix.Add(1, 1, -1);
        matrix.Add(2, 2, 1);
        FluentActions.Invoking(() => matrix.Invert()).Should().Throw<ArithmeticException>();
    }

    [Fact]
    public void It_takes_half_the_memory_of_a_square_and_little_beside()
    {
        SymmetricMatrix.Bytes(18_357).Should().BeInRange(18_357L * 18_357 * 2, (long)(18_357L * 18_357 * 2.25));
        SymmetricMatrix.Bytes(0).Should().Be(0);
    }

    /// <summary>F Fᵀ + 2 I, and 1 at each place of a band.</summary>
    private static SymmetricMatrix Filled(int size)
    {
        var matrix = new SymmetricMatrix(size);
        matrix.AddGram(Samples.Floats(size * 7, 5), 7);
        for (int n = 0; n < size; n++)
            matrix.Add(n, n, 4);
        for (int n = 3; n < size; n++)
            matrix.Add(n - 3, n, 1);
        return matrix;
    }

    private static Matrix<double> Reference(int size)
    {
        float[] rows = Samples.Floats(size * 7, 5);
        Matrix<double> f = Matrix<double>.Build.Dense(size, 7, (r, c) => rows[(r * 7) + c]);
        return (f * f.Transpose()) + Matrix<double>.Build.Dense(size, size, (r, c) => r == c ? 4 : Math.Abs(r - c) == 3 ? 1 : 0);
    }
}
