using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Features;

/// <summary>What a <see cref="NumberEncoder"/> makes of which columns.</summary>
public sealed record NumberEncoderOptions
{
    /// <summary>The modality of the features.</summary>
    /// <value>The default is "number".</value>
    public Modality Modality { get; init; } = new("number");

    /// <summary>The columns of numbers.</summary>
    /// <value>At least one name. The default, <see langword="null"/>, takes all.</value>
    public IReadOnlyList<string>? Columns { get; init => field = value is null ? null : Guard.NotEmpty(value); }

    /// <summary>Those of the columns whose logarithm counts, such as prices: x becomes sign(x) ln(1 + |x|) first.</summary>
    /// <value>The default is none.</value>
    public IReadOnlyList<string> Logarithms { get; init => field = Guard.NoneNull(value); } = [];
}
