using DRepMRec.Losses;

namespace DRepMRec.Contracts;

/// <summary>What is asked of the loss terms of any part.</summary>
internal static class TermCheck
{
    /// <summary>Terms have names of their own, finite weights, and scalars as values.</summary>
    public static void Run(ContractRun run, string where, IReadOnlyList<LossTerm>? terms)
    {
        if (terms is null)
        {
            run.Find($"terms of {where}", "a list, at least an empty one", "nothing");
            return;
        }

        foreach (LossTerm term in terms)
        {
            run.Require(!string.IsNullOrWhiteSpace(term.Name) && term.Name != DRepMRecModel.TotalName, $"a term of {where}",
                $"a name other than '{DRepMRecModel.TotalName}'", $"'{term.Name}'");
            run.Require(double.IsFinite(term.Weight), $"the term '{term.Name}' of {where}", "a finite weight", $"{term.Weight}");
            long[] shape = term.Value is { IsInvalid: false } value && value.numel() == 1 ? value.shape : [];
            string? misfit = ContractRows.Misfit(term.Value, shape);
            run.Require(misfit is null, $"the term '{term.Name}' of {where}", "a scalar of Float32", misfit ?? "");
        }

        run.Require(terms.DistinctBy(t => t.Name).Count() == terms.Count, $"terms of {where}", "names that differ",
            string.Join(", ", terms.Select(t => $"'{t.Name}'")));
    }

    /// <summary>Terms of weight 0 aren't there.</summary>
    public static void RequireWeights(ContractRun run, string where, IEnumerable<LossTerm> terms)
    {
        foreach (LossTerm term in terms.Where(t => t.Weight == 0))
            run.Find($"the term '{term.Name}' of {where}", "no term, as its weight is 0", "one, which costs time and shows in logs");
    }
}
