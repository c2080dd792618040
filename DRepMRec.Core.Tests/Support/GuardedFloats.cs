using System.Runtime.InteropServices;

namespace DRepMRec.Tests.Support;

/// <summary>
/// Memory between two pages that can't be touched. A kernel that reads or writes a byte before or behind what it was given ends the
/// process, with the kernel on the stack; what it writes on the other side, where there is memory, <see cref="ShouldBeUntouched"/> finds.
/// </summary>
/// <remarks>On Linux alone: elsewhere <see cref="Reason"/> says why not.</remarks>
internal sealed unsafe partial class GuardedFloats : IDisposable
{
    private const int None = 0, ReadWrite = 3, PrivateAnonymous = 0x22;
    private const uint Untouched = 0x7FC0_ABCD; // Not a number, so that a sum that takes one in shows it.
    private static readonly int Page = Environment.SystemPageSize;
    private readonly nint _mapping;
    private readonly nuint _bytes;
    private float* _given;
    private int _count;

    /// <param name="capacity">The most floats that are asked for.</param>
    public GuardedFloats(int capacity)
    {
        nuint inside = (nuint)(((((capacity + 16) * sizeof(float)) + Page - 1) / Page) * Page);
        _bytes = inside + (2 * (nuint)Page);
        _mapping = Map(0, _bytes, None, PrivateAnonymous, -1, 0);
        if (_mapping == -1 || Protect(_mapping + Page, inside, ReadWrite) != 0)
            throw new OutOfMemoryException($"Pages can't be mapped: error {Marshal.GetLastPInvokeError()}.");
        new Span<uint>((void*)(_mapping + Page), (int)inside / sizeof(uint)).Fill(Untouched);
        First = (float*)(_mapping + Page);
        Last = First + (inside / sizeof(float));
    }

    public static string Reason => "pages without access are mapped by Linux' own calls";

    private float* First { get; }

    private float* Last { get; }

    /// <summary>Room that ends where memory ends.</summary>
    public float* AtEnd(int count) => Give(Last - count, count);

    /// <summary>Room that begins a few floats behind the beginning of memory; at 0 right there.</summary>
    public float* AtStart(int count, int shift = 0) => Give(First + shift, count);

    /// <summary>Room at either end that holds values.</summary>
    public float* Hold(ReadOnlySpan<float> values, bool atEnd)
    {
        float* room = atEnd ? AtEnd(values.Length) : AtStart(values.Length);
        values.CopyTo(new Span<float>(room, values.Length));
        return room;
    }

    /// <summary>What the room holds now.</summary>
    public float[] Values => new ReadOnlySpan<float>(_given, _count).ToArray();

    /// <summary>Fails if anything but the room has been written to.</summary>
    public void ShouldBeUntouched(string where)
    {
        ReadOnlySpan<uint> before = new(First, (int)(_given - First)), behind = new(_given + _count, (int)(Last - _given) - _count);
        if (before.ContainsAnyExcept(Untouched) || behind.ContainsAnyExcept(Untouched))
            Assert.Fail($"{where}: memory outside of the {_count} floats has been written to.");
    }

    public void Dispose() => Unmap(_mapping, _bytes);

    private float* Give(float* start, int count)
    {
        if (_given != null)
            new Span<uint>(_given, _count).Fill(Untouched);
        _given = start;
        _count = count;
        return start;
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);
}
