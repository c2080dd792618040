using System.Diagnostics;
using DRepMRec.Internals.NativeLoading;

namespace DRepMRec.Tests.Internals.NativeLoading;

/// <summary>
/// Whatever is done to a file, the relaxer either makes a copy of the same length or refuses with its own exception, and does so quickly.
/// </summary>
public sealed class VersionRelaxerFuzzTests
{
    private static readonly byte[] Extremes = [0x00, 0x01, 0x7F, 0x80, 0xFF];

    [Fact]
    public void EveryTruncationOfASmallLibrary_IsRefused()
    {
        byte[] file = new SyntheticLibrary().Build();

        for (int length = 0; length < file.Length; length++)
            Relaxes(file[..length]).Should().BeFalse($"{length} bytes are left");
    }

    [SkippableFact]
    public void TruncationsOfTheLibraryOfTorchSharp_AreHandled()
    {
        byte[] file = LibraryOfTorchSharp.Read();

        for (int length = 0; length < file.Length; length += length / 3 + 1)
            Relaxes(file[..length]).Should().BeFalse($"{length} bytes are left");
    }

    [Fact]
    public void RandomMutationsOfASmallLibrary_AreHandled()
    {
        byte[] file = new SyntheticLibrary().Build();
        var random = new Random(20240411);
        int refused = 0;

        for (int round = 0; round < 50_000; round++)
            refused += Relaxes(Mutate(file, random, file.Length)) ? 0 : 1;

        refused.Should().BeInRange(5_000, 49_000, "mutations should reach both ends");
    }

    [SkippableFact]
    public void RandomMutationsOfTheLibraryOfTorchSharp_AreHandled()
    {
        byte[] file = LibraryOfTorchSharp.Read();
        var random = new Random(11119);

        // The headers and the hash table lie at the beginning; the needed versions lie between 0x3f000 and 0x40000.
        for (int round = 0; round < 250; round++)
            Relaxes(Mutate(file, random, 0x1000));
        for (int round = 0; round < 250; round++)
            Relaxes(Mutate(file, random, 0x1000, from: 0x3f000));
    }

    private static byte[] Mutate(byte[] file, Random random, int range, int from = 0)
    {
        byte[] mutated = [.. file];
        for (int changes = random.Next(1, 6); changes > 0; changes--)
        {
            int at = from + random.Next(range);
            mutated[at] = random.Next(2) == 0 ? Extremes[random.Next(Extremes.Length)] : (byte)random.Next(256);
            if (random.Next(4) == 0)
                mutated.AsSpan(at, Math.Min(random.Next(1, 9), mutated.Length - at)).Fill(mutated[at]);
        }
        return mutated;
    }

    private static bool Relaxes(byte[] file)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            VersionRelaxer.Relax(file).Should().HaveCount(file.Length);
            return true;
        }
        catch (ElfFormatException exception)
        {
            exception.Message.Length.Should().BeLessThan(400).And.BePositive();
            return false;
        }
        finally
        {
            Stopwatch.GetElapsedTime(start).Should().BeLessThan(TimeSpan.FromSeconds(30));
        }
    }
}
