using System.Globalization;

namespace DRepMRec.Evaluation;

/// <summary>The name of a metric of one's own, as figures that were read have it.</summary>
internal sealed record NamedListMetric : ListMetric
{
    private NamedListMetric(string name, int k) : base(k) => Name = name;

    public override string Name { get; }

    /// <summary>The metric of a name such as "Gini@20"; <see langword="null"/> where it isn't one.</summary>
    public static new ListMetric? TryParse(string text)
    {
        int at = text.LastIndexOf('@');
        return ListMetric.TryParse(text)
            ?? (at > 0 && int.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int k) && k > 0
                ? new NamedListMetric(text[..at], k) : null);
    }

    public override double Compute(RankedLists lists)
        => throw new NotSupportedException($"'{this}' was read from JSON by its name: evaluate with the metric itself.");
}
