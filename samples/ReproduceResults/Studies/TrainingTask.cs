using ReproduceResults.Fair;
using ReproduceResults.Trainings;

namespace ReproduceResults.Studies;

/// <summary>A training that a study asks for.</summary>
/// <param name="Study">The study, or the stage of the fair comparison, that it belongs to.</param>
/// <param name="Variant">What is trained.</param>
/// <param name="Seed">Its seed.</param>
internal sealed record TrainingTask(string Study, Variant Variant, int Seed)
{
    /// <summary>The lines that the log has of it; <see langword="null"/> if one is missing.</summary>
    public IReadOnlyList<Training>? Find(TrainingLog log)
    {
        Training? alone = log.Find(Study, Variant, Seed);
        if (alone is null || Variant.Part is null)
            return alone is null ? null : [alone];
        Training? beside = log.Find(Study, Variant with { Name = Variant.Name + VariantTrainer.WithPart }, Seed);
        return beside is not null && SolvedPart.Made(beside) ? [alone, beside] : null;
    }

    /// <summary>The lines that the log has of it, with the titles and places that tables give them.</summary>
    public IEnumerable<Training> Made(TrainingLog log) => (Find(log) ?? []).Select((training, n) => training with
    {
        Title = Variant.Title + (n == 0 ? "" : VariantTrainer.WithPart),
        Place = Variant.Place + n,
    });

    /// <summary>Makes the training, or goes on with it where it was stopped, and adds its lines to the log.</summary>
    public IReadOnlyList<Training> Run(TrainingLog log, CancellationToken cancellation)
    {
        string? checkpoint = Variant.Model is null ? null : log.CheckpointOf(Study, Variant, Seed);
        IReadOnlyList<Training> made = Study == FairStage.Search ? [VariantTrainer.Try(Study, Variant, Seed, checkpoint, cancellation)]
            : Variant.Part is null ? [VariantTrainer.Train(Study, Variant, Seed, checkpoint, cancellation)]
            : VariantTrainer.TrainWithPart(Study, Variant, Seed, Variant.Part, checkpoint, cancellation);
        foreach (Training training in made)
            log.Add(training);
        VariantTrainer.Forget(checkpoint);
        return made;
    }
}
