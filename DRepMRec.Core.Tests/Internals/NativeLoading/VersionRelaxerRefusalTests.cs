using DRepMRec.Internals.NativeLoading;
using static DRepMRec.Tests.Internals.NativeLoading.SyntheticLibrary;

namespace DRepMRec.Tests.Internals.NativeLoading;

public sealed class VersionRelaxerRefusalTests
{
    private const int CodeSegment = 64 + 56;
    private const int DynamicSegment = 64 + 2 * 56;

    [Fact]
    public void AnotherMagic() => Refuses(new SyntheticLibrary().Build(file => file[0] = (byte)'M'),
        "The file should begin with 7F454C46, but begins with 4D454C46.");

    [Fact]
    public void AnotherClass() => Refuses(new SyntheticLibrary().Build(file => file[4] = 1),
        "The ELF class (2 is 64-bit) should be 2, but is 1.");

    [Fact]
    public void AnotherByteOrder() => Refuses(new SyntheticLibrary().Build(file => file[5] = 2),
        "The ELF data encoding (1 is little-endian) should be 1, but is 2.");

    [Fact]
    public void AnExecutable() => Refuses(new SyntheticLibrary().Build(file => Put16(file, 16, 2)),
        "The ELF type (3 is a shared object) should be 3, but is 2.");

    [Fact]
    public void AnotherArchitecture() => Refuses(new SyntheticLibrary().Build(file => Put16(file, 18, 183)),
        "The ELF machine (62 is x86-64) should be 62, but is 183.");

    [Fact]
    public void ACutSectionTable() => Refuses(new SyntheticLibrary().Build(file => Put64(file, 40, Length + 1)),
        "The section header table should be 0 bytes at offset 1025, but the file ends at 1024.");

    [Fact]
    public void TooManyProgramHeaders() => Refuses(new SyntheticLibrary().Build(file => Put16(file, 56, 0xFFFF)),
        "The file should have 1 to 64 program headers, but has 65535.");

    [Fact]
    public void ProgramHeadersBeyondTheFile() => Refuses(new SyntheticLibrary().Build(file => Put64(file, 32, ulong.MaxValue - 8)),
        "The program header table should be 168 bytes at offset 18446744073709551607, but the file ends at 1024.");

    [Fact]
    public void ASegmentBeyondTheFile() => Refuses(new SyntheticLibrary().Build(file => Put64(file, CodeSegment + 32, ulong.MaxValue)),
        "Segment 1 should be 18446744073709551615 bytes at offset 896, but the file ends at 1024.");

    [Fact]
    public void SegmentsThatOverlap() => Refuses(new SyntheticLibrary().Build(file => Put64(file, CodeSegment + 16, 8)),
        "Segment 1 should be loaded at address 0x380 or after it, but has 128 bytes at 0x8.");

    [Fact]
    public void NoDynamicSection() => Refuses(new SyntheticLibrary().Build(file => Put32(file, DynamicSegment, 4)),
        "The number of dynamic segments should be 1, but is 0.");

    [Fact]
    public void ADynamicSectionOutsideTheSegments() => Refuses(
        new SyntheticLibrary().Build(file => Put64(file, DynamicSegment + 16, 0x9000)),
        "The dynamic section should be 144 bytes at address 0x9000, which no loaded segment holds.");

    [Fact]
    public void ADynamicSectionWithoutEnd() => Refuses(new SyntheticLibrary().Build(file => Put64(file, DynamicSegment + 32, 8 * 16)),
        "The dynamic section should end with an empty tag, but doesn't.");

    [Fact]
    public void ATagThatIsMissing() => Refuses(new SyntheticLibrary().Build(file => Put64(file, DynamicAt + 4 * 16, 1)),
        "The dynamic section should have the tag GnuHash, but doesn't.");

    [Fact]
    public void ATagThatIsThereTwice() => Refuses(new SyntheticLibrary().Build(file => Put64(file, DynamicAt + 16, 5)),
        "The dynamic section should have the tag StringTable once, but has it twice.");

    [Fact]
    public void TheVersionIsMissing() => Refuses(new SyntheticLibrary { Version = "GLIBCXX_3.4.30" }.Build(),
        "The version GLIBCXX_3.4.32 should be needed, but isn't.");

    [Fact]
    public void TheVersionIsThereTwice() => Refuses(new SyntheticLibrary { OtherVersion = "GLIBCXX_3.4.32" }.Build(),
        "The version GLIBCXX_3.4.32 should be needed once, but is twice.");

    [Fact]
    public void ANewerVersionIsNeededToo() => Refuses(new SyntheticLibrary { OtherVersion = "GLIBCXX_3.4.33" }.Build(),
        "The newest libstdc++ version should be GLIBCXX_3.4.32, but GLIBCXX_3.4.33 is needed too.");

    [Fact]
    public void TheVersionOfAnotherLibrary() => Refuses(new SyntheticLibrary { Library = "libc++.so.1" }.Build(),
        "The version GLIBCXX_3.4.32 should be one of libstdc++.so.6, but is one of libc++.so.1.");

    [Fact]
    public void TheVersionIsWeakAlready() => Refuses(new SyntheticLibrary().Build(file => Put16(file, WeakenedAt + 4, 2)),
        "The flags of the version GLIBCXX_3.4.32 should be 0, but are 2.");

