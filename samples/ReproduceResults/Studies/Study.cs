using DRepMRec.Data;
using ReproduceResults.Fair;
using ReproduceResults.Reports;
using ReproduceResults.Trainings;

namespace ReproduceResults.Studies;

/// <summary>A question, the trainings that answer it, and the tables and pictures that show the answer.</summary>
internal abstract class Study
{
    private static readonly Dictionary<string, Func<Study>> All = new()
    {
        ["models"] = () => new ModelsStudy(),
        ["ablations"] = () => new AblationsStudy(),
        ["lists"] = () => new ListsStudy(),
        ["features"] = () => new FeaturesStudy(),
        ["temperatures"] = () => new TemperaturesStudy(),
        ["recipes"] = () => new RecipesStudy(),
        ["shops"] = () => new ShopsStudy(),
    };

    // Pages of trainings that aren't a matter of variants alone.
    private static readonly Dictionary<string, Action<Report, IReadOnlyList<Outcome>>> Pages = new()
    {
        [FairStage.Final] = FairPage.Write,
        [FairStage.Redrawn] = RedrawnPage.Write,
    };

    public static string[] Names { get; } = [.. All.Keys];

    public static Study Of(string name) => All[name]();

    public static bool IsKnown(string name) => All.ContainsKey(name) || Pages.ContainsKey(name);

    /// <summary>Whether each page of it has one loss.</summary>
    public static bool HasLoss(string name) => All.ContainsKey(name);

    /// <summary>What writes the tables and pictures of a study.</summary>
    public static Action<Report, IReadOnlyList<Outcome>> Writer(string name) => Pages.GetValueOrDefault(name) ?? Of(name).Write;

    /// <summary>What a study's page says of the data.</summary>
    public static string DataOf(string name, DatasetFigures data)
        => All.ContainsKey(name) ? Of(name).Describe(data) : $"{data.Text}; split {data.Split[..12]}";

    public abstract string Name { get; }

    /// <summary>The variants that the study trains when none are asked for; none for all.</summary>
    protected virtual IReadOnlyList<string> Usual => [];

    /// <summary>What its page says of the data.</summary>
    public virtual string Describe(DatasetFigures data) => $"{data.Text}; split {data.Split[..12]}";

    /// <summary>All variants that the study knows for a dataset.</summary>
    protected abstract IEnumerable<Variant> Variants(RecDataset data, CommandLine options, string loss);

    /// <summary>The variants that were asked for.</summary>
    /// <exception cref="ArgumentException">There is no such variant.</exception>
    public IReadOnlyList<Variant> Select(RecDataset data, CommandLine options)
    {
        Variant[] all = [.. Variants(data, options, options.Loss).Select((v, n) => v with { Loss = options.Loss, Place = 2 * n })];
        IReadOnlyList<string> names = options.Variants.Count > 0 ? options.Variants : Usual;
        if (options.Variants.FirstOrDefault(n => !all.Any(v => IsNamed(v, n))) is { } unknown)
        {
            throw new ArgumentException($"--variants: there is no '{unknown}' for this dataset; expected some of "
                + $"{string.Join(", ", all.Select(v => v.Name).Distinct())}.");
        }

        return names.Count == 0 ? all : [.. all.Where(v => names.Any(n => IsNamed(v, n)))];
    }

    /// <summary>Writes tables and pictures of the lines that have trainings.</summary>
    public abstract void Write(Report report, IReadOnlyList<Outcome> outcomes);

    private static bool IsNamed(Variant variant, string name)
        => variant.Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
