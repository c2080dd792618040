using Common;
using DRepMRec;
using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Fusions;
using DRepMRec.Losses;

namespace ReproduceResults.Studies;

/// <summary>DRepMRec, and DRepMRec with one thing changed. What the preset has already isn't a change, and is left out.</summary>
internal static class AblationVariants
{
    public const string Full = "full", NoBma = "no BMA", NoAlignment = "no alignment", NoSignal = "no SSS", WithSignal = "with SSS";

    // Of features that are wider.
    private const int Components = 128;

    private static readonly string[] Pictured = [Full, NoBma, NoSignal, WithSignal];

    public static IEnumerable<Variant> All(RecDataset data, string loss, int epochs, bool preset)
    {
        if (data.Features.Count == 0)
        {
            throw new ArgumentException(
                $"Expected a dataset with features, as the parts of the modal line are taken away; '{data.Name}' has none.");
        }

        DRepMRecOptions full = Catalogue.Options(Catalogue.Ours, bma: true, loss);
        TrainerOptions trainer = Catalogue.Training(Catalogue.Ours, loss, new TrainerOptions { MaxEpochs = epochs, Threads = 1 });
        string? setting = null;
        if (preset)
        {
            RankingLoss.SampledSoftmax chosen = DRepMRecPreset.For(data).Model.Loss as RankingLoss.SampledSoftmax
                ?? throw new InvalidOperationException("Expected a preset with a sampled softmax.");
            if (full.Loss is not RankingLoss.SampledSoftmax)
                throw new ArgumentException($"--loss {loss}: expected softmax with --preset.");
            full = full with { Loss = chosen };
            setting = FormattableString.Invariant($"the preset for the data, whose softmax has a temperature of {chosen.Temperature}");
        }

        Variant Make(string name, DRepMRecOptions options, RecDataset on, Func<DRepMRecOptions, DRepMRecModel> create,
            TrainerOptions? training = null)
            => new(name, on, OptionsHash.Of(options, name, training ?? trainer))
            {
                Trainer = training ?? trainer,
                Model = seed => new OwnedModel(create(options with { Seed = seed })),
                IsPictured = Pictured.Contains(name),
                Setting = setting,
            };

        yield return Make(Full, full, data, options => DRepMRecModel.Create(data, options));
        foreach (var (name, options) in Changes(full).Where(c => c.Options != full))
            yield return Make(name, options, data, o => DRepMRecModel.Create(data, o));
        if (data.Features.Any(f => f.Dimension > Components))
            yield return Make($"{Components} components", full with { FeatureComponents = Components }, data,
                o => DRepMRecModel.Create(data, o));
        foreach (var (name, options, training) in RemedyVariants.All(full, trainer))
            yield return Make(name, options, data, o => DRepMRecModel.Create(data, o), training);
        yield return Make("coupled lines", full, data, options => CoupledModalEncoder.CreateModel(data, options));
        if (data.Features.Count < 2)
            yield break;
        foreach (ItemFeatures modality in data.Features)
        {
            var alone = new RecDataset(data.Name, data.Users, data.Items, data.Splits, [modality]);
            yield return Make($"{modality.Modality} only", full, alone, options => DRepMRecModel.Create(alone, options));
        }

        foreach (var (name, more) in ModalityVariants.All(data))
            yield return Make(name, full, more, options => DRepMRecModel.Create(more, options));
    }

    private static Fusion[] Fusions(double weight) =>
    [
        new Fusion.Sum { ModalWeight = weight }, new Concatenation { ModalWeight = weight },
        new NormalizedSum { ModalWeight = weight }, new MatchedSum { ModalWeight = weight }, new LearnedGate(),
        new Fusion.NormalizedConcatenation { ModalWeight = weight },
    ];

    private static IEnumerable<(string Name, DRepMRecOptions Options)> Changes(DRepMRecOptions full)
    {
        BmaOptions bma = full.Alignment;
        ModalEncoderOptions modal = full.Modal;
        yield return ("no modal line", full with { UseModalLine = false });
        yield return (NoBma,
            full with { Alignment = bma with { IntraWeight = 0, InterWeight = 0, Fusion = new Fusion.Sum { ModalWeight = 1 } } });
        yield return (NoAlignment, full with { Alignment = bma with { IntraWeight = 0, InterWeight = 0 } });
        yield return ("no intra-alignment", full with { Alignment = bma with { IntraWeight = 0 } });
        yield return ("no inter-alignment", full with { Alignment = bma with { InterWeight = 0 } });
        foreach (Fusion fusion in Fusions(((Fusion.NormalizedConcatenation)bma.Fusion).ModalWeight))
            yield return ($"fusion {fusion.GetType().Name}", full with { Alignment = bma with { Fusion = fusion } });
        yield return full.SimilaritySignal.Weight > 0
            ? (NoSignal, full with { SimilaritySignal = full.SimilaritySignal with { Weight = 0 } })
            : (WithSignal, full with { SimilaritySignal = full.SimilaritySignal with { Weight = 0.1 } });
        yield return ("with item-to-item part", full with { ItemToItem = full.ItemToItem with { Enabled = true } });
        yield return ("no gates", full with { Modal = modal with { Gate = FilterGateKind.None } });
        yield return ("no relation graphs", full with { Modal = modal with { Neighbors = 0 } });
        yield return ("user-user graph", full with { Modal = modal with { UserNeighbors = 10 } });
        yield return ("neighbours alone", full with { Modal = modal with { KeepSelf = false } });
        yield return full.BehaviorDropout > 0
            ? ("no behaviour dropout", full with { BehaviorDropout = 0 })
            : ("behaviour dropout 0.1", full with { BehaviorDropout = 0.1 });
        yield return full.HideTargets
            ? ("targets not hidden", full with { HideTargets = false })
            : ("targets hidden", full with { HideTargets = true });
    }
}
