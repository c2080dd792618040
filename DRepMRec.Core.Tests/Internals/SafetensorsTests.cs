using System.Buffers.Binary;
using System.Text;
using DRepMRec.Internals;

namespace DRepMRec.Tests.Internals;

/// <summary>The format byte by byte, what comes back, and the words for what breaks it.</summary>
public sealed class SafetensorsTests
{
    private static readonly Dictionary<string, string> Metadata = new() { ["key"] = "välue" };

    private static string Array(string type, string shape, long begin, long end)
        => $"{{\"dtype\":\"{type}\",\"shape\":{shape},\"data_offsets\":[{begin},{end}]}}";

    private static byte[] File(string header, int data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes((long)text.Length), .. text, .. Enumerable.Range(0, data).Select(n => (byte)n)];
    }

    private static IReadOnlyList<SafeTensorPlace> Places(byte[] file) => Safetensors.ReadHeader(new MemoryStream(file), "x").Places;

    private static void Refused(byte[] file, string message)
        => FluentActions.Invoking(() => Safetensors.Read(new MemoryStream(file), "x")).Should().ThrowExactly<SafetensorsException>()
            .Which.Message.Should().Be(message);

    [Fact]
    public void A_file_is_the_length_of_the_header_the_header_blanks_up_to_64_bytes_and_the_arrays()
    {
        using var stream = new MemoryStream();
        Safetensors.Write(stream, Metadata,
            [SafeTensor.Of("a", [1f, -2f]), SafeTensor.Of("b", new byte[] { 7 }), SafeTensor.Of<long>("none", [], 0, 3)]);
        const string Header = "{\"__metadata__\":{\"key\":\"v\\u00E4lue\"},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[8,9]},\"none\":{\"dtype\":\"I64\",\"shape\":[0,3],"
            + "\"data_offsets\":[9,9]}}";
        byte[] bytes = stream.ToArray();
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        (8 + length).Should().Be((8 + Header.Length + 63) / 64 * 64);
        Encoding.UTF8.GetString(bytes, 8, length).Should().Be(Header.PadRight(length));
        bytes[(8 + length)..].Should().Equal([.. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(-2f), 7]);
    }

    [Fact]
    public void A_header_that_ends_at_64_bytes_gets_no_blanks()
    {
        for (int length = 0; length < 64; length++)
        {
            using var stream = new MemoryStream();
            Safetensors.Write(stream, new Dictionary<string, string> { ["k"] = new string('v', length) }, new SafeTensor[0]);
            (stream.Length % 64).Should().Be(0);
            (stream.Length - 8 - $"{{\"__metadata__\":{{\"k\":\"{new string('v', length)}\"}}}}".Length).Should().BeInRange(0, 63);
        }
    }

    [Fact]
    public void What_was_written_comes_back_with_its_type_and_shape()
    {
        SafeTensor[] tensors =
        [
            SafeTensor.Of("doubles", [1.5, 2, 3, 4, 5, 6], 2, 3), SafeTensor.Of("floats", [1f, 2f]), SafeTensor.Of("longs", [1L, 2L], 2, 1),
            SafeTensor.Of("integers", [3, 4]), SafeTensor.Of("signed", new sbyte[] { -1 }), SafeTensor.Of("bytes", new byte[] { 255 }),
            SafeTensor.Of("nothing", new int[0]),
        ];
        tensors.Select(t => t.Type).Should().Equal("F64", "F32", "I64", "I32", "I8", "U8", "I32");
        tensors.Select(t => t.ToSource().ByteCount).Should().Equal(48, 8, 16, 8, 1, 1, 0);
        using var stream = new MemoryStream();
        Safetensors.Write(stream, Metadata, tensors);
        stream.Position = 0;
        var (metadata, read) = Safetensors.Read(stream, "x");
        metadata.Should().Equal(Metadata);
        read.Keys.Should().BeEquivalentTo(tensors.Select(t => t.Name));
        foreach (SafeTensor tensor in tensors)
        {
            read[tensor.Name].Should().BeEquivalentTo(tensor, o => o.Excluding(t => t.Data).WithStrictOrdering());
            read[tensor.Name].Data.ToArray().Should().Equal(tensor.Data.ToArray());
        }

        stream.Position = 0;
        var (_, places) = Safetensors.ReadHeader(stream, "x");
        stream.Position.Should().Be(places[0].Offset, "the stream is where the arrays begin");
        places.Select(p => (p.Name, p.Bytes)).Should().Equal(tensors.Select(t => (t.Name, (long)t.Data.Length)));
        places.Skip(1).Select(p => p.Offset).Should().Equal(places.SkipLast(1).Select(p => p.Offset + p.Bytes));
    }

    [Fact]
    public void Arrays_come_in_the_order_of_their_bytes_whatever_the_order_of_the_header()
    {
        string header = $"{{\"b\":{Array("U8", "[2]", 1, 3)},\"a\":{Array("I8", "[1,1]", 0, 1)},\"last\":{Array("BOOL", "[]", 3, 4)},"
            + $"\"empty\":{Array("F32", "[0]", 1, 1)}}}";
        Places(File(header, 4)).Select(p => (p.Name, p.Offset, p.Bytes)).Should().Equal(
            ("a", 8 + header.Length, 1), ("empty", 9 + header.Length, 0), ("b", 9 + header.Length, 2), ("last", 11 + header.Length, 1));
        Safetensors.Read(new MemoryStream(File(header, 4)), "x").Tensors["b"].Data.ToArray().Should().Equal(1, 2);
    }

    [Theory]
    [InlineData("F64", 8)]
    [InlineData("I64", 8)]
    [InlineData("F32", 4)]
    [InlineData("I32", 4)]
    [InlineData("F16", 2)]
    [InlineData("BF16", 2)]
    [InlineData("I16", 2)]
    [InlineData("U8", 1)]
    [InlineData("I8", 1)]
    [InlineData("BOOL", 1)]
    public void An_element_has_the_bytes_of_its_type_and_fills_a_file_to_its_end(string type, int bytes)
        => Places(File($"{{\"a\":{Array(type, "[3,2]", 0, 6 * bytes)}}}", 6 * bytes)).Single().Bytes.Should().Be(6 * bytes);

    [Theory]
    [InlineData("[2,0]")]
    [InlineData("[0,2]")]
    [InlineData("[9223372036854775807,9223372036854775807,0]")]
    public void An_array_of_nothing_has_no_bytes_whatever_its_other_sizes(string shape)
        => Places(File($"{{\"a\":{Array("F32", shape, 0, 0)}}}", 0)).Single().Bytes.Should().Be(0);

    [Fact]
    public void A_header_alone_is_a_file_without_arrays()
    {
        foreach (string header in new[] { "{}", "{\"__metadata__\":{}}", "{}   " })
            Places(File(header, 0)).Should().BeEmpty();
    }

    [Theory]
    [InlineData("{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}", "array 'a' has no dtype")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", "array 'a' has no shape")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", "array 'a' has no data_offsets")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":1,\"data_offsets\":[0,4]}}", null)]
    [InlineData("{\"a\":{\"dtype\":4,\"shape\":[1],\"data_offsets\":[0,4]}}", null)]
    [InlineData("{\"a\":{\"dtype\":null,\"shape\":[1],\"data_offsets\":[0,4]}}", "unknown element type ''")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4]}}", "array 'a' has 1 offsets instead of 2")]
    [InlineData("{\"a\":1}", null)]
    [InlineData("{\"__metadata__\":{\"k\":null}}", "the metadata 'k' isn't a string")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[[1]],\"data_offsets\":[0,4]}}", null)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", "shape [2] is more than the file's 4 bytes")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[0,-1],\"data_offsets\":[0,4]}}", "shape [0, -1] has a negative size")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,4]}}", "shape [1, 2] is more than the file's 4 bytes")]
    public void A_header_that_is_wrong_is_said_to_be_with_the_reason(string header, string? message)
        => FluentActions.Invoking(() => Places(File(header, 4))).Should().ThrowExactly<SafetensorsException>()
            .Which.Message.Should().Match($"x: the header isn't that of a safetensors file: {message ?? "?*"}");

    [Fact]
    public void An_array_that_lies_elsewhere_and_bytes_too_many_are_told_with_where_they_should_be()
    {
        string header = $"{{\"a\":{Array("F32", "[1]", 0, 4)},\"b\":{Array("U8", "[2,1]", 5, 7)}}}";
        Refused(File(header, 7), "x: array 'b' of U8 [2, 1] must lie at 4 to 6 of 7 bytes; its offsets are 5 to 7.");
        header = $"{{\"a\":{Array("F32", "[1]", 0, 4)},\"b\":{Array("U8", "[2,1]", 4, 7)}}}";
        Refused(File(header, 7), "x: array 'b' of U8 [2, 1] must lie at 4 to 6 of 7 bytes; its offsets are 4 to 7.");
        header = $"{{\"a\":{Array("F32", "[1]", 0, 4)}}}";
        Refused(File(header, 7),
            $"x: expected {12 + header.Length} bytes, found {15 + header.Length}: there is more than the header tells of.");
        Refused(File(header, 3), $"x: the file is truncated: expected {12 + header.Length} bytes, found {11 + header.Length}.");
        header = $"{{\"a\":{Array("F32", "[1]", 0, 4)},\"b\":{Array("F32", "[1]", 4, 8)}}}";
        Refused(File(header, 6), $"x: the file is truncated: expected {16 + header.Length} bytes, found {14 + header.Length}.");
        Refused(File("{}", 1), "x: expected 10 bytes, found 11: there is more than the header tells of.");
    }

    [Fact]
    public void The_length_of_the_header_is_bounded_and_held_against_the_file()
    {
        Refused(BitConverter.GetBytes(100_000_000L), "x: the file is truncated: expected at least 100000008 bytes, found 8.");
        Refused(BitConverter.GetBytes(100_000_001L),
            "x: expected a safetensors file, whose header has at most 100000000 bytes; its first bytes say 100000001.");
        Refused([.. BitConverter.GetBytes(3L), .. "{}"u8], "x: the file is truncated: expected at least 11 bytes, found 10.");
        Refused(new byte[7], "x: the file is truncated: expected at least 8 bytes, found 7.");
    }

    [Fact]
    public void An_array_that_no_memory_holds_at_once_is_refused_before_it_is_read_and_its_place_is_told()
    {
        string header = $"{{\"a\":{Array("U8", "[2147483592]", 0, 2147483592)}}}";
        byte[] file = File(header, 0);
        using var stream = new Long(file, file.Length + 2147483592L);
        Safetensors.ReadHeader(stream, "x").Places.Single().Bytes.Should().Be(2147483592);
        stream.Position = 0;
        FluentActions.Invoking(() => Safetensors.Read(stream, "x")).Should().ThrowExactly<SafetensorsException>()
            .WithMessage("x: array 'a' has 2147483592 bytes, more than are read at once.");
    }

    [Fact]
    public void Sizes_beyond_64_bits_are_no_size()
        => FluentActions.Invoking(() => new SafeTensorSource("a", "F64", [1L << 32, 1L << 31], _ => { }).ByteCount)
            .Should().Throw<OverflowException>();

    /// <summary>A file of which only the beginning is there.</summary>
    private sealed class Long(byte[] beginning, long length) : MemoryStream(beginning)
    {
        public override long Length => length;
    }
}
