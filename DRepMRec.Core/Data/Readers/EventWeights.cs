using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>How much each kind of event counts.</summary>
internal sealed class EventWeights
{
    public const double Min = 1e-20;
    public const double Max = 1e20;

    private readonly Dictionary<string, double> _weights;
    private readonly Dictionary<string, double>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public EventWeights(IReadOnlyDictionary<string, double> weights)
    {
        _weights = new Dictionary<string, double>(weights, StringComparer.Ordinal);
        _lookup = _weights.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Whether a number can be a weight: single precision holds it, its inverse, and sums of them.</summary>
    public static bool IsWeight(double number) => number is >= Min and <= Max;

    public bool TryGet(ReadOnlySpan<char> name, out double weight) => _lookup.TryGetValue(name, out weight);

    /// <summary>The names, for messages.</summary>
    public override string ToString() => Shown.List(_weights.Keys);
}
