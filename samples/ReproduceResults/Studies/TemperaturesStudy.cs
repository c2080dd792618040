using System.Globalization;
using Common;
using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Losses;
using ReproduceResults.Reports;
using ReproduceResults.Trainings;

namespace ReproduceResults.Studies;

/// <summary>
/// DRepMRec by the temperature of its sampled softmax, each training alone and blended with the item-to-item part: a dataset's own choice,
/// made on validation.
/// </summary>
internal sealed class TemperaturesStudy : Study
{
    private static readonly double[] Temperatures = [0.15, 0.2, 0.25];

    public const string Title = "temperatures";

    public override string Name => Title;

    protected override IEnumerable<Variant> Variants(RecDataset data, CommandLine options, string loss)
    {
        if (loss != "softmax")
            throw new ArgumentException($"--loss {loss}: expected softmax for {Name}.");
        var trainer = new TrainerOptions { MaxEpochs = options.Epochs, EvaluateEvery = options.EvaluateEvery, Threads = 1 };
        var part = new SolvedPart(data);
        return Temperatures.Select((temperature, n) =>
        {
            DRepMRecOptions model = new() { Loss = new RankingLoss.SampledSoftmax { Temperature = temperature } };
            return new Variant(string.Create(CultureInfo.InvariantCulture, $"temperature {temperature}"), data,
                OptionsHash.Of(model, null, trainer))
            {
                Trainer = trainer,
                Part = part,
                Model = seed => new OwnedModel(DRepMRecModel.Create(data, model with { Seed = seed })),
            };
        });
    }

    public override void Write(Report report, IReadOnlyList<Outcome> outcomes)
    {
        (Outcome Alone, Outcome Blended)[] pairs = [.. outcomes
            .Select(o => (o, outcomes.FirstOrDefault(b => b.Name == o.Name + VariantTrainer.WithPart)!)).Where(p => p.Item2 is not null)];
        var family = new Family(pairs.Select(p => (p.Blended, p.Alone)));
        Outcome[] before = [.. outcomes.Where(o => o.HasPart && o.First.PopularityWeight is null)];
        bool hasPopularity = outcomes.Any(o => o.First.PopularityWeight is not null), isMixed = hasPopularity && before.Length > 0;
        Outcome chosen = outcomes.Where(o => !isMixed || !o.HasPart).MaxBy(o => o.First.Valid[Training.Recall.ToString()])!;

        report.Heading("By temperature");
        report.Say($"Chosen on validation {Training.Recall} of the first seed: **{chosen.Name}**. Test figures stand beside all lines, "
            + $"and nothing is chosen by them. Tested: the line with the part against the one without. {Family.Words}.");
        if (isMixed)
        {
            report.Say($"Lines with the part that have no popularity ({string.Join(", ", before.Select(o => o.Name))}) are from before "
                + "that was a part of the blend. Others have it, so the choice is among the lines without the part.");
        }

        report.Table(
            [
                "Line", "seeds", $"validation {Training.Recall}", $"validation {Training.Ndcg}", Training.Recall.ToString(),
                Training.Ndcg.ToString(), $"p of {Training.Recall}", $"p of {Training.Ndcg}", "weight",
                .. hasPopularity ? ["popularity"] : Array.Empty<string>(), "best epoch",
            ],
            outcomes.Select(o => Row(o, pairs.FirstOrDefault(p => p.Blended == o).Alone, family, hasPopularity)));
    }

    private static IReadOnlyList<string> Row(Outcome line, Outcome? alone, Family family, bool hasPopularity) =>
    [
        line.Name, $"{line.Trainings.Count}", line.Show(t => t.Valid[Training.Recall.ToString()]),
        line.Show(t => t.Valid[Training.Ndcg.ToString()]), Cell.Spread(line.Test(Training.Recall)), Cell.Spread(line.Test(Training.Ndcg)),
        family.P(line, alone, Training.Recall), family.P(line, alone, Training.Ndcg),
        line.Show(t => t.ItemToItemWeight ?? double.NaN, 2),
        .. hasPopularity ? [line.Show(t => t.PopularityWeight ?? double.NaN, 2)] : Array.Empty<string>(),
        line.Show(t => t.BestEpoch, 0),
    ];
}
