using DRepMRec.Losses;
using static TorchSharp.torch;

namespace DRepMRec;

/// <summary>The loss of one training step: the weighted sum to differentiate, and the value of each term by name.</summary>
internal sealed record StepLoss(Tensor Total, IReadOnlyDictionary<string, double> Values)
{
    /// <exception cref="InvalidOperationException">Two terms have the same name, or one is named like the total.</exception>
    public static StepLoss Of(IReadOnlyList<LossTerm> terms)
    {
        var values = new Dictionary<string, double> { [DRepMRecModel.TotalName] = 0 };
        Tensor total = terms[0].Value;
        foreach (LossTerm term in terms.Skip(1))
            total = total.Plus(term.Value, term.Weight);
        foreach (LossTerm term in terms)
        {
            if (!values.TryAdd(term.Name, term.Value.item<float>()))
            {
                throw new InvalidOperationException(
                    $"Each loss term needs a name of its own, other than '{DRepMRecModel.TotalName}', which is the total; "
                    + $"got {string.Join(", ", terms.Select(t => $"'{t.Name}'"))}.");
            }
        }

        values[DRepMRecModel.TotalName] = total.item<float>();
        return new StepLoss(total, values);
    }
}
