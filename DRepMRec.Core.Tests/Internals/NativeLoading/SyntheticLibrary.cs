using System.Buffers.Binary;
using System.Text;

namespace DRepMRec.Tests.Internals.NativeLoading;

/// <summary>
/// A small shared object with the tables that TorchSharp's native library has: two needed libraries with three versions, five symbols, a
/// hash table, and code that is loaded elsewhere than where it lies in the file. The properties make it wrong.
/// </summary>
internal sealed class SyntheticLibrary
{
    public const int Length = 0x400;
    public const int DynamicAt = 0x100;
    public const int NamesAt = 0x1A0;
    public const int SymbolsAt = 0x240;
    public const int HashAt = 0x2C0;
    public const int SymbolVersionsAt = 0x2F0;
    public const int NeededAt = 0x300;
    public const int CodeAt = 0x380;
    public const int CodeAddress = 0x2380;
    public const int ReturnAt = CodeAt + 5;

    public const ushort MarkerVersion = 4;
    public const int MarkerIndex = 2;
    public const int MarkerAt = SymbolsAt + MarkerIndex * 24;
    public const int MarkerVersionAt = SymbolVersionsAt + MarkerIndex * 2;
    public const int WeakenedAt = NeededAt + 48;

    private readonly byte[] _file = new byte[Length];
    private readonly List<string> _names = [""];

    public string Version { get; init; } = "GLIBCXX_3.4.32";

    public string OtherVersion { get; init; } = "GLIBCXX_3.4.21";

    public string Symbol { get; init; } = "_ZSt21ios_base_library_initv";

    public string Library { get; init; } = "libstdc++.so.6";

    public ushort OtherSymbolVersion { get; init; } = 3;

    /// <summary>Writes the file, then lets <paramref name="change"/> spoil it.</summary>
    public byte[] Build(Action<byte[]>? change = null)
    {
        Headers();
        Dynamic();
        Symbols();
        Hash();
        Needed();
        _file.AsSpan(CodeAt, 0x20).Fill(0x90);
        _file[ReturnAt] = 0xC3;
        Encoding.ASCII.GetBytes(string.Join('\0', _names) + '\0').CopyTo(_file, NamesAt);
        change?.Invoke(_file);
        return _file;
    }

    public static void Put16(byte[] file, int at, int value) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), (ushort)value);

    public static void Put32(byte[] file, int at, long value) => BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), (uint)value);

    public static void Put64(byte[] file, int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at), value);

    private void Headers()
    {
        byte[] identity = [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        identity.CopyTo(_file, 0);
        Put16(_file, 16, 3);
        Put16(_file, 18, 62);
        Put64(_file, 32, 64);
        Put16(_file, 54, 56);
        Put16(_file, 56, 3);
        AddSegment(0, type: 1, flags: 4, at: 0, address: 0, size: CodeAt);
        AddSegment(1, type: 1, flags: 5, at: CodeAt, address: CodeAddress, size: Length - CodeAt);
        AddSegment(2, type: 2, flags: 4, at: DynamicAt, address: DynamicAt, size: 9 * 16);
    }

    private void AddSegment(int index, int type, int flags, int at, int address, int size)
    {
        int entry = 64 + index * 56;
        Put32(_file, entry, type);
        Put32(_file, entry + 4, flags);
        Put64(_file, entry + 8, (ulong)at);
        Put64(_file, entry + 16, (ulong)address);
        Put64(_file, entry + 32, (ulong)size);
        Put64(_file, entry + 40, (ulong)size);
    }

    private void Dynamic()
    {
        (ulong Tag, ulong Value)[] entries =
        [
            (5, NamesAt), (10, SymbolsAt - NamesAt), (6, SymbolsAt), (11, 24),
            (0x6ffffef5, HashAt), (0x6ffffff0, SymbolVersionsAt), (0x6ffffffe, NeededAt), (0x6fffffff, 2),
        ];
        for (int i = 0; i < entries.Length; i++)
        {
            Put64(_file, DynamicAt + i * 16, entries[i].Tag);
            Put64(_file, DynamicAt + i * 16 + 8, entries[i].Value);
        }
    }

    private void Symbols()
    {
        AddSymbol(1, "memcpy", version: 2);
        AddSymbol(MarkerIndex, Symbol, MarkerVersion);
        AddSymbol(3, "_ZNSo3putEc", OtherSymbolVersion);
        AddSymbol(4, "THSTensor_ones", version: 1, section: 12);
    }

    private void AddSymbol(int index, string name, ushort version, int section = 0)
    {
        int entry = SymbolsAt + index * 24;
        Put32(_file, entry, AddName(name));
        _file[entry + 4] = 0x12;
        Put16(_file, entry + 6, section);
        Put16(_file, SymbolVersionsAt + index * 2, version);
    }

    // One bucket, one filter word, and one hashed symbol: the last.
    private void Hash()
    {
        Put32(_file, HashAt, 1);
        Put32(_file, HashAt + 4, 4);
        Put32(_file, HashAt + 8, 1);
        Put32(_file, HashAt + 24, 4);
        Put32(_file, HashAt + 28, 0x1235);
    }

    private void Needed()
    {
        AddFile(NeededAt, "libc.so.6", count: 1, first: 64, next: 16);
        AddFile(NeededAt + 16, Library, count: 2, first: 16, next: 0);
        AddVersion(NeededAt + 32, OtherVersion, index: 3, next: 16);
        AddVersion(WeakenedAt, Version, MarkerVersion, next: 0);
        AddVersion(NeededAt + 64, "GLIBC_2.14", index: 2, next: 0);
    }

    private void AddFile(int at, string name, int count, int first, int next)
    {
        Put16(_file, at, 1);
        Put16(_file, at + 2, count);
        Put32(_file, at + 4, AddName(name));
        Put32(_file, at + 8, first);
        Put32(_file, at + 12, next);
    }

    private void AddVersion(int at, string name, ushort index, int next)
    {
        Put16(_file, at + 6, index);
        Put32(_file, at + 8, AddName(name));
        Put32(_file, at + 12, next);
    }

    private int AddName(string name)
    {
        int at = _names.Sum(earlier => earlier.Length + 1);
        _names.Add(name);
        return at;
    }
}
