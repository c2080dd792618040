using DRepMRec.Data;

namespace DRepMRec.Tests.Internals;

public sealed class NpyMatrixTests
{
    private static NpyMatrix Read(byte[] bytes) => NpyMatrix.Read(new MemoryStream(bytes), "x.npy");

    public static TheoryData<string, bool, byte> Formats()
    {
        var formats = new TheoryData<string, bool, byte>();
        foreach (string type in new[] { "f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8" })
        {
            foreach (string order in type[1] == '1' ? new[] { "|", "<" } : ["<", ">"])
            {
                foreach (bool fortran in new[] { false, true })
                {
                    foreach (byte version in new byte[] { 1, 2, 3 })
                        formats.Add(order + type, fortran, version);
                }
            }
        }

        return formats;
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Reads_every_number_type_in_every_order_and_version(string type, bool fortran, byte version)
    {
        double[] values = type[1] switch { 'f' => [1.5, -2, 0, 4, 0.25, -6], 'i' => [1, -2, 0, 4, 100, -128], _ => [1, 2, 0, 4, 100, 255] };
        double[] stored = fortran ? [values[0], values[3], values[1], values[4], values[2], values[5]] : values;

        NpyMatrix matrix = Read(NpyBytes.File(NpyBytes.Header(type, "(2, 3)", fortran), NpyBytes.Numbers(type, stored), version));

        (matrix.Rows, matrix.Columns).Should().Be((2, 3));
        matrix.Values.Should().Equal(values.Select(v => (float)v));
    }

    [Theory]
    [InlineData("{'shape': (1, 2), 'fortran_order': False, 'descr': '<f4'}")]
    [InlineData("{\"descr\":\"<f4\",\"fortran_order\":False,\"shape\":(1,2)}   \n")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1L, 2L), }")]
    [InlineData("{ 'descr' : '=f4' , 'fortran_order' : False , 'shape' : ( 1 , 2 , ) , }")]
    public void Reads_headers_however_they_are_written(string header)
        => Read(NpyBytes.File(header, NpyBytes.Numbers("<f4", [3, 4]))).Values.Should().Equal(3, 4);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reads_files_of_many_blocks(bool fortran)
    {
        const int Rows = 1_500, Columns = 101;
        double[] stored = [.. Enumerable.Range(0, Rows * Columns).Select(i => (double)i)];

        NpyMatrix matrix = Read(NpyBytes.File(NpyBytes.Header(">i4", $"({Rows}, {Columns})", fortran), NpyBytes.Numbers(">i4", stored)));

        for (int r = 0; r < Rows; r++)
        {
            for (int c = 0; c < Columns; c++)
                matrix.Values[(r * Columns) + c].Should().Be(fortran ? (c * Rows) + r : (r * Columns) + c);
        }
    }

    [Fact]
    public void Writes_what_it_reads_and_what_numpy_expects()
    {
        float[] values = [.. Enumerable.Range(0, 70_000).Select(i => i / 3f)];
        using var stream = new MemoryStream();

        NpyMatrix.Write(stream, 35_000, 2, values);

        byte[] bytes = stream.ToArray();
        bytes.Should().HaveCount(128 + (4 * values.Length), "the numbers begin at a multiple of 64");
        bytes[..10].Should().Equal(0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, 118, 0);
        System.Text.Encoding.ASCII.GetString(bytes, 10, 118).TrimEnd(' ', '\n')
            .Should().Be("{'descr': '<f4', 'fortran_order': False, 'shape': (35000, 2), }");
        bytes[127].Should().Be((byte)'\n');
        Read(bytes).Values.Should().Equal(values);
    }
}
