using System.Buffers.Binary;
using System.Text;
using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Internals;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Hosting;
using DRepMRec.Tests.Internals;
using DRepMRec.Training;
using Microsoft.Extensions.Logging.Abstractions;

namespace DRepMRec.Tests.Reliability;

/// <summary>
/// Files that somebody made with a purpose: the attempts at the format that the repository of safetensors describes (attacks/README.md,
/// its proposals 1 to 5 and 7, rebuilt here), their like for other formats, and twice the input, which takes at most twice the memory
/// and reads.
/// </summary>
public sealed class HostileFileTests
{
    private const string One = "{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]}";

    public static TheoryData<string, byte[], string> Attacks => new()
    {
        { "length beyond the file", [.. Length(1000), .. "{}"u8], "*truncated*" },
        { "length beyond any file", [.. Length(ulong.MaxValue), .. "{}"u8], "*header has at most*" },
        { "length that is negative where signed", [.. Length(1UL << 63), .. "{}"u8], "*header has at most*" },
        { "length of nothing", Length(0), "*header isn't*" },
        { "nothing", [], "*truncated*" },
        {
            "offsets of one inside the other",
            File($"{{\"a\":{Of("[4]", 0, 16)},\"b\":{Of("[2]", 4, 12)}}}", 16),
            "*array 'b'*offsets are 4 to 12*"
        },
        { "offsets that overlap by one element", File($"{{\"a\":{Of("[2]", 0, 8)},\"b\":{Of("[2]", 4, 12)}}}", 12), "*array 'b'*" },
        { "the same bytes for two", File($"{{\"a\":{One},\"b\":{One}}}", 16), "*array 'b'*must lie at 16*" },
        { "a hole in the midst", File($"{{\"a\":{Of("[1]", 0, 4)},\"b\":{Of("[1]", 8, 12)}}}", 12), "*array 'b'*must lie at 4*" },
        { "a hole at the beginning", File($"{{\"a\":{Of("[1]", 4, 8)}}}", 8), "*must lie at 0*" },
        { "bytes that nobody owns", File($"{{\"a\":{One}}}", 24), "*more than the header tells of*" },
        { "negative offsets", File($"{{\"a\":{Of("[1]", -4, 0)}}}", 4), "*offsets are -4 to 0*" },
        { "offsets in the wrong order", File($"{{\"a\":{Of("[1]", 4, 0)}}}", 4), "*" },
        { "offsets outside of the file", File($"{{\"a\":{Of("[4]", 0, 16)}}}", 8), "*truncated*" },
        { "offsets that wrap around", File($"{{\"a\":{Of("[1]", long.MaxValue - 3, long.MinValue)}}}", 4), "*" },
        {
            "offsets beyond 64 bits",
            File("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,18446744073709551617]}}", 1),
            "*header isn't*"
        },
        { "offsets with a fraction", File("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1.5]}}", 1), "*header isn't*" },
        { "three offsets", File("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1,2]}}", 1), "*3 offsets*" },
        { "a shape that is smaller than its bytes", File($"{{\"a\":{Of("[1]", 0, 16)}}}", 16), "*must lie at 0 to 4*" },
        { "a shape that is larger than its bytes", File($"{{\"a\":{Of("[8]", 0, 16)}}}", 16), "*shape*more than the file*" },
        { "a shape whose product wraps around", File($"{{\"a\":{Of("[4294967296,4294967296]", 0, 0)}}}", 0), "*shape*" },
        { "a shape that is negative twice", File($"{{\"a\":{Of("[-2,-2]", 0, 16)}}}", 16), "*shape*" },
        {
            "a type that nobody knows",
            File("{\"a\":{\"dtype\":\"F4096\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1),
            "*unknown element type*"
        },
        { "a name twice", File($"{{\"a\":{Of("[1]", 0, 4)},\"a\":{Of("[1]", 4, 8)}}}", 8), "*header isn't*" },
        { "metadata that aren't texts", File("{\"__metadata__\":{\"a\":{}}}", 0), "*header isn't*" },
        { "metadata twice", File("{\"__metadata__\":{},\"__metadata__\":{}}", 0), "*header isn't*" },
        { "a header that is a list", File("[]", 0), "*header isn't*" },
        { "a header that is a number", File("1", 0), "*header isn't*" },
        { "a header with something behind it", File("{}{}", 0), "*header isn't*" },
        { "a header that isn't UTF-8", [.. Length(4), (byte)'{', 0xff, 0xfe, (byte)'}'], "*header isn't*" },
        { "a header that is nested deeply", File(new string('[', 100_000), 0), "*header isn't*" },
        { "a header that goes on for long", File("{\"a\":" + new string(' ', 100_000) + "1", 0), "*header isn't*" },
    };

    [Theory]
    [MemberData(nameof(Attacks))]
    public void An_attempt_at_the_format_is_refused_by_every_reader_of_it(string attempt, byte[] bytes, string message)
    {
        using TempFolder folder = new TempFolder().With("x", bytes);
        void Refused<T>(Action read) where T : Exception
            => read.Should().ThrowExactly<T>(attempt).WithMessage(message).Which.Message.Length.Should().BeLessThan(4000);
        Refused<ModelFileException>(() => Recommender.Load(folder["x"]));
        Refused<ModelFileException>(() => Recommender.Load(folder["x"], new RecommenderLoadOptions { MemoryMap = true, Verify = false }));
        Refused<FormatException>(() => EarlierModel.Load(folder["x"]));
        Refused<DatasetFormatException>(() => TextFeatures.Load(folder["x"]));
        Refused<CheckpointFormatException>(() =>
        {
            using var file = new CheckpointFile(folder["x"], NullLogger.Instance);
            file.Read();
        });
    }

    public static TheoryData<string> Doubled => [.. Inputs.Keys];

    /// <summary>Inputs of a size, some sound and some hostile, by the reader that gets them.</summary>
    private static readonly Dictionary<string, (Func<int, byte[]> Make, Action<string> Read)> Inputs = new()
    {
        ["safetensors: arrays on the same bytes"] = (n => File(
            "{" + string.Join(',', Enumerable.Range(0, n).Select(i => $"\"w{i}\":{One}")) + "}", 16), path => Recommender.Load(path)),
        ["safetensors: arrays of nothing"] = (n => File(
            "{" + string.Join(',', Enumerable.Range(0, n).Select(i => $"\"w{i}\":{Of("[0]", 0, 0)}")) + "}", 0),
            path => Recommender.Load(path)),
        ["safetensors: metadata"] = (n => File(
            "{\"__metadata__\":{" + string.Join(',', Enumerable.Range(0, n).Select(i => $"\"k{i}\":\"v\"")) + "}}", 0),
            path => Recommender.Load(path)),
        ["model"] = (n => Bytes(path => Hosted.Numbered(1, 10 * n).Save(path)), path => Recommender.Load(path)),
        ["CSV: rows"] = (n => Table(string.Concat(Enumerable.Range(0, n).Select(i => $"{i},t\n"))), Csv),
        ["CSV: a quote that never ends"] = (n => Table("\"" + string.Concat(Enumerable.Repeat("a,b\n", n))), Csv),
        ["CSV: quotes"] = (n => Table("\"" + new string('"', 4 * n) + "\"\"\n"), Csv),
        ["CSV: one field"] = (n => Table(new string('x', 4 * n)), Csv),
        ["CSV: one row of many fields"] = (n => Table(new string(',', 4 * n)), Csv),
        ["CSV: one header of many columns"] = (n => Table("", "id" + string.Concat(Enumerable.Range(0, n).Select(i => $",c{i}"))), Csv),
        ["JSON lines: rows"] = (n => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, n).Select(i => $"{{\"id\":{i}}}\n"))), Jsonl),
        ["JSON lines: depth"] = (n => Encoding.UTF8.GetBytes("{\"id\":" + new string('[', 8 * n)), Jsonl),
        ["JSON lines: one text"] = (n => Encoding.UTF8.GetBytes("{\"id\":\"" + new string('x', 8 * n)), Jsonl),
        ["MMRec: rows"] = (n => Encoding.UTF8.GetBytes(
            "userID\titemID\tx_label\n" + string.Concat(Enumerable.Range(0, n).Select(i => $"{i / 30}\t{i}\t0\n"))),
            path => RecDataset.LoadMmrec(path)),
        ["RecBole: one header of many columns"] = (n => Encoding.UTF8.GetBytes(
            "item_id:token" + string.Concat(Enumerable.Range(0, n).Select(i => $"\tc{i}:token{(i % 2 == 0 ? "" : "_seq")}"))
            + "\nx" + new string('\t', n) + "\n"), path => ItemTable.LoadRecBole(path)),
        ["npy: rows"] = (n => NpyBytes.File(NpyBytes.Header("<f4", $"({n}, 4)"), new byte[16 * n]), path => Npy(path)),
        ["npy: a header of blanks"] = (n => NpyBytes.File(new string(' ', 8 * n) + "\n", [], major: 3), path => Npy(path)),
        ["Parquet: rows"] = (n => Bytes(path => Hosted.Numbered(1, n)
            .RecommendAllAsync(new() { Request = new() { Count = n } }).WriteParquetAsync(path).GetAwaiter().GetResult()),
            path => ItemTable.LoadParquet(path, new() { Item = "item_id" })),
    };

    [Theory]
    [MemberData(nameof(Doubled))]
    public void Twice_the_input_takes_at_most_twice_the_memory_and_the_reads(string input)
    {
        var (make, read) = Inputs[input];
        (long Bytes, int Reads, long Size) Cost(int n)
        {
            using TempFolder folder = new TempFolder().With("x.inter", make(n));
            int reads = 0;
            Files.Before = (_, path) =>
            {
                if (path.StartsWith(folder.Path, StringComparison.Ordinal))
                    Interlocked.Increment(ref reads);
            };
            try
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                Record.Exception(() => read(folder["x.inter"])).Should().Match<Exception?>(e => e == null || e is FormatException);
                return (GC.GetAllocatedBytesForCurrentThread() - before, reads, new FileInfo(folder["x.inter"]).Length);
            }
            finally
            {
                Files.Before = null;
            }
        }

        Cost(500); // Pays for static data.
        var (once, twice) = (Cost(2000), Cost(4000));
        double growth = (double)twice.Size / once.Size;
        twice.Bytes.Should().BeLessThan((long)(1.3 * growth * once.Bytes) + 300_000);
        once.Reads.Should().BePositive();
        twice.Reads.Should().BeLessThan((int)(1.3 * growth * once.Reads) + 8);
    }

    private static void Csv(string path) => ItemTable.LoadDelimited(path, new() { Item = "id", Title = "title" });

    private static void Jsonl(string path) => ItemTable.LoadJsonLines(path, new() { Item = "id" });

    private static void Npy(string path)
        => FeatureTable.LoadNpy(path, Modality.Image, [.. Enumerable.Range(0, (int)(new FileInfo(path).Length / 16)).Select(i => $"{i}")]);

    private static byte[] Table(string rows, string header = "id,title\n") => Encoding.UTF8.GetBytes(header + rows);

    private static byte[] Bytes(Action<string> write)
    {
        using var folder = new TempFolder();
        write(folder["x"]);
        return System.IO.File.ReadAllBytes(folder["x"]);
    }

    private static string Of(string shape, long begin, long end)
        => $"{{\"dtype\":\"F32\",\"shape\":{shape},\"data_offsets\":[{begin},{end}]}}";

    private static byte[] Length(ulong length)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        return bytes;
    }

    private static byte[] File(string header, int data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        return [.. Length((ulong)text.Length), .. text, .. new byte[data]];
    }
}
