using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace DRepMRec.Internals;

/// <summary>Hashes of as many values as an array holds, whose bytes no one span does.</summary>
internal static class ValueHash
{
    private const int SliceLength = 1 << 20;

    /// <summary>Appends the bytes of values.</summary>
    /// <param name="hash">What they are appended to.</param>
    /// <param name="values">The values.</param>
    /// <param name="sliceLength">How many are appended at once; the hash doesn't depend on it.</param>
    public static void AppendValues<T>(this IncrementalHash hash, ReadOnlySpan<T> values, int sliceLength = SliceLength)
        where T : unmanaged
    {
        for (; !values.IsEmpty; values = values[Math.Min(sliceLength, values.Length)..])
            hash.AppendData(MemoryMarshal.AsBytes(values[..Math.Min(sliceLength, values.Length)]));
    }
}
