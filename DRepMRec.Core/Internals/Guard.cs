using System.Numerics;
using System.Runtime.CompilerServices;

namespace DRepMRec.Internals;

/// <summary>Refuses wrong option values where they are written, and says what was expected.</summary>
internal static class Guard
{
    private const double Min = 1e-30;
    private const double Max = 1e30;

    public static T Positive<T>(T value, [CallerMemberName] string name = "") where T : INumber<T>
        => value > T.Zero && T.IsFinite(value) ? Single(value, name)
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be above 0.");

    public static T NotNegative<T>(T value, [CallerMemberName] string name = "") where T : INumber<T>
        => value >= T.Zero && T.IsFinite(value) ? Single(value, name)
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be 0 or above.");

    /// <summary>The same list, each of whose numbers is 0 or above.</summary>
    public static IReadOnlyList<T> NoneNegative<T>(IReadOnlyList<T> values, [CallerMemberName] string name = "") where T : INumber<T>
    {
        foreach (T value in NotNull(values, name))
            NotNegative(value, name);
        return values;
    }

    public static T InRange<T>(T value, T min, T max, [CallerMemberName] string name = "") where T : INumber<T>
        => value >= min && value <= max ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be from {min} to {max}.");

    /// <summary>A share: from 0 up to, but not including, 1.</summary>
    public static double Share(double value, [CallerMemberName] string name = "")
        => value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least 0 and below 1.");

    /// <summary>A number from 0 to 1, or none.</summary>
    public static double? PartOrNull(double? value, [CallerMemberName] string name = "")
        => value is { } part ? InRange(part, 0, 1, name) : null;

    /// <summary>A share of which something is left: above 0 and below 1.</summary>
    public static double ProperShare(double value, [CallerMemberName] string name = "")
        => value is > 0 and < 1 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be above 0 and below 1.");

    public static T Defined<T>(T value, [CallerMemberName] string name = "") where T : struct, Enum
        => Enum.IsDefined(value) ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be one of {string.Join(", ", Enum.GetNames<T>())}.");

    public static IReadOnlyList<T> NotEmpty<T>(IReadOnlyList<T> value, [CallerMemberName] string name = "")
    {
        ArgumentNullException.ThrowIfNull(value, name);
        return value.Count > 0 ? NoneNull(value, name) : throw new ArgumentException($"{name} must have at least one entry.", name);
    }

    /// <summary>The same collection, none of whose entries is null.</summary>
    public static T NoneNull<T>(T value, [CallerMemberName] string name = "") where T : class, System.Collections.IEnumerable
    {
        ArgumentNullException.ThrowIfNull(value, name);
        foreach (object? entry in value)
        {
            if (entry is null)
                throw new ArgumentException($"{name} has an entry that is null.", name);
        }

        return value;
    }

    public static string NotEmpty(string value, [CallerMemberName] string name = "")
    {
        ArgumentException.ThrowIfNullOrEmpty(value, name);
        return value;
    }

    public static T NotNull<T>(T value, [CallerMemberName] string name = "") where T : class
    {
        ArgumentNullException.ThrowIfNull(value, name);
        return value;
    }

    /// <summary>The numbers of a model are in single precision, where others, or their inverses, would be 0 or infinite.</summary>
    private static T Single<T>(T value, string name) where T : INumber<T>
        => T.IsZero(value) || double.CreateChecked(value) is >= Min and <= Max ? value
            : throw new ArgumentOutOfRangeException(name, value, FormattableString.Invariant(
                $"{name} must be from {Min} to {Max}, as models are in single precision."));

    /// <summary>Refuses a span that doesn't hold one score for each pair of a user and an item.</summary>
    public static void ThrowIfWrongLength(ReadOnlySpan<float> scores, int users, int items)
    {
        if (scores.Length != (long)users * items)
            throw new ArgumentException($"Expected room for {users} x {items} scores, got {scores.Length}.", nameof(scores));
    }
}
