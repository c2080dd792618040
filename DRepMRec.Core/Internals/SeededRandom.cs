using System.Numerics;

namespace DRepMRec.Internals;

/// <summary>
/// A small random generator (xoshiro256**) whose draws depend on its seed alone: the same on every platform and every version of .NET,
/// which <c>System.Random</c> doesn't promise. It uses no function whose last bit is up to the platform.
/// </summary>
/// <remarks>
/// A generator is named by three numbers, so that parallel or repeated work draws from streams of its own: <c>new(seed, Purpose,
/// epoch)</c>. Not safe for use by many threads; give each thread its own.
/// </remarks>
internal sealed class SeededRandom
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;
    private double _spareGaussian = double.NaN;

    /// <summary>Creates the stream of (seed, purpose, index). Streams that differ in any of the three are independent.</summary>
    /// <param name="seed">The seed that the user chose.</param>
    /// <param name="purpose">The purpose of the draws; a constant of the caller.</param>
    /// <param name="index">Which of the caller's streams: an epoch, a batch, a user.</param>
    public SeededRandom(ulong seed, ulong purpose = 0, ulong index = 0)
    {
        ulong state = Mix(Mix(Mix(seed + Golden) + Golden + purpose) + Golden + index);
        _s0 = Mix(state += Golden);
        _s1 = Mix(state += Golden);
        _s2 = Mix(state += Golden);
        _s3 = Mix(state + Golden);
    }

    /// <summary>Creates a generator in a given state, not all 0, for tests against published draws.</summary>
    internal SeededRandom((ulong S0, ulong S1, ulong S2, ulong S3) state) => (_s0, _s1, _s2, _s3) = state;

    /// <summary>64 random bits.</summary>
    public ulong NextUInt64()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>A whole number from 0 up to, but not including, <paramref name="bound"/>; each is equally likely.</summary>
    public int NextInt(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        uint range = (uint)bound;
        ulong product = (NextUInt64() >> 32) * range;
        if ((uint)product < range)
        {
            // The first (2^32 mod bound) low words would make some numbers likelier than others: draw again.
            uint threshold = (0u - range) % range;
            while ((uint)product < threshold)
                product = (NextUInt64() >> 32) * range;
        }

        return (int)(product >> 32);
    }

    /// <summary>A number from 0 up to, but not including, 1, with 53 random bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number from 0 up to, but not including, 1, with 24 random bits.</summary>
    public float NextSingle() => (NextUInt64() >> 40) * (1f / (1UL << 24));

    /// <summary>A draw from the normal distribution with mean 0 and standard deviation 1 (Marsaglia's polar method).</summary>
    public double NextGaussian()
    {
        if (!double.IsNaN(_spareGaussian))
        {
            double spare = _spareGaussian;
            _spareGaussian = double.NaN;
            return spare;
        }

        double x, y, square;
        do
        {
            x = (2 * NextDouble()) - 1;
            y = (2 * NextDouble()) - 1;
            square = (x * x) + (y * y);
        }
        while (square is >= 1 or 0);

        double scale = Math.Sqrt(-2 * Log(square) / square);
        _spareGaussian = y * scale;
        return x * scale;
    }

    /// <summary>Puts the values in random order; every order is equally likely (Fisher-Yates).</summary>
    public void Shuffle<T>(Span<T> values)
    {
        for (int i = values.Length - 1; i > 0; i--)
        {
            int j = NextInt(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }

    // The last step of splitmix64: every input bit changes about half of the output bits.
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    // The natural logarithm of a positive normal number by additions, multiplications and divisions: Math.Log may differ by platform.
    internal static double Log(double x)
    {
        const double SquareRootOfTwo = 1.4142135623730951;
        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)((bits >> 52) & 0x7FF) - 1023;
        double mantissa = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | (1023L << 52));
        if (mantissa > SquareRootOfTwo)
        {
            mantissa /= 2;
            exponent++;
        }

        // ln m = 2 artanh s with s = (m - 1) / (m + 1), |s| < 0.172: eleven terms are exact to the last bits.
        double s = (mantissa - 1) / (mantissa + 1);
        double square = s * s;
        double sum = 0;
        for (int k = 21; k >= 1; k -= 2)
            sum = (sum * square) + (1.0 / k);
        return (2 * s * sum) + (exponent * 0.6931471805599453);
    }
}
