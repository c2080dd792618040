using System.Runtime.CompilerServices;

namespace DRepMRec.Kernels;

/// <summary>One step of Adam over a range of numbers, moments and parameter in one pass, with equal bits for all vector widths.</summary>
internal readonly unsafe struct AdamKernel(double beta1, double beta2, float epsilon, float rate, float secondScale)
{
    private readonly float _beta1 = (float)beta1;
    private readonly float _rest1 = Rest(beta1);
    private readonly float _beta2 = (float)beta2;
    private readonly float _rest2 = Rest(beta2);
    private readonly float _epsilon = epsilon;
    private readonly float _rate = rate;
    private readonly float _secondScale = secondScale;

    /// <param name="p">The parameter.</param>
    /// <param name="g">Its gradient.</param>
    /// <param name="m">The first moment.</param>
    /// <param name="v">The second moment.</param>
    /// <param name="count">How many numbers each has.</param>
    /// <param name="path">The instructions.</param>
    public void Run(float* p, float* g, float* m, float* v, int count, SimdPath path)
    {
        int done = path switch
        {
            SimdPath.Vector512 => Step<Floats16>(p, g, m, v, count),
            SimdPath.Vector256 => Step<Floats8>(p, g, m, v, count),
            _ => 0,
        };
        for (int i = done; i < count; i++)
        {
            m[i] = (m[i] * _beta1) + (g[i] * _rest1);
            v[i] = (v[i] * _beta2) + (g[i] * g[i] * _rest2);
            p[i] -= m[i] * _rate / ((MathF.Sqrt(v[i]) * _secondScale) + _epsilon);
        }
    }

    /// <summary>The numbers that fill vectors.</summary>
    /// <returns>How many are done.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Step<T>(float* p, float* g, float* m, float* v, int count)
        where T : struct, IVector<T>
    {
        T beta1 = T.Create(_beta1), rest1 = T.Create(_rest1), beta2 = T.Create(_beta2), rest2 = T.Create(_rest2);
        T rate = T.Create(_rate), scale = T.Create(_secondScale), epsilon = T.Create(_epsilon);
        int i = 0;
        for (; i <= count - T.Count; i += T.Count)
        {
            T slope = T.Load(g + i);
            T first = (T.Load(m + i) * beta1) + (slope * rest1), second = (T.Load(v + i) * beta2) + (slope * slope * rest2);
            first.Store(m + i);
            second.Store(v + i);
            (T.Load(p + i) - (first * rate / ((T.Sqrt(second) * scale) + epsilon))).Store(p + i);
        }

        return i;
    }

    /// <summary>
    /// 1 - beta of beta in single precision, as published figures were made with, where that is right to a hundredth: next to 1 little or
    /// nothing would be left of it.
    /// </summary>
    private static float Rest(double beta)
    {
        float single = 1 - (float)beta, rounded = (float)(1 - beta);
        return MathF.Abs(single - rounded) <= 0.01f * rounded ? single : rounded;
    }
}
