using DRepMRec.Losses;
using static TorchSharp.torch;

namespace DRepMRec;

/// <summary>The loss of one training step: the weighted sum to differentiate, and the value of each term by name.</summary>
internal sealed record StepLoss(Tensor Total, IReadOnlyDictionary<string, double> Values)
{
    /// <exception cref="InvalidOperationException">
    /// A term has no name, no weight or isn't a scalar, two have the same name, one is named like the total, or none leads to a weight.
    /// </exception>
    public static StepLoss Of(IReadOnlyList<LossTerm> terms)
    {
        foreach (LossTerm term in terms)
            ThrowIfUnfit(term);
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

        if (!total.requires_grad && is_grad_enabled())
        {
            throw new InvalidOperationException(
                "No loss term leads to a weight that takes gradients: there is nothing to train by "
                + $"{string.Join(", ", values.Keys.Skip(1))}.");
        }

        values[DRepMRecModel.TotalName] = total.item<float>();
        return new StepLoss(total, values);
    }

    private static void ThrowIfUnfit(LossTerm term)
    {
        if (string.IsNullOrWhiteSpace(term.Name))
            throw new InvalidOperationException("Each loss term needs a name; that of one is blank.");
        if (term.Value is not { IsInvalid: false } value || value.dtype != ScalarType.Float32 || value.numel() != 1)
        {
            string found = term.Value is null ? "nothing"
                : term.Value.IsInvalid ? "a disposed tensor" : $"{term.Value.dtype} [{string.Join(", ", term.Value.shape)}]";
            throw new InvalidOperationException($"The loss term '{term.Name}' is expected to be a scalar of Float32; it is {found}.");
        }

        if (!double.IsFinite(term.Weight))
            throw new InvalidOperationException($"The loss term '{term.Name}' needs a finite weight; it is {term.Weight}.");
    }
}
