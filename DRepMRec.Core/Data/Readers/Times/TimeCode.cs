using System.Globalization;

namespace DRepMRec.Data;

/// <summary>
/// A timestamp as 64 bits whose order is that of time: nanoseconds since 1970, or, for numbers without a unit, the bits of a double in
/// ascending order. A dataset has one of the two.
/// </summary>
internal static class TimeCode
{
    /// <summary>Stands for a timestamp that isn't known.</summary>
    public const long None = long.MinValue;

    private const long NanosecondsPerTick = 100;
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>The code of a number; <see cref="None"/> for NaN.</summary>
    public static long OfNumber(double number)
    {
        if (double.IsNaN(number))
            return None;
        long bits = BitConverter.DoubleToInt64Bits(number + 0.0); // Makes -0 a 0.
        return bits ^ ((bits >> 63) & long.MaxValue);
    }

    /// <summary>The number that a code of a number is of.</summary>
    public static double ToNumber(long code) => BitConverter.Int64BitsToDouble(code ^ ((code >> 63) & long.MaxValue));

    /// <summary>The seconds since 1970 of a code of nanoseconds.</summary>
    public static double ToSeconds(long code)
    {
        long seconds = Math.DivRem(code, NanosecondsPerSecond, out long rest); // The double of a code would lose the last digits.
        return seconds + (rest / (double)NanosecondsPerSecond);
    }

    /// <summary>A code as text for messages.</summary>
    public static string Show(long code, bool isNumber)
    {
        if (isNumber)
            return ToNumber(code).ToString(CultureInfo.InvariantCulture);
        long ticks = Math.DivRem(code, NanosecondsPerTick, out long rest);
        if (rest < 0)
            (ticks, rest) = (ticks - 1, rest + NanosecondsPerTick);
        string date = DateTime.UnixEpoch.AddTicks(ticks).ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff", CultureInfo.InvariantCulture);
        return $"{date}{rest:00}".TrimEnd('0').TrimEnd('.') + "Z";
    }
}
