using DRepMRec.ItemToItem;
using ReproduceResults.Studies;
using ReproduceResults.Trainings;

namespace ReproduceResults.Fair;

/// <summary>A training of the fair comparison.</summary>
/// <param name="Study">Which stage it belongs to.</param>
/// <param name="Variant">What is trained.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Part">The item-to-item part that makes a second line of it; none for trials and for what isn't trained.</param>
internal sealed record FairTask(string Study, Variant Variant, int Seed, Lazy<ItemToItemModel>? Part = null)
{
    /// <summary>The lines that the log has of it; <see langword="null"/> if one is missing.</summary>
    public IReadOnlyList<Training>? Find(TrainingLog log)
    {
        Training? alone = log.Find(Study, Variant, Seed);
        if (alone is null || Part is null)
            return alone is null ? null : [alone];
        Training? beside = log.Find(Study, Variant with { Name = Variant.Name + VariantTrainer.WithPart }, Seed);
        return beside is null ? null : [alone, beside];
    }

    public IReadOnlyList<Training> Run(CancellationToken cancellation) => Study == FairStage.Search
        ? [VariantTrainer.Try(Study, Variant, Seed, cancellation)]
        : Part is null ? [VariantTrainer.Train(Study, Variant, Seed, cancellation)]
        : VariantTrainer.TrainWithPart(Study, Variant, Seed, Part.Value, cancellation);
}
