using System.Buffers.Binary;
using DRepMRec.Internals.NativeLoading;

namespace DRepMRec.Tests.Internals.NativeLoading;

public sealed class VersionRelaxerTests
{
    [Fact]
    public void Relax_ChangesTheVersionTheMarkerAndNothingElse()
    {
        byte[] original = new SyntheticLibrary().Build();
        byte[] expected = [.. original];
        expected[SyntheticLibrary.WeakenedAt + 4] = 2;
        expected[SyntheticLibrary.MarkerAt + 4] = 2;
        SyntheticLibrary.Put16(expected, SyntheticLibrary.MarkerAt + 6, 1);
        SyntheticLibrary.Put64(expected, SyntheticLibrary.MarkerAt + 8, SyntheticLibrary.CodeAddress + 5);
        SyntheticLibrary.Put16(expected, SyntheticLibrary.MarkerVersionAt, 0);

        VersionRelaxer.Relax(original).Should().Equal(expected);
    }

    [Fact]
    public void Relax_LeavesTheOriginalAlone()
    {
        byte[] original = new SyntheticLibrary().Build();
        byte[] before = [.. original];

        VersionRelaxer.Relax(original);

        original.Should().Equal(before);
    }

    [Fact]
    public void Relax_IgnoresTheHiddenBitOfAVersion()
    {
        byte[] original = new SyntheticLibrary()
            .Build(file => SyntheticLibrary.Put16(file, SyntheticLibrary.MarkerVersionAt, SyntheticLibrary.MarkerVersion | 0x8000));

        VersionRelaxer.Relax(original)[SyntheticLibrary.MarkerVersionAt + 1].Should().Be(0);
    }

    [SkippableFact]
    public void Relax_TheLibraryOfTorchSharp_ChangesTheExpectedBytes()
    {
        byte[] original = LibraryOfTorchSharp.Read();

        byte[] relaxed = VersionRelaxer.Relax(original);

        relaxed.Should().HaveSameCount(original);
        int[] changed = [.. Enumerable.Range(0, original.Length).Where(i => original[i] != relaxed[i])];
        int symbol = changed[0] - 4; // The symbol's type is its fifth byte, and lies before the versions.
        changed[..^2].Should().OnlyContain(i => i < symbol + 16, "the type, section and value of one symbol changed");
        relaxed[symbol + 4].Should().Be(2, "it is a local function");
        relaxed[BinaryPrimitives.ReadInt32LittleEndian(relaxed.AsSpan(symbol + 8))]
            .Should().Be(0xC3, "the file's code is loaded where it lies in the file");
        (relaxed[changed[^2]], original[changed[^1]], relaxed[changed[^1]])
            .Should().Be((0, 0, 2), "the symbol lost its version, and the version became weak");
        FluentActions.Invoking(() => VersionRelaxer.Relax(relaxed)).Should().Throw<ElfFormatException>("it needs no relaxing any more");
    }
}
