using DRepMRec.Graphs;

namespace DRepMRec.Tests.Graphs;

public sealed class CsrMatrixTests
{
    private static readonly CsrMatrix Small = new(2, 3, [(1, 2, 5f), (0, 1, 2f), (1, 0, 3f)]);

    [Fact]
    public void Entries_are_sorted_by_row_and_column()
    {
        Small.RowOffsets.ToArray().Should().Equal(0, 1, 3);
        Small.Columns.ToArray().Should().Equal(1, 0, 2);
        Small.Values.ToArray().Should().Equal(2f, 3f, 5f);
    }

    [Fact]
    public void The_transpose_swaps_rows_and_columns_and_its_transpose_is_the_matrix()
    {
        CsrMatrix transpose = Small.Transpose();
        transpose.RowOffsets.ToArray().Should().Equal(0, 1, 2, 3);
        transpose.Columns.ToArray().Should().Equal(1, 0, 1);
        transpose.Values.ToArray().Should().Equal(3f, 2f, 5f);
        transpose.Transpose().Should().BeSameAs(Small);
    }

    [Fact]
    public void Multiply_is_the_matrix_product()
    {
        var y = new float[4];
        Small.Multiply([1, 10, 2, 20, 3, 30], y, 2);
        y.Should().Equal(4, 40, 18, 180);
    }

    [Fact]
    public void A_matrix_without_entries_gives_zeros()
    {
        var y = new float[] { 7, 7 };
        new CsrMatrix(2, 0, []).Multiply([], y, 1);
        y.Should().Equal(0, 0);
    }

    [Fact]
    public void Wrong_input_is_refused()
    {
        FluentActions.Invoking(() => new CsrMatrix(2, 2, [(0, 2, 1f)]))
            .Should().Throw<ArgumentException>().WithMessage("The entry (0, 2) lies outside of 2 x 2.*");
        FluentActions.Invoking(() => new CsrMatrix(2, 2, [(0, 1, 1f), (0, 1, 2f)]))
            .Should().Throw<ArgumentException>().WithMessage("The place (0, 1) occurs twice.*");
        FluentActions.Invoking(() => Small.Multiply(new float[5], new float[4], 2))
            .Should().Throw<ArgumentException>().WithMessage("Expected x of 3 x 2 and y of 2 x 2 values; got 5 and 4.");
    }
}
