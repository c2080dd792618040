using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DRepMRec.Kernels;

/// <summary>A vector of floats: a kernel over it has one body for all widths, and the JIT makes fast code for each width.</summary>
internal unsafe interface IVector<T>
    where T : struct, IVector<T>
{
    /// <summary>The number of floats, a constant to the compiler.</summary>
    static abstract int Count { get; }

    static abstract T Load(float* from);

    /// <summary>A vector with one number in all places.</summary>
    static abstract T Create(float value);

    /// <summary>a * b + sum, rounded once.</summary>
    static abstract T MultiplyAdd(T a, T b, T sum);

    static abstract T Sqrt(T a);

    static abstract T Max(T a, T b);

    static abstract T Min(T a, T b);

    /// <summary>2^n, where a is 1.5 * 2^23 + n: numbers of that size have n in their lowest bits. n is from -126 to 127.</summary>
    static abstract T PowerOfTwo(T a);

    /// <summary>0 where x is below the limit, elsewhere the value.</summary>
    static abstract T ZeroBelow(T x, T limit, T value);

    static abstract T operator +(T a, T b);

    static abstract T operator -(T a, T b);

    static abstract T operator *(T a, T b);

    static abstract T operator /(T a, T b);

    void Store(float* to);
}

/// <summary>8 floats.</summary>
internal readonly unsafe struct Floats8(Vector256<float> value) : IVector<Floats8>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;
    private readonly Vector256<float> _value = value;

    public static int Count => 8;

    [MethodImpl(Inline)] public static Floats8 Load(float* from) => new(Vector256.Load(from));

    [MethodImpl(Inline)] public static Floats8 Create(float value) => new(Vector256.Create(value));

    [MethodImpl(Inline)]
    public static Floats8 MultiplyAdd(Floats8 a, Floats8 b, Floats8 sum)
        => new(Vector256.FusedMultiplyAdd(a._value, b._value, sum._value));

    [MethodImpl(Inline)] public static Floats8 Sqrt(Floats8 a) => new(Vector256.Sqrt(a._value));

    [MethodImpl(Inline)] public static Floats8 Max(Floats8 a, Floats8 b) => new(Vector256.MaxNative(a._value, b._value));

    [MethodImpl(Inline)] public static Floats8 Min(Floats8 a, Floats8 b) => new(Vector256.MinNative(a._value, b._value));

    [MethodImpl(Inline)]
    public static Floats8 PowerOfTwo(Floats8 a) => new(((a._value.AsInt32() + Vector256.Create(127)) << 23).AsSingle());

    [MethodImpl(Inline)]
    public static Floats8 ZeroBelow(Floats8 x, Floats8 limit, Floats8 value)
        => new(Vector256.AndNot(value._value, Vector256.LessThan(x._value, limit._value)));

    [MethodImpl(Inline)] public static Floats8 operator +(Floats8 a, Floats8 b) => new(a._value + b._value);

    [MethodImpl(Inline)] public static Floats8 operator -(Floats8 a, Floats8 b) => new(a._value - b._value);

    [MethodImpl(Inline)] public static Floats8 operator *(Floats8 a, Floats8 b) => new(a._value * b._value);

    [MethodImpl(Inline)] public static Floats8 operator /(Floats8 a, Floats8 b) => new(a._value / b._value);

    [MethodImpl(Inline)] public void Store(float* to) => _value.Store(to);
}

/// <summary>16 floats.</summary>
internal readonly unsafe struct Floats16(Vector512<float> value) : IVector<Floats16>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;
    private readonly Vector512<float> _value = value;

    public static int Count => 16;

    [MethodImpl(Inline)] public static Floats16 Load(float* from) => new(Vector512.Load(from));

    [MethodImpl(Inline)] public static Floats16 Create(float value) => new(Vector512.Create(value));

    [MethodImpl(Inline)]
    public static Floats16 MultiplyAdd(Floats16 a, Floats16 b, Floats16 sum)
        => new(Vector512.FusedMultiplyAdd(a._value, b._value, sum._value));

    [MethodImpl(Inline)] public static Floats16 Sqrt(Floats16 a) => new(Vector512.Sqrt(a._value));

    [MethodImpl(Inline)] public static Floats16 Max(Floats16 a, Floats16 b) => new(Vector512.MaxNative(a._value, b._value));

    [MethodImpl(Inline)] public static Floats16 Min(Floats16 a, Floats16 b) => new(Vector512.MinNative(a._value, b._value));

    [MethodImpl(Inline)]
    public static Floats16 PowerOfTwo(Floats16 a) => new(((a._value.AsInt32() + Vector512.Create(127)) << 23).AsSingle());

    [MethodImpl(Inline)]
    public static Floats16 ZeroBelow(Floats16 x, Floats16 limit, Floats16 value)
        => new(Vector512.AndNot(value._value, Vector512.LessThan(x._value, limit._value)));

    [MethodImpl(Inline)] public static Floats16 operator +(Floats16 a, Floats16 b) => new(a._value + b._value);

    [MethodImpl(Inline)] public static Floats16 operator -(Floats16 a, Floats16 b) => new(a._value - b._value);

    [MethodImpl(Inline)] public static Floats16 operator *(Floats16 a, Floats16 b) => new(a._value * b._value);

    [MethodImpl(Inline)] public static Floats16 operator /(Floats16 a, Floats16 b) => new(a._value / b._value);

    [MethodImpl(Inline)] public void Store(float* to) => _value.Store(to);
}
