using System.Buffers.Binary;
using System.Globalization;

namespace DRepMRec.Internals.NativeLoading;

/// <summary>
/// Makes a copy of TorchSharp's native library that an older libstdc++ can load. The original asks for version GLIBCXX_3.4.32 because of
/// one symbol, an empty marker function, so the copy marks that version as weak and lets the marker be a return instruction of its own.
/// </summary>
/// <remarks>A file in which anything else would be needed is refused with an <see cref="ElfFormatException"/>.</remarks>
internal static class VersionRelaxer
{
    public const string Version = "GLIBCXX_3.4.32";
    public const string Symbol = "_ZSt21ios_base_library_initv";

    private const string Library = "libstdc++.so.6";
    private const string Family = "GLIBCXX_3.4.";
    private const int FamilyNumber = 32;
    private const int SymbolSize = 24;
    private const byte ReturnInstruction = 0xC3;
    private const byte LocalFunction = 2;
    private const ushort WeakFlag = 2;
    private const ushort AnyDefinedSection = 1;
    private const ushort IndexMask = 0x7fff;

    /// <summary>The relaxed copy: as long as the file, with at most 14 bytes changed.</summary>
    /// <param name="file">The original.</param>
    /// <exception cref="ElfFormatException">The file isn't what it should be.</exception>
    public static byte[] Relax(ReadOnlySpan<byte> file)
    {
        var image = new ElfImage(file);
        var names = new ElfStringTable(image);
        NeededVersion version = FindVersion(image, names);
        (ulong symbol, ulong versionOfSymbol) = FindSymbol(image, names, version.Index);
        ulong marker = FindReturnInstruction(image);

        byte[] copy = file.ToArray();
        BinaryPrimitives.WriteUInt16LittleEndian(copy.AsSpan((int)version.FlagsOffset), WeakFlag);
        BinaryPrimitives.WriteUInt16LittleEndian(copy.AsSpan((int)versionOfSymbol), 0);
        copy[(int)symbol + 4] = LocalFunction;
        BinaryPrimitives.WriteUInt16LittleEndian(copy.AsSpan((int)symbol + 6), AnyDefinedSection);
        BinaryPrimitives.WriteUInt64LittleEndian(copy.AsSpan((int)symbol + 8), marker);
        return copy;
    }

    private static NeededVersion FindVersion(ElfImage image, ElfStringTable names)
    {
        List<NeededVersion> all = NeededVersions.Read(image);
        NeededVersion? found = null;
        foreach (NeededVersion needed in all)
        {
            if (names.Holds(needed.Name, Version))
            {
                if (found is not null)
                    throw new ElfFormatException($"The version {Version} should be needed once, but is twice.");
                found = needed;
            }
            else if (names.Show(needed.Name) is string name && IsNewer(name))
            {
                throw new ElfFormatException($"The newest libstdc++ version should be {Version}, but {name} is needed too.");
            }
        }
        if (found is not { } version)
            throw new ElfFormatException($"The version {Version} should be needed, but isn't.");
        if (!names.Holds(version.File, Library))
            throw new ElfFormatException($"The version {Version} should be one of {Library}, but is one of {names.Show(version.File)}.");
        if (version.Flags != 0)
            throw new ElfFormatException($"The flags of the version {Version} should be 0, but are {version.Flags}.");
        if (all.Count(needed => needed.Index == version.Index) != 1)
        {
            throw new ElfFormatException(
                $"The version index {version.Index} should stand for {Version} only, but stands for another version too.");
        }

        return version;
    }

    private static bool IsNewer(string version)
        => version.StartsWith(Family, StringComparison.Ordinal)
            && int.TryParse(version.AsSpan(Family.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number > FamilyNumber;

    private static (ulong Symbol, ulong Version) FindSymbol(ElfImage image, ElfStringTable names, ushort versionIndex)
    {
        ulong count = SymbolCount.Read(image);
        if (image.Dynamic(ElfTag.SymbolSize) is var size and not SymbolSize)
            throw new ElfFormatException($"The size of a symbol should be {SymbolSize}, but is {size}.");
        ulong symbols = image.OffsetOf(image.Dynamic(ElfTag.SymbolTable), count * SymbolSize, "The symbol table");
        ulong versions = image.OffsetOf(image.Dynamic(ElfTag.SymbolVersions), count * sizeof(ushort), "The table of symbol versions");

        ulong? found = null;
        for (ulong i = 1; i < count; i++)
        {
            if ((image.Bytes.UInt16(versions + i * sizeof(ushort), "A symbol version") & IndexMask) != versionIndex)
                continue;
            uint name = image.Bytes.UInt32(symbols + i * SymbolSize, "A symbol");
            if (found is not null || !names.Holds(name, Symbol))
            {
                throw new ElfFormatException(
                    $"The only symbol of version {Version} should be {Symbol}, but {names.Show(name)} is one too.");
            }

            if (image.Bytes.UInt16(symbols + i * SymbolSize + 6, "A symbol") != 0)
                throw new ElfFormatException($"The symbol {Symbol} should be undefined, but is defined.");
            found = i;
        }
        if (found is not ulong index)
            throw new ElfFormatException($"The symbol {Symbol} should have the version {Version}, but no symbol has it.");
        return (symbols + index * SymbolSize, versions + index * sizeof(ushort));
    }

    private static ulong FindReturnInstruction(ElfImage image)
    {
        foreach (ElfSegment segment in image.Segments)
        {
            if (segment.Type != ElfSegment.Load || (segment.Flags & ElfSegment.Executable) == 0)
                continue;
            int at = image.Bytes.Slice(segment.Offset, segment.FileSize, "The executable segment").IndexOf(ReturnInstruction);
            if (at >= 0)
                return segment.Address + (ulong)at;
        }
        throw new ElfFormatException("An executable segment should hold a return instruction, but none does.");
    }
}
