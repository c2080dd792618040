using System.Runtime.CompilerServices;

namespace DRepMRec.Kernels;

/// <summary>
/// The exponential function in single precision, to within 2 units in the last place, with equal bits on every path: x = n ln 2 + r, and a
/// polynomial in r (Cephes' expf). Results below the smallest normal number are 0.
/// </summary>
internal static unsafe class Exponential
{
    /// <summary>The numbers that are summed side by side, whatever the path.</summary>
    private const int Lanes = 16;

    private const float Lowest = -87.33654f;
    private const float Highest = 88.02969f;
    private const float Shift = 12582912f; // 1.5 * 2^23: what is added to it is rounded to a whole number.
    private const float Log2E = 1.44269504f;
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    /// <summary>exp(x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<T>(T x)
        where T : struct, IVector<T>
    {
        // What isn't a number stays so: the second operand decides.
        T inside = T.Min(T.Create(Highest), T.Max(T.Create(Lowest), x));
        T shifted = T.MultiplyAdd(inside, T.Create(Log2E), T.Create(Shift)), n = shifted - T.Create(Shift);
        T r = T.MultiplyAdd(n, T.Create(-Ln2Low), T.MultiplyAdd(n, T.Create(-Ln2High), inside));
        T y = T.MultiplyAdd(T.Create(1.9875691500e-4f), r, T.Create(1.3981999507e-3f));
        y = T.MultiplyAdd(y, r, T.Create(8.3334519073e-3f));
        y = T.MultiplyAdd(y, r, T.Create(4.1665795894e-2f));
        y = T.MultiplyAdd(y, r, T.Create(1.6666665459e-1f));
        y = T.MultiplyAdd(y, r, T.Create(5.0000001201e-1f));
        y = T.MultiplyAdd(y, r * r, r) + T.Create(1);
        return T.ZeroBelow(x, T.Create(Lowest), y * T.PowerOfTwo(shifted));
    }

    /// <summary>exp(x), with the bits that a lane of a vector has.</summary>
    public static float Of(float x)
    {
        if (x < Lowest)
            return 0;
        x = MathF.Min(x, Highest);
        float shifted = MathF.FusedMultiplyAdd(x, Log2E, Shift), n = shifted - Shift;
        float r = MathF.FusedMultiplyAdd(n, -Ln2Low, MathF.FusedMultiplyAdd(n, -Ln2High, x));
        float y = MathF.FusedMultiplyAdd(1.9875691500e-4f, r, 1.3981999507e-3f);
        y = MathF.FusedMultiplyAdd(y, r, 8.3334519073e-3f);
        y = MathF.FusedMultiplyAdd(y, r, 4.1665795894e-2f);
        y = MathF.FusedMultiplyAdd(y, r, 1.6666665459e-1f);
        y = MathF.FusedMultiplyAdd(y, r, 5.0000001201e-1f);
        y = MathF.FusedMultiplyAdd(y, r * r, r) + 1;
        return y * BitConverter.Int32BitsToSingle((BitConverter.SingleToInt32Bits(shifted) + 127) << 23);
    }

    /// <summary>Each value becomes exp(value * scale - offset).</summary>
    /// <param name="values">The values, overwritten.</param>
    /// <param name="count">How many.</param>
    /// <param name="scale">The factor of each.</param>
    /// <param name="offset">What is taken from the product.</param>
    /// <param name="path">The instructions.</param>
    /// <returns>The sum of the results.</returns>
    public static float Exponentiate(float* values, int count, float scale, float offset, SimdPath path)
    {
        float* sums = stackalloc float[Lanes];
        new Span<float>(sums, Lanes).Clear();
        int done = path switch
        {
            SimdPath.Vector512 => Vectors<Floats16>(values, count, scale, offset, sums),
            SimdPath.Vector256 => Vectors<Floats8>(values, count, scale, offset, sums),
            _ => 0,
        };
        for (int i = done; i < count; i++)
            sums[i % Lanes] += values[i] = Of(MathF.FusedMultiplyAdd(values[i], scale, -offset));
        float sum = 0;
        for (int lane = 0; lane < Lanes; lane++)
            sum += sums[lane];
        return sum;
    }

    /// <summary>The largest of some values; negative infinity of none.</summary>
    /// <param name="values">The values, none of them NaN.</param>
    /// <param name="count">How many.</param>
    /// <param name="path">The instructions.</param>
    public static float Largest(float* values, int count, SimdPath path)
    {
        float largest = float.NegativeInfinity;
        int done = path switch
        {
            SimdPath.Vector512 => Largest<Floats16>(values, count, ref largest),
            SimdPath.Vector256 => Largest<Floats8>(values, count, ref largest),
            _ => 0,
        };
        for (int i = done; i < count; i++)
            largest = MathF.Max(largest, values[i]);
        return largest;
    }

    /// <returns>How many are done: a multiple of <see cref="Lanes"/>, so that all else falls into the lanes that it belongs to.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Vectors<T>(float* values, int count, float scale, float offset, float* sums)
        where T : struct, IVector<T>
    {
        T factor = T.Create(scale), less = T.Create(-offset), low = T.Load(sums), high = low;
        int i = 0;
        for (; i + Lanes <= count; i += Lanes)
        {
            T value = Of(T.MultiplyAdd(T.Load(values + i), factor, less));
            value.Store(values + i);
            low += value;
            if (T.Count < Lanes)
            {
                value = Of(T.MultiplyAdd(T.Load(values + i + T.Count), factor, less));
                value.Store(values + i + T.Count);
                high += value;
            }
        }

        low.Store(sums);
        if (T.Count < Lanes)
            high.Store(sums + T.Count);
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Largest<T>(float* values, int count, ref float largest)
        where T : struct, IVector<T>
    {
        T maxima = T.Create(largest);
        int i = 0;
        for (; i + T.Count <= count; i += T.Count)
            maxima = T.Max(maxima, T.Load(values + i));
        float* lanes = stackalloc float[Lanes];
        maxima.Store(lanes);
        for (int lane = 0; lane < T.Count; lane++)
            largest = MathF.Max(largest, lanes[lane]);
        return i;
    }
}
