using Common;
using DRepMRec.Data;
using ReproduceResults.Studies;
using ReproduceResults.Trainings;

namespace ReproduceResults.Fair;

/// <summary>
/// A dataset of the fair comparison: the trainings of its three stages. What the second and the third train follows from what the log has
/// of the first.
/// </summary>
internal sealed class FairDataset(RecDataset data, FairOptions options, TrainingLog log)
{
    public const int LargeInteractions = 200_000;

    private const int SearchSeed = 2024, FewSeeds = 3;

    private static readonly string[] UsuallyRedrawn = ["tiktok"];

    private readonly SolvedPart _part = new(data);

    public string Name => data.Name;

    public bool IsRedrawn => IsRedrawnBy(options, data.Name);

    public static bool IsRedrawnBy(FairOptions options, string name)
        => (options.Redrawn.Count > 0 ? options.Redrawn : UsuallyRedrawn).Contains(name, StringComparer.OrdinalIgnoreCase);

    public int Trials => IsLarge ? options.LargeTrials : options.Trials;

    private bool IsLarge => data.Train.Count > LargeInteractions;

    private bool HasContent => data.Features.Count > 0;

    private string[] Hosts => [.. FairFamily.Hosts(HasContent)];

    private string[] Baselines => [.. FairBaselines.Names(HasContent)];

    private string[] Models => [.. Hosts, Catalogue.Ours];

    private IEnumerable<(string Model, string Loss)> Searches => Models.SelectMany(m => FairFamily.Losses.Select(loss => (m, loss)));

    private int[] Seeds => [.. options.Seeds.Take(IsLarge ? FewSeeds : int.MaxValue)];

    /// <summary>The searches of which no trial has figures: nothing of them can be trained further.</summary>
    public IEnumerable<string> WithoutChoice()
        => Searches.Where(s => Best(s.Model, s.Loss) is null).Select(s => FairVariants.Title(s.Model, FairForm.Whole, s.Loss));

    /// <summary>
    /// Stage 1: as many trials for every model under every loss, or all combinations that there are; the first of all come first. What
    /// isn't trained has the trials of a small dataset on large ones too, as they take minutes.
    /// </summary>
    public IEnumerable<TrainingTask> Search() => Enumerable.Range(0, Trials).SelectMany(
        trial => Searches.Where(s => trial < Drawn(s.Model, s.Loss).Count).Select(s => Trial(s.Model, s.Loss, trial)))
        .Concat(Baselines.SelectMany(name => Drawn(name).Select((_, trial) => Trial(name, trial))));

    /// <summary>
    /// Stage 2: what the searches chose, over seeds, with and without the item-to-item part; controls, BMA, what isn't trained.
    /// </summary>
    public IEnumerable<TrainingTask> Final()
    {
        (string Model, FairForm Form, string Loss)[] lines = [.. Models.SelectMany(Lines)];
        Variant[] trained =
        [
            .. lines.Select(l => (Line: l, Best: Best(l.Model, l.Loss))).Where(l => l.Best is not null).Select(
                l => FairVariants.Of(data, l.Line.Model, l.Line.Form, l.Line.Loss, l.Best!.Value.Setting, options.Epochs)),
            .. Defaults(data),
        ];
        int place = 0;
        return
        [
            .. Baselines.Where(name => Drawn(name).Count == 0 || Best(name) is not null).Select(name => new TrainingTask(
                FairStage.Final, FairBaselines.Of(data, name, Best(name)) with { Place = place++ }, 0)),
            .. trained.Select(v => v with { Place = (place += 2) - 2, Part = _part })
                .SelectMany(v => Seeds.Select(seed => new TrainingTask(FairStage.Final, v, seed)))
                .OrderBy(t => Array.IndexOf(Seeds, t.Seed)),
        ];
    }

    /// <summary>Stage 3: what the searches chose on other splits, each model under the loss that its search prefers.</summary>
    public IEnumerable<TrainingTask> Redrawn()
    {
        if (!IsRedrawn)
            return [];
        var tasks = new List<TrainingTask>();
        foreach (var (kind, draw) in new (string, Func<RecDataset, int, RecDataset>)[]
        {
            (RedrawnPage.ByRow, RedrawnSplit.ByRow), (RedrawnPage.PerUser, RedrawnSplit.PerUser),
        })
        {
            for (int split = 1; split <= options.Splits; split++)
            {
                RecDataset drawn = draw(data, split);
                var part = new SolvedPart(drawn);
                int place = split * 1000;
                foreach (Variant chosen in Models.Select(model => Chosen(model, drawn)).OfType<Variant>().Concat(Defaults(drawn)))
                {
                    Variant variant = chosen with { Source = data, Kind = kind, Place = (place += 2) - 2, Part = part };
                    tasks.AddRange(options.Seeds.Take(FewSeeds).Select(seed => new TrainingTask(FairStage.Redrawn, variant, seed)));
                }
            }
        }

        return tasks.OrderBy(t => t.Variant.Kind == RedrawnPage.PerUser).ThenBy(t => t.Seed);
    }

