using System.Runtime.CompilerServices;

namespace DRepMRec.Kernels;

/// <summary>a ⊙ sigmoid(b) and its slopes, over contiguous numbers on the calling thread, with equal bits on every path.</summary>
internal static unsafe class GateKernel
{
    /// <summary>The gate and what it lets through.</summary>
    /// <param name="a">a.</param>
    /// <param name="b">b.</param>
    /// <param name="gate">sigmoid(b); may be b.</param>
    /// <param name="y">a ⊙ gate.</param>
    /// <param name="count">How many numbers each has.</param>
    /// <param name="path">The instructions.</param>
    public static void Open(float* a, float* b, float* gate, float* y, int count, SimdPath path)
    {
        int done = path switch
        {
            SimdPath.Vector512 => Open<Floats16>(a, b, gate, y, count),
            SimdPath.Vector256 => Open<Floats8>(a, b, gate, y, count),
            _ => 0,
        };
        for (int i = done; i < count; i++)
        {
            gate[i] = 1 / (1 + Exponential.Of(0 - b[i]));
            y[i] = a[i] * gate[i];
        }
    }

    /// <summary>da = s g, and db = s a g (1 - g).</summary>
    /// <param name="slope">s, the gradient by y.</param>
    /// <param name="a">a.</param>
    /// <param name="gate">g.</param>
    /// <param name="toA">da.</param>
    /// <param name="toB">db.</param>
    /// <param name="count">How many numbers each has.</param>
    /// <param name="path">The instructions.</param>
    public static void Differentiate(float* slope, float* a, float* gate, float* toA, float* toB, int count, SimdPath path)
    {
        int done = path switch
        {
            SimdPath.Vector512 => Differentiate<Floats16>(slope, a, gate, toA, toB, count),
            SimdPath.Vector256 => Differentiate<Floats8>(slope, a, gate, toA, toB, count),
            _ => 0,
        };
        for (int i = done; i < count; i++)
        {
            float through = slope[i] * gate[i];
            toA[i] = through;
            toB[i] = through * a[i] * (1 - gate[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Open<T>(float* a, float* b, float* gate, float* y, int count)
        where T : struct, IVector<T>
    {
        T one = T.Create(1), zero = default;
        int i = 0;
        for (; i <= count - T.Count; i += T.Count)
        {
            T open = one / (one + Exponential.Of(zero - T.Load(b + i)));
            open.Store(gate + i);
            (T.Load(a + i) * open).Store(y + i);
        }

        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Differentiate<T>(float* slope, float* a, float* gate, float* toA, float* toB, int count)
        where T : struct, IVector<T>
    {
        T one = T.Create(1);
        int i = 0;
        for (; i <= count - T.Count; i += T.Count)
        {
            T open = T.Load(gate + i), through = T.Load(slope + i) * open;
            through.Store(toA + i);
            (through * T.Load(a + i) * (one - open)).Store(toB + i);
        }

        return i;
    }
}
