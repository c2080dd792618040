using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Fusions;
using DRepMRec.ItemToItem;
using DRepMRec.Losses;

namespace DRepMRec;

/// <summary>Options of a model and of its training that were chosen, and measured, together.</summary>
/// <param name="Model">The model's options.</param>
/// <param name="Training">The training's options.</param>
/// <example>
/// <code>
/// var (model, training) = DRepMRecPreset.For(data);
/// using DRepMRecModel created = DRepMRecModel.Create(data, model with { Seed = 7 });
/// TrainingReport report = new Trainer(created, data, training with { Seed = 7 }).Fit();
/// </code>
/// </example>
public sealed record DRepMRecPreset(DRepMRecOptions Model, TrainerOptions Training)
{
    private const int LargeCatalogue = 10_000;
    private const double TemperatureOfLarge = 0.15;

    /// <summary>
    /// What to begin with on data of one's own: the method with the item-to-item part and the items' popularity beside it, as far as
    /// validation says. The temperature of the sampled softmax is that of the defaults up to 10,000 items, and 0.15 beyond; everything
    /// else is as in the defaults, whose batches follow the data by themselves.
    /// </summary>
    /// <remarks>
    /// From three datasets of the field, a synthetic one and small made-up shops (docs/results.md, docs/item-to-item.md). With 6,710 and
    /// 7,050 items 0.25 is better on validation than 0.15 and 0.2 for the model alone (one seed of these); with 18,357 items 0.15 is
    /// better, by 2.9 % over three seeds, and where 0.25 has its best after about half of the epochs. The part brings 14 and 17 % of test
    /// Recall@20 on two of the three, and on the third nothing, or 9 to 10 %, by how it is split. Let validation choose.
    /// </remarks>
    /// <param name="data">The dataset, of which the number of items is looked at.</param>
    public static DRepMRecPreset For(RecDataset data)
    {
        ArgumentNullException.ThrowIfNull(data);
        DRepMRecOptions model = new() { ItemToItem = new ItemToItemOptions { Enabled = true } };
        if (data.Items.Count > LargeCatalogue && model.Loss is RankingLoss.SampledSoftmax softmax)
            model = model with { Loss = softmax with { Temperature = TemperatureOfLarge } };
        return new DRepMRecPreset(model, new TrainerOptions());
    }

    /// <summary>
    /// All parts that the paper names (arXiv 2404.11119) under its ranking loss, BPR: both lines, both alignments, fusion, and the
    /// Similarity-Supervised Signal, which the defaults leave out.
    /// </summary>
    /// <remarks>
    /// The parts are published, their formulas and values aren't: the temperature of 0.25 (fused rows are held to a length), the fusion
    /// with a modal weight of 0.3, the signal's weight of 0.1 and at most 10 interactions of a user in an epoch are ours, chosen on
    /// TikTok's validation set (docs/experiments.md). On another dataset, and without features above all, choose anew.
    /// </remarks>
    public static DRepMRecPreset PublishedParts { get; } = new(
        new DRepMRecOptions
        {
            Loss = new RankingLoss.Bpr { Temperature = 0.25 },
            Alignment = new BmaOptions { Fusion = new Fusion.NormalizedConcatenation { ModalWeight = 0.3 } },
            SimilaritySignal = new SssOptions { Weight = 0.1 },
            BehaviorDropout = 0,
        },
        new TrainerOptions { InteractionsPerUser = 10 });
}
