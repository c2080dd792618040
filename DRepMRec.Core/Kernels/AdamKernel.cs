using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DRepMRec.Kernels;

/// <summary>One step of Adam over a range of numbers: both moments and the parameter in one pass. All vector widths give the same bits.</summary>
internal readonly unsafe struct AdamKernel(float beta1, float beta2, float epsilon, float rate, float secondScale)
{
    private readonly float _beta1 = beta1;
    private readonly float _beta2 = beta2;
    private readonly float _epsilon = epsilon;
    private readonly float _rate = rate;
    private readonly float _secondScale = secondScale;

    /// <param name="p">The parameter.</param>
    /// <param name="g">Its gradient.</param>
    /// <param name="m">The first moment.</param>
    /// <param name="v">The second moment.</param>
    /// <param name="count">How many numbers each has.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(float* p, float* g, float* m, float* v, int count)
    {
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i <= count - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                Vector512<float> slope = Vector512.Load(g + i);
                Vector512<float> first = (Vector512.Load(m + i) * _beta1) + (slope * (1 - _beta1));
                Vector512<float> second = (Vector512.Load(v + i) * _beta2) + (slope * slope * (1 - _beta2));
                first.Store(m + i);
                second.Store(v + i);
                (Vector512.Load(p + i) - (first * _rate / ((Vector512.Sqrt(second) * _secondScale) + Vector512.Create(_epsilon)))).Store(p + i);
            }
        }

        for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Vector256<float> slope = Vector256.Load(g + i);
            Vector256<float> first = (Vector256.Load(m + i) * _beta1) + (slope * (1 - _beta1));
            Vector256<float> second = (Vector256.Load(v + i) * _beta2) + (slope * slope * (1 - _beta2));
            first.Store(m + i);
            second.Store(v + i);
            (Vector256.Load(p + i) - (first * _rate / ((Vector256.Sqrt(second) * _secondScale) + Vector256.Create(_epsilon)))).Store(p + i);
        }

        for (; i < count; i++)
        {
            m[i] = (m[i] * _beta1) + (g[i] * (1 - _beta1));
            v[i] = (v[i] * _beta2) + (g[i] * g[i] * (1 - _beta2));
            p[i] -= m[i] * _rate / ((MathF.Sqrt(v[i]) * _secondScale) + _epsilon);
        }
    }
}