    [Fact]
    public void TwoVersionsUnderOneIndex() => Refuses(new SyntheticLibrary().Build(file => Put16(file, NeededAt + 32 + 6, MarkerVersion)),
        "The version index 4 should stand for GLIBCXX_3.4.32 only, but stands for another version too.");

    [Fact]
    public void ASecondSymbolOfTheVersion() => Refuses(new SyntheticLibrary { OtherSymbolVersion = MarkerVersion }.Build(),
        "The only symbol of version GLIBCXX_3.4.32 should be _ZSt21ios_base_library_initv, but _ZNSo3putEc is one too.");

    [Fact]
    public void AnotherSymbolOfTheVersion() => Refuses(new SyntheticLibrary { Symbol = "_ZSt21ios_base_library_initv2" }.Build(),
        "The only symbol of version GLIBCXX_3.4.32 should be _ZSt21ios_base_library_initv, but _ZSt21ios_base_library_initv2 is one too.");

    [Fact]
    public void NoSymbolOfTheVersion() => Refuses(new SyntheticLibrary().Build(file => Put16(file, MarkerVersionAt, 3)),
        "The symbol _ZSt21ios_base_library_initv should have the version GLIBCXX_3.4.32, but no symbol has it.");

    [Fact]
    public void ADefinedMarker() => Refuses(new SyntheticLibrary().Build(file => Put16(file, MarkerAt + 6, 12)),
        "The symbol _ZSt21ios_base_library_initv should be undefined, but is defined.");

    [Fact]
    public void SymbolsOfAnotherSize() => Refuses(new SyntheticLibrary().Build(file => Put64(file, DynamicAt + 3 * 16 + 8, 16)),
        "The size of a symbol should be 24, but is 16.");

    [Fact]
    public void ANameOutsideTheStringTable() => Refuses(new SyntheticLibrary().Build(file => Put32(file, MarkerAt, uint.MaxValue)),
        "A name should lie in the string table of 160 bytes, but is at 4294967295.");

    [Fact]
    public void NoReturnInstruction() => Refuses(new SyntheticLibrary().Build(file => file[ReturnAt] = 0x90),
        "An executable segment should hold a return instruction, but none does.");

    [Fact]
    public void AHashTableThatIsTooLarge() => Refuses(new SyntheticLibrary().Build(file => Put32(file, HashAt, uint.MaxValue)),
        "The hash table should fit in 192 bytes, but has 1 filter words and 4294967295 buckets.");

    [Fact]
    public void AHashTableThatBeginsLate() => Refuses(new SyntheticLibrary().Build(file => Put32(file, HashAt + 4, 9)),
        "The hash table should begin with symbol 9, but holds symbol 4.");

    [Fact]
    public void AHashTableThatDoesNotEnd() => Refuses(new SyntheticLibrary().Build(file => Put32(file, HashAt + 24, uint.MaxValue)),
        "The hash table should fit in 192 bytes, but its last chain doesn't end there.");

    [Fact]
    public void TooManySymbols() => Refuses(new SyntheticLibrary().Build(SpoilHash),
        "The symbol table should be 96000000000 bytes at address 0x240, which no loaded segment holds.");

    [Fact]
    public void TooManyLibraries() => Refuses(new SyntheticLibrary().Build(file => Put64(file, DynamicAt + 7 * 16 + 8, ulong.MaxValue)),
        "The file should need versions of at most 4096 libraries, but says 18446744073709551615.");

    [Fact]
    public void TooManyVersions() => Refuses(new SyntheticLibrary().Build(file => Put16(file, NeededAt + 2, 0xFFFF)),
        "The file should need 1 to 4096 versions, but needs 65535 of one library after 0 of others.");

    [Fact]
    public void AnotherFormatOfVersions() => Refuses(new SyntheticLibrary().Build(file => Put16(file, NeededAt, 2)),
        "The format of the needed versions should be 1, but is 2.");

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    public void AListOfLibrariesThatStandsStill(int step) => Refuses(new SyntheticLibrary().Build(file => Put32(file, NeededAt + 12, step)),
        $"The list of needed libraries should go on at least 16 bytes further, but the next entry is {step} bytes away.");

    [Fact]
    public void AListOfLibrariesThatGoesBack() => Refuses(new SyntheticLibrary().Build(file => Put32(file, NeededAt + 12, -16)),
        "An entry of the needed versions should be 16 bytes at address 0x1000002f0, which no loaded segment holds.");

    [Fact]
    public void AListOfVersionsThatGoesOn() => Refuses(new SyntheticLibrary().Build(file => Put32(file, WeakenedAt + 12, 16)),
        "The list of needed versions should end after its last entry, but the next entry is 16 bytes away.");

    [Fact]
    public void AListOfVersionsThatGoesBack() => Refuses(new SyntheticLibrary().Build(file => Put32(file, NeededAt + 32 + 12, -32)),
        "A needed version should be 16 bytes at address 0x100000300, which no loaded segment holds.");

    private static void SpoilHash(byte[] file)
    {
        Put32(file, HashAt + 4, 4_000_000_000);
        Put32(file, HashAt + 24, 0);
    }

    private static void Refuses(byte[] file, string message)
        => FluentActions.Invoking(() => VersionRelaxer.Relax(file)).Should().Throw<ElfFormatException>().WithMessage(message);
}