    /// <summary>How many trainings each stage has, by the titles of what is trained, whatever the searches choose.</summary>
    public IEnumerable<PlannedTrainings> Plan()
    {
        foreach (string baseline in Baselines)
        {
            if (Drawn(baseline).Count is > 0 and var trials)
                yield return new PlannedTrainings(Name, FairStage.Search, [baseline], trials);
            yield return new PlannedTrainings(Name, "final", [baseline], 1);
        }

        foreach (string model in Models)
        {
            foreach (string loss in FairFamily.Losses)
            {
                string title = FairVariants.Title(model, FairForm.Whole, loss);
                yield return new PlannedTrainings(Name, FairStage.Search, [title], Drawn(model, loss).Count);
            }

            foreach (var form in Forms(model))
            {
                foreach (string loss in form == FairForm.Whole ? FairFamily.Losses : [FairFamily.Losses[0]])
                {
                    string[] titles = [.. FairFamily.Losses.OrderBy(l => l != loss).Select(l => FairVariants.Title(model, form, l))];
                    yield return new PlannedTrainings(Name, "final", titles, Seeds.Length);
                }
            }

            if (IsRedrawn)
            {
                string[] titles = [.. FairFamily.Losses.Select(l => FairVariants.Title(model, FairForm.Whole, l))];
                yield return new PlannedTrainings(Name, "redrawn", titles, 2 * options.Splits * Math.Min(FewSeeds, options.Seeds.Count));
            }
        }

        if (!HasContent)
            yield break;
        string[] defaults = [FairVariants.Defaults];
        yield return new PlannedTrainings(Name, "final", defaults, Seeds.Length);
        if (IsRedrawn)
            yield return new PlannedTrainings(Name, "redrawn", defaults, 2 * options.Splits * Math.Min(FewSeeds, options.Seeds.Count));
    }

    /// <summary>DRepMRec's defaults, which no search chose; without content they would be its behaviour line.</summary>
    private IEnumerable<Variant> Defaults(RecDataset trained)
        => HasContent ? [FairVariants.Default(trained, options.Epochs)] : [];

    /// <summary>A model under the loss that its search prefers, with what it chose; <see langword="null"/> without a choice.</summary>
    private Variant? Chosen(string model, RecDataset trained)
    {
        string loss = Preferred(model);
        return Best(model, loss) is { } best
            ? FairVariants.Of(trained, model, FairForm.Whole, loss, best.Setting, options.Epochs) : null;
    }

    private IEnumerable<FairForm> Forms(string model) => !HasContent ? [FairForm.Whole, FairForm.WithoutContent]
        : model == Catalogue.Ours ? [FairForm.Whole, FairForm.WithoutContent]
        : [FairForm.Whole, FairForm.WithoutContent, FairForm.WithBma];

    private IEnumerable<(string Model, FairForm Form, string Loss)> Lines(string model)
        => Forms(model).SelectMany(
            form => (form == FairForm.Whole ? FairFamily.Losses : [Preferred(model)]).Select(loss => (model, form, loss)));

    private TrainingTask Trial(string model, string loss, int trial)
    {
        FairSetting setting = Drawn(model, loss)[trial];
        return new TrainingTask(FairStage.Search,
            FairVariants.Of(data, model, FairForm.Whole, loss, setting, options.Epochs) with { Place = trial }, SearchSeed);
    }

    private TrainingTask Trial(string baseline, int trial)
        => new(FairStage.Search, FairBaselines.Of(data, baseline, Drawn(baseline)[trial]) with { Place = trial }, SearchSeed);

    private IReadOnlyList<FairSetting> Drawn(string baseline) => FairBaselines.Drawn(data, baseline, options.Trials);

    private IReadOnlyList<FairSetting> Drawn(string model, string loss) => SearchSpaces.Draw(model, loss, HasContent, Trials);

    /// <summary>The loss under which a model's chosen combination has the higher validation Recall@20.</summary>
    private string Preferred(string model)
        => FairFamily.Losses.MaxBy(loss => Best(model, loss)?.Recall ?? double.NegativeInfinity)!;

    /// <summary>
    /// The combination with the highest validation Recall@20, of equal ones the higher NDCG@20, then the first; <see langword="null"/>
    /// where the log has no trial with figures.
    /// </summary>
    private (FairSetting Setting, double Recall)? Best(string model, string loss)
        => Best(Drawn(model, loss), n => Trial(model, loss, n));

    private FairSetting? Best(string baseline) => Best(Drawn(baseline), n => Trial(baseline, n))?.Setting;

    private (FairSetting Setting, double Recall)? Best(IEnumerable<FairSetting> drawn, Func<int, TrainingTask> trial)
        => drawn.Select((setting, n) => (Setting: setting, Trial: trial(n).Find(log)?[0]))
            .Where(t => t.Trial is { Failure: null })
            .Select(t => (t.Setting, Recall: t.Trial!.Valid[Training.Recall.ToString()], Ndcg: t.Trial.Valid[Training.Ndcg.ToString()]))
            .OrderByDescending(t => t.Recall).ThenByDescending(t => t.Ndcg)
            .Select(t => ((FairSetting, double)?)(t.Setting, t.Recall)).FirstOrDefault();
}

/// <summary>So many trainings of a stage.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Stage">The stage.</param>
/// <param name="Titles">The titles of what is trained, that of the loss in question first.</param>
/// <param name="Count">How many.</param>
internal sealed record PlannedTrainings(string Dataset, string Stage, IReadOnlyList<string> Titles, int Count);
