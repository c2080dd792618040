namespace DRepMRec.Internals.NativeLoading;

/// <summary>One version that the file needs of another library.</summary>
/// <param name="File">The library's name, in the string table.</param>
/// <param name="Name">The version's name, in the string table.</param>
/// <param name="Flags">The flags of the entry.</param>
/// <param name="FlagsOffset">Where in the file the flags are.</param>
/// <param name="Index">The number by which the table of symbol versions refers to it.</param>
internal readonly record struct NeededVersion(uint File, uint Name, ushort Flags, ulong FlagsOffset, ushort Index);

/// <summary>Reads the linked lists of needed versions (<c>.gnu.version_r</c>).</summary>
internal static class NeededVersions
{
    private const int EntrySize = 16;
    private const int MaxEntries = 4096;

    public static List<NeededVersion> Read(ElfImage image)
    {
        ulong fileCount = image.Dynamic(ElfTag.VersionsNeededCount);
        if (fileCount > MaxEntries)
            throw new ElfFormatException($"The file should need versions of at most {MaxEntries} libraries, but says {fileCount}.");

        var versions = new List<NeededVersion>();
        ulong file = image.Dynamic(ElfTag.VersionsNeeded);
        for (ulong left = fileCount; left > 0; left--)
        {
            ulong at = image.OffsetOf(file, EntrySize, "An entry of the needed versions");
            int format = image.Bytes.UInt16(at, "The format of the needed versions");
            if (format != 1)
                throw new ElfFormatException($"The format of the needed versions should be 1, but is {format}.");
            int count = image.Bytes.UInt16(at + 2, "The number of needed versions");
            uint name = image.Bytes.UInt32(at + 4, "The name of a library");
            uint first = image.Bytes.UInt32(at + 8, "The first version of a library");
            ReadFile(image, versions, name, file + first, count);
            file += Step(image.Bytes.UInt32(at + 12, "The next library"), left == 1, "libraries");
        }
        return versions;
    }

    private static void ReadFile(ElfImage image, List<NeededVersion> versions, uint file, ulong version, int count)
    {
        if (count == 0 || versions.Count + count > MaxEntries)
        {
            throw new ElfFormatException(
                $"The file should need 1 to {MaxEntries} versions, but needs {count} of one library after {versions.Count} of others.");
        }

        for (int left = count; left > 0; left--)
        {
            ulong at = image.OffsetOf(version, EntrySize, "A needed version");
            ushort flags = image.Bytes.UInt16(at + 4, "The flags of a needed version");
            ushort index = image.Bytes.UInt16(at + 6, "The index of a needed version");
            versions.Add(new(file, image.Bytes.UInt32(at + 8, "The name of a needed version"), flags, at + 4, index));
            version += Step(image.Bytes.UInt32(at + 12, "The next needed version"), left == 1, "versions");
        }
    }

    // Steps lead forward, past the entry, so that no list can come back to itself.
    private static ulong Step(uint step, bool isLast, string what) => (step, isLast) switch
    {
        (0, true) => 0,
        ( >= EntrySize, false) => step,
        _ => throw new ElfFormatException(
            $"The list of needed {what} should {(isLast ? "end after its last entry" : $"go on at least {EntrySize} bytes further")}, "
            + $"but the next entry is {step} bytes away."),
    };
}
