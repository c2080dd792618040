using System.Text;
using DRepMRec.Internals;

namespace DRepMRec.Tests.Internals;

/// <summary>Damages bytes at random, by a seed.</summary>
internal static class Mutation
{
    private static readonly byte[] Extremes = [0x00, 0x01, 0x7F, 0x80, 0xFF, (byte)'"', (byte)'\t', (byte)'\n', (byte)'{', (byte)'['];

    private static readonly string[] Numbers =
    [
        "-1", "0", "2147483647", "2147483648", "4294967296", "9223372036854775807", "18446744073709551616", "1e999", "-1e-999", "NaN",
        "Infinity", "007", "1.5", "",
    ];

    /// <summary>A few small damages, as a disk, a network or a careless hand brings them about.</summary>
    public static byte[] Of(byte[] bytes, SeededRandom random)
    {
        List<byte> mutated = [.. bytes];
        for (int changes = 1 + random.NextInt(4); changes > 0 && mutated.Count > 0; changes--)
        {
            int at = random.NextInt(mutated.Count);
            switch (random.NextInt(5))
            {
                case 0: mutated[at] = (byte)random.NextInt(256); break;
                case 1: mutated[at] ^= (byte)(1 << random.NextInt(8)); break;
                case 2: mutated.RemoveAt(at); break;
                case 3: mutated.Insert(at, mutated[random.NextInt(mutated.Count)]); break;
                default: mutated.RemoveRange(at, Math.Min(mutated.Count - at, 1 + random.NextInt(8))); break;
            }
        }

        return [.. mutated];
    }

    /// <summary>
    /// Damages that somebody may have meant: extreme numbers in text and in bytes, cut ends, repeated pieces, long runs, nothing but noise.
    /// </summary>
    public static byte[] Wild(byte[] bytes, SeededRandom random)
    {
        List<byte> mutated = [.. random.NextInt(4) == 0 ? Of(bytes, random) : bytes];
        for (int changes = 1 + random.NextInt(3); changes > 0 && mutated.Count > 0; changes--)
        {
            int at = random.NextInt(mutated.Count), rest = mutated.Count - at;
            switch (random.NextInt(8))
            {
                case 0: mutated.RemoveRange(at, rest); break;
                case 1: mutated.InsertRange(at, mutated.GetRange(at, Math.Min(rest, 1 + random.NextInt(200)))); break;
                case 2: ReplaceNumber(mutated, at, random); break;
                case 3: ReplaceNumber(mutated, random.NextInt(Math.Min(200, mutated.Count)), random); break;
                case 4: Fill(mutated, at, Math.Min(rest, 1 << random.NextInt(4)), Extremes[random.NextInt(Extremes.Length)]); break;
                case 5: mutated.InsertRange(at, Run(random)); break;
                case 6: mutated.InsertRange(at, Encoding.UTF8.GetBytes(random.NextInt(2) == 0 ? "../../" : "\uFEFFü\u0001")); break;
                default: return [.. Enumerable.Range(0, random.NextInt(300)).Select(_ => (byte)random.NextInt(256))];
            }
        }

        return [.. mutated];
    }

    /// <summary>One extreme byte, many times.</summary>
    private static IEnumerable<byte> Run(SeededRandom random)
        => Enumerable.Repeat(Extremes[random.NextInt(Extremes.Length)], 1 << random.NextInt(14));

    private static void Fill(List<byte> bytes, int at, int count, byte value)
    {
        for (int i = at; i < at + count; i++)
            bytes[i] = value;
    }

    /// <summary>Puts an extreme number in place of the first one at or behind a position.</summary>
    private static void ReplaceNumber(List<byte> bytes, int at, SeededRandom random)
    {
        int start = bytes.FindIndex(at, b => char.IsAsciiDigit((char)b));
        if (start < 0)
            return;
        int end = start;
        while (end < bytes.Count && char.IsAsciiDigit((char)bytes[end]))
            end++;
        bytes.RemoveRange(start, end - start);
        bytes.InsertRange(start, Encoding.ASCII.GetBytes(Numbers[random.NextInt(Numbers.Length)]));
    }
}
