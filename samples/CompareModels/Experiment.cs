using System.Globalization;
using Common;
using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Training;

namespace CompareModels;

/// <summary>The trainings that a comparison asks for, seed by seed; trainings that the file already has are taken from it.</summary>
internal sealed class Experiment(CommandLine options, RecDataset data)
{
    private readonly List<TrialFigures> _done = [];
    private readonly List<(string Model, bool Bma, int Seed)> _asked =
        [.. options.Seeds.SelectMany(seed => Catalogue.Variants(options.Models, options.Bma, data.Features.Count > 0)
            .Select(v => (v.Model, v.Bma, Catalogue.IsBaseline(v.Model) ? options.Seeds[0] : seed))).Distinct()];

    /// <summary>The models that get no line, as a training of them diverged; empty for none.</summary>
    public IReadOnlyList<string> LeftOut
        => [.. Failed.Select(f => $"{Catalogue.Title(f.Model, f.Bma)} is left out, as seed {f.Seed} diverged: {f.Failure}")];

    private IEnumerable<TrialFigures> Failed => _asked.Select(Find).OfType<TrialFigures>().Where(f => f.Failure is not null);

    /// <summary>Makes the trainings that are missing, and writes all to the file after each.</summary>
    /// <returns>The figures that were asked for, in the order of the models, without models of which a training diverged.</returns>
    public IReadOnlyList<TrialFigures> Run(CancellationToken cancellation)
    {
        if (data.Features.Count == 0)
        {
            Console.WriteLine(
                "The dataset has no features: models that need them are left out, and so is BMA; DRepMRec is its behaviour line alone.");
        }

        if (_asked.Count == 0)
            throw new ArgumentException("There is nothing to train; choose other --models or --bma.");
        using FileStream? writing = options.Json is null ? null : RunLock.Take(options.Json);
        if (options.Json is not null && File.Exists(options.Json))
            Resume(options.Json);
        for (int n = 0; n < _asked.Count; n++)
        {
            var (model, bma, seed) = _asked[n];
            if (Find(_asked[n]) is not null)
                continue;
            cancellation.ThrowIfCancellationRequested();
            string name = string.Create(
                CultureInfo.InvariantCulture, $"[{n + 1}/{_asked.Count}{Remaining()}] {Catalogue.Title(model, bma)}, seed {seed}");
            _done.Add(Make(name, _asked[n], cancellation));
            if (options.Json is not null)
                ModelFigures.Write(options.Json, _done);
        }

        var failed = Failed.Select(f => (f.Model, f.Bma)).ToHashSet();
        TrialFigures[] whole = [.. _asked.Select(a => Find(a)!).Where(f => !failed.Contains((f.Model, f.Bma)))];
        return whole.Length > 0 ? whole : throw new IOException($"There is nothing to compare. {string.Join(' ', LeftOut)}");
    }

    private TrialFigures Make(string name, (string Model, bool Bma, int Seed) asked, CancellationToken cancellation)
    {
        var (model, bma, seed) = asked;
        try
        {
            ModelRun run = TrainingDisplay.Show(name, linePerEpoch: false, progress => Train(model, bma, seed, progress, cancellation));
            return TrialFigures.Of(run, options, data, OptionsOf(model, bma));
        }
        catch (Exception e) when (e is TrainingDivergedException or NotFiniteNumberException)
        {
            return TrialFigures.Failed(asked, e, options, data, OptionsOf(model, bma));
        }
    }

    private void Resume(string path)
    {
        _done.AddRange(ModelFigures.Read<TrialFigures>(path));
        foreach (TrialFigures other in _done.Where(d => d.SplitChecksum != data.SplitChecksum || d.Loss != options.Loss
            || d.MaxEpochs != options.Epochs || d.Options != OptionsOf(d.Model, d.Bma)))
        {
            throw new IOException($"{path} has figures of {other.Dataset} (split {other.SplitChecksum}), {other.Loss}, at most "
                + $"{other.MaxEpochs} epochs, made with the options {other.Options} of {other.Model}; "
                + $"expected {data.Name} (split {data.SplitChecksum}), {options.Loss}, at most {options.Epochs} epochs, "
                + $"{OptionsOf(other.Model, other.Bma)}. Give another file.");
        }

        if (_done.FirstOrDefault(d => d.Data is not null && d.Data != data.Checksum) is { } changed)
        {
            throw new IOException($"{path} has figures of other features on the same split (data {changed.Data}); expected {data.Name} "
                + $"(data {data.Checksum}). Give another file.");
        }

        TrialFigures[] found = [.. _asked.Select(Find).OfType<TrialFigures>()];
        Console.WriteLine($"{path}: {found.Length} of {_asked.Count} trainings are there already.");
        if (LibraryBuild.Others(found.Select(f => f.Library)) is { } others)
            Console.WriteLine(others);
    }

    private ModelRun Train(string model, bool bma, int seed, IProgress<TrainingProgress> progress, CancellationToken cancellation)
    {
        TrainerOptions trainer = Catalogue.Training(
            model, options.Loss, new TrainerOptions { MaxEpochs = options.Epochs, Seed = seed, Threads = options.Threads });
        if (Catalogue.IsBaseline(model))
            return ModelRun.Untrained(model, () => Catalogue.CreateBaseline(model, data, cancellation), data, trainer, cancellation);
        using ModalFeatures? features = Catalogue.NeedsFeatures(model) ? new ModalFeatures(data.Features, Catalogue.Scaling(model)) : null;
        using DRepMRecModel created = Catalogue.Create(model, data, features, ModelOptions(model, bma) with { Seed = seed });
        return ModelRun.Train(model, bma, created, data, trainer, progress, cancellation);
    }

    private DRepMRecOptions ModelOptions(string model, bool bma) => Catalogue.Options(model, bma, options.Loss);

    private string OptionsOf(string model, bool bma)
        => OptionsHash.Of(ModelOptions(model, bma), Catalogue.HostOptions(model),
            Catalogue.Training(model, options.Loss, new TrainerOptions { Threads = 1 }));

    private TrialFigures? Find((string Model, bool Bma, int Seed) asked) => _done.Find(d => (d.Model, d.Bma, d.Seed) == asked);

    /// <summary>The time left, by what the same models took with other seeds; before that is known, by the mean of all.</summary>
    private string Remaining()
    {
        TrialFigures[] timed = [.. _done.Where(d => d.Epochs > 0)];
        if (timed.Length == 0)
            return "";
        double Expected((string Model, bool Bma, int Seed) trial)
            => timed.Where(d => (d.Model, d.Bma) == (trial.Model, trial.Bma)).Select(d => d.TrainSeconds)
                .DefaultIfEmpty(timed.Average(d => d.TrainSeconds)).Average();
        double seconds = _asked.Where(a => Find(a) is null && !Catalogue.IsBaseline(a.Model)).Sum(Expected);
        return string.Create(CultureInfo.InvariantCulture, $", about {TimeSpan.FromSeconds(seconds).TotalMinutes:F0} min left");
    }
}
