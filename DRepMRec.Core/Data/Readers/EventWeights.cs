using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>How much each kind of event counts.</summary>
internal sealed class EventWeights
{
    public const float Min = 1e-20f;
    public const float Max = 1e20f;

    private readonly Dictionary<string, double> _weights;
    private readonly Dictionary<string, double>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public EventWeights(IReadOnlyDictionary<string, double> weights)
    {
        _weights = new Dictionary<string, double>(weights, StringComparer.Ordinal);
        _lookup = _weights.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Whether a number can be a weight: single precision, in which it is kept, holds it, its inverse, and sums of them.</summary>
    public static bool IsWeight(double number) => (float)number is >= Min and <= Max;

    /// <summary>What should have been there in place of a number that can't be a weight.</summary>
    public static string Expected(double number)
        => number > 0 ? FormattableString.Invariant($"a number from {Min} to {Max}") : "a number above 0";

    public bool TryGet(ReadOnlySpan<char> name, out double weight) => _lookup.TryGetValue(name, out weight);

    /// <summary>The names, for messages.</summary>
    public override string ToString() => Shown.List(_weights.Keys);
}
