using Common;
using DRepMRec.Data;
using DRepMRec.ItemToItem;
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

    private readonly Lazy<ItemToItemModel> _part = new(() => ItemToItemModel.Solve(data));

    public string Name => data.Name;

    public bool IsRedrawn => options.Redrawn.Contains(data.Name, StringComparer.OrdinalIgnoreCase);

    public int Trials => IsLarge ? options.LargeTrials : options.Trials;

    private bool IsLarge => data.Train.Count > LargeInteractions;

    private bool HasContent => data.Features.Count > 0;

    private string[] Hosts => [.. FairFamily.Hosts(HasContent)];

    private string[] Models => [.. Hosts, Catalogue.Ours];

    private int[] Seeds => [.. options.Seeds.Take(IsLarge ? FewSeeds : int.MaxValue)];

    /// <summary>Stage 1: as many trials for every model under every loss; the first of all come first.</summary>
    public IEnumerable<TrainingTask> Search()
        => Enumerable.Range(0, Trials).SelectMany(
            trial => Models.SelectMany(model => FairFamily.Losses.Select(loss => Trial(model, loss, trial))));

    /// <summary>
    /// Stage 2: what the searches chose, over seeds, with and without the item-to-item part; controls, BMA, what isn't trained.
    /// </summary>
    public IEnumerable<TrainingTask> Final()
    {
        (string Model, FairForm Form, string Loss)[] lines = [.. Models.SelectMany(Lines)];
        Variant[] trained =
        [
            .. lines.Select(l => FairVariants.Of(data, l.Model, l.Form, l.Loss, Chosen(l.Model, l.Loss), options.Epochs)),
            .. HasContent ? [FairVariants.Default(data, options.Epochs)] : Array.Empty<Variant>(),
        ];
        IEnumerable<string> baselines = Catalogue.BaselineNames.Where(b => HasContent || !Catalogue.NeedsFeatures(b));
        int place = 0;
        return
        [
            .. baselines.Select(name => new TrainingTask(FairStudy.Name, new Variant(name, data, "")
            {
                Place = place++,
                Baseline = () => name == "Item-to-item" ? _part.Value : Catalogue.CreateBaseline(name, data),
            }, 0)),
            .. trained.Select(v => v with { Place = (place += 2) - 2, Part = _part })
                .SelectMany(v => Seeds.Select(seed => new TrainingTask(FairStudy.Name, v, seed)))
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
            (RedrawnPage.PerUser, RedrawnSplit.PerUser), (RedrawnPage.ByRow, RedrawnSplit.ByRow),
        })
        {
            for (int split = 1; split <= options.Splits; split++)
            {
                RecDataset drawn = draw(data, split);
                var part = new Lazy<ItemToItemModel>(() => ItemToItemModel.Solve(drawn));
                int place = split * 1000;
                foreach (string model in Models)
                {
                    string loss = Preferred(model);
                    Variant chosen = FairVariants.Of(drawn, model, FairForm.Whole, loss, Chosen(model, loss), options.Epochs);
                    Variant variant = chosen with { Source = data, Kind = kind, Place = (place += 2) - 2, Part = part };
                    tasks.AddRange(options.Seeds.Take(FewSeeds).Select(seed => new TrainingTask(FairStudy.Redrawn, variant, seed)));
                }
            }
        }

        return tasks.OrderBy(t => t.Seed);
    }

    /// <summary>How many trainings each stage has, by the titles of what is trained, whatever the searches choose.</summary>
    public IEnumerable<PlannedTrainings> Plan()
    {
        foreach (string model in Models)
        {
            foreach (string loss in FairFamily.Losses)
                yield return new PlannedTrainings(Name, "search", [FairVariants.Title(model, FairForm.Whole, loss)], Trials);
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

        if (HasContent)
            yield return new PlannedTrainings(Name, "final", [$"{Catalogue.Ours}, defaults"], Seeds.Length);
    }

    private IEnumerable<FairForm> Forms(string model) => !HasContent ? [FairForm.Whole, FairForm.WithoutContent]
        : model == Catalogue.Ours ? [FairForm.Whole, FairForm.WithoutContent]
        : [FairForm.Whole, FairForm.WithoutContent, FairForm.WithBma];

    private IEnumerable<(string Model, FairForm Form, string Loss)> Lines(string model)
        => Forms(model).SelectMany(
            form => (form == FairForm.Whole ? FairFamily.Losses : [Preferred(model)]).Select(loss => (model, form, loss)));

    private TrainingTask Trial(string model, string loss, int trial)
    {
        FairSetting setting = SearchSpaces.Draw(model, loss, HasContent, Trials)[trial];
        return new TrainingTask(FairStudy.Search,
            FairVariants.Of(data, model, FairForm.Whole, loss, setting, options.Epochs) with { Place = trial }, SearchSeed);
    }

    /// <summary>The combination with the highest validation Recall@20, of equal ones the higher NDCG@20, then the first.</summary>
    private FairSetting Chosen(string model, string loss) => Best(model, loss).Setting;

    /// <summary>The loss under which a model's chosen combination has the higher validation Recall@20.</summary>
    private string Preferred(string model) => FairFamily.Losses.MaxBy(loss => Best(model, loss).Recall)!;

    private (FairSetting Setting, double Recall) Best(string model, string loss)
    {
        IReadOnlyList<FairSetting> drawn = SearchSpaces.Draw(model, loss, HasContent, Trials);
        return Enumerable.Range(0, drawn.Count).Select(n => (Setting: drawn[n], Trial: Trial(model, loss, n).Find(log)?[0]))
            .Where(t => t.Trial is { Failure: null })
            .Select(t => (t.Setting, Recall: t.Trial!.Valid[Training.Recall.ToString()], Ndcg: t.Trial.Valid[Training.Ndcg.ToString()]))
            .OrderByDescending(t => t.Recall).ThenByDescending(t => t.Ndcg).Select(t => (t.Setting, t.Recall))
            .FirstOrDefault() is { Setting: not null } best ? best
            : throw new ArgumentException($"No trial of {model} under {loss} on {data.Name} ended with figures.");
    }
}

/// <summary>So many trainings of a stage.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Stage">The stage.</param>
/// <param name="Titles">The titles of what is trained, that of the loss in question first.</param>
/// <param name="Count">How many.</param>
internal sealed record PlannedTrainings(string Dataset, string Stage, IReadOnlyList<string> Titles, int Count);
