namespace DRepMRec.Internals.NativeLoading;

/// <summary>The tags of the dynamic section that are read.</summary>
internal enum ElfTag : ulong
{
    StringTable = 5,
    SymbolTable = 6,
    StringTableSize = 10,
    SymbolSize = 11,
    GnuHash = 0x6ffffef5,
    SymbolVersions = 0x6ffffff0,
    VersionsNeeded = 0x6ffffffe,
    VersionsNeededCount = 0x6fffffff,
}
