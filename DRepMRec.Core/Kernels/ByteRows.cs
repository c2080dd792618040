using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DRepMRec.Kernels;

/// <summary>
/// Rows of bytes: a number is its byte times the scale of its row. Scales have 16 significant bits, so that these products are exact, and
/// rows that were rounded once are rounded to themselves.
/// </summary>
internal static unsafe class ByteRows
{
    /// <summary>The byte of the largest number of a row.</summary>
    public const int Most = 127;

    /// <summary>
    /// 2^-100: products with a smaller one might not be exact. Rows of which nothing is more than half of it become zeros.
    /// </summary>
    public const float MinScale = 1 / (float)(1L << 50) / (1L << 50);

    /// <summary>With a larger one not every byte would be a finite number.</summary>
    public const float MaxScale = float.MaxValue / 128;

    private const uint SignificantBits = 0xFFFF_FF00;

    /// <summary>Whether a row may have this scale; 0 is that of rows of zeros.</summary>
    public static bool IsScale(float scale)
        => scale is 0 or >= MinScale and <= MaxScale && (BitConverter.SingleToUInt32Bits(scale) & ~SignificantBits) == 0;

    /// <summary>Rounds a row to the nearest bytes: each number by at most half a scale, which is a 254th of the largest.</summary>
    /// <param name="row">Finite numbers.</param>
    /// <param name="bytes">As many, overwritten.</param>
    /// <returns>The scale.</returns>
    public static float Round(ReadOnlySpan<float> row, Span<sbyte> bytes)
    {
        float largest = Math.Abs(TensorPrimitives.MaxMagnitude(row));
        if (largest <= MinScale / 2)
        {
            bytes.Clear();
            return 0;
        }

        float exact = Math.Clamp(largest / Most, MinScale, MaxScale);
        float scale = BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(exact) & SignificantBits);
        for (int d = 0; d < row.Length; d++)
            bytes[d] = (sbyte)Math.Clamp(MathF.Round(row[d] / scale), -Most, Most);
        return scale;
    }

    /// <summary>Makes numbers of bytes, with the same bits on every path.</summary>
    /// <param name="bytes">A row.</param>
    /// <param name="scale">Its scale.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="target">Overwritten.</param>
    /// <param name="path">The instructions.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(sbyte* bytes, float scale, int count, float* target, SimdPath path)
    {
        int d = 0;
        if (path == SimdPath.Vector512 && Avx512F.IsSupported)
        {
            var factor = Vector512.Create(scale);
            for (; d + 16 <= count; d += 16)
                (Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.Load(bytes + d))) * factor).Store(target + d);
        }
        else if (path != SimdPath.Plain)
        {
            var factor = Vector128.Create(scale);
            for (; d + 16 <= count; d += 16)
            {
                var (low, high) = Vector128.Widen(Vector128.Load(bytes + d));
                var (a, b) = Vector128.Widen(low);
                var (c, e) = Vector128.Widen(high);
                (Vector128.ConvertToSingle(a) * factor).Store(target + d);
                (Vector128.ConvertToSingle(b) * factor).Store(target + d + 4);
                (Vector128.ConvertToSingle(c) * factor).Store(target + d + 8);
                (Vector128.ConvertToSingle(e) * factor).Store(target + d + 12);
            }
        }

        for (; d < count; d++)
            target[d] = bytes[d] * scale;
    }
}
