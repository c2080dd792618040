using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Tests.Internals;

public sealed class NpyErrorTests
{
    private static readonly byte[] Eight = new byte[8];

    private static void Refuses(byte[] bytes, string message)
    {
        Action read = () => NpyMatrix.Read(new MemoryStream(bytes), "x.npy");
        read.Should().ThrowExactly<DatasetFormatException>().WithMessage(message);
    }

    [Theory]
    [InlineData("(3,)", "x.npy: expected a matrix of shape (items, features), found the shape (3,).")]
    [InlineData("()", "x.npy: expected a matrix of shape (items, features), found the shape ().")]
    [InlineData("(1, 2, 3)", "x.npy: expected a matrix of shape (items, features), found the shape (1, 2, 3).")]
    [InlineData("(0, 2)", "x.npy: expected at least one row and one column, found the shape (0, 2).")]
    [InlineData("(-1, -2)", "x.npy: expected at least one row and one column, found the shape (-1, -2).")]
    [InlineData("(1, 3)", "x.npy: expected 12 bytes of numbers for the shape (1, 3) of type '<f4', found 8.")]
    [InlineData("(1, 1)", "x.npy: expected 4 bytes of numbers for the shape (1, 1) of type '<f4', found 8.")]
    [InlineData("(50000, 50000)", "x.npy: expected 10000000000 bytes of numbers for the shape (50000, 50000) of type '<f4', found 8.")]
    [InlineData("(4611686018427387904, 4)",
        "x.npy: expected more bytes than any file has of numbers for the shape (4611686018427387904, 4) of type '<f4', found 8.")]
    [InlineData("(9223372036854775807, 9223372036854775807)", "x.npy: expected more bytes than any file has of numbers for the shape "
        + "(9223372036854775807, 9223372036854775807) of type '<f4', found 8.")]
    public void Refuses_a_shape_that_is_no_matrix_or_does_not_match_the_file(string shape, string message)
        => Refuses(NpyBytes.File(NpyBytes.Header("<f4", shape), Eight), message);

    [Theory]
    [InlineData("|O")]
    [InlineData("<c8")]
    [InlineData("|b1")]
    [InlineData("<U4")]
    [InlineData("<f16")]
    [InlineData("f4")]
    [InlineData("|f4")]
    [InlineData("")]
    public void Refuses_what_is_not_a_number(string type)
        => Refuses(NpyBytes.File(NpyBytes.Header(type, "(1, 2)"), Eight),
            $"x.npy: expected numbers of type f2, f4, f8, i1 to i8 or u1 to u8, found the type '{type}'.");

    [Fact]
    public void Refuses_records()
        => Refuses(
            NpyBytes.File("{'descr': [('a', '<f4'), ('b', '<f4')], 'fortran_order': False, 'shape': (1, 1), }", Eight),
            "x.npy: expected numbers of type f2, f4, f8, i1 to i8 or u1 to u8, found the type '[('a', '<f4'), ('b', '<f4')]'.");

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("hello")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, }")]
    [InlineData("{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1, 2), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), 'more': 1, }")]
    [InlineData("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 99999999999999999999), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), } and more")]
    [InlineData("{'descr': '<f4")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2")]
    public void Refuses_a_malformed_header(string header)
        => Refuses(NpyBytes.File(header, Eight),
            $"x.npy: expected a header like {{'descr': '<f4', 'fortran_order': False, 'shape': (10, 4), }}, found {Shown.Text(header)}.");

    [Fact]
    public void Refuses_other_files()
    {
        Refuses([], "x.npy: expected a .npy file, which begins with the bytes 93 'NUMPY' and a version; found another beginning.");
        Refuses([.. "PK\u0003\u0004 and so on"u8],
            "x.npy: expected a .npy file, which begins with the bytes 93 'NUMPY' and a version; found another beginning.");
        Refuses(NpyBytes.File("{}", Eight, major: 4), "x.npy: expected .npy version 1.0, 2.0 or 3.0, found 4.0.");
        Refuses(NpyBytes.File("{}", Eight, major: 1, minor: 1), "x.npy: expected .npy version 1.0, 2.0 or 3.0, found 1.1.");
    }

    [Fact]
    public void Refuses_a_header_that_is_cut_off()
    {
        byte[] whole = NpyBytes.File(NpyBytes.Header("<f4", "(1, 2)"), []);
        Refuses(whole[..9], "x.npy: expected the length of the header, found the end of the file.");
        Refuses(whole[..20],
            $"x.npy: expected a header of {whole.Length - 10} bytes as the file announces, found 10 bytes to the end of the file.");
        byte[] huge = NpyBytes.File("{}", Eight, major: 2);
        huge[11] = 0xFF;
        Refuses(huge, $"x.npy: expected a header of {0xFF000002} bytes as the file announces, found 10 bytes to the end of the file.");
    }

    [Fact]
    public void Mutated_files_bring_about_no_other_exception()
    {
        var random = new SeededRandom(99);
        byte[][] seeds =
        [
            NpyBytes.File(NpyBytes.Header("<f4", "(2, 3)"), NpyBytes.Numbers("<f4", [1, 2, 3, 4, 5, 6])),
            NpyBytes.File(NpyBytes.Header(">i2", "(2, 3)", fortran: true), NpyBytes.Numbers(">i2", [1, 2, 3, 4, 5, 6]), major: 2),
        ];
        for (int n = 0; n < 20_000; n++)
        {
            byte[] bytes = Mutation.Of(seeds[n % 2], random);
            try
            {
                NpyMatrix matrix = NpyMatrix.Read(new MemoryStream(bytes), "x.npy");
                matrix.Values.Length.Should().Be(matrix.Rows * matrix.Columns);
            }
            catch (DatasetFormatException)
            {
                // Most damaged files are expected to be refused.
            }
        }
    }
}
