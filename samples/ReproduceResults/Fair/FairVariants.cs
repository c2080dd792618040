using Common;
using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Features;
using ReproduceResults.Studies;

namespace ReproduceResults.Fair;

/// <summary>What is made of a model and a combination of its search.</summary>
internal enum FairForm
{
    /// <summary>The host alone; of DRepMRec the whole.</summary>
    Whole,

    /// <summary>The control: the host, or DRepMRec's behaviour line, with intra-alignment and without content.</summary>
    WithoutContent,

    /// <summary>The host with BMA by its defaults.</summary>
    WithBma,
}

/// <summary>The trainings of the fair comparison as variants. All of a model's forms have the combination that its search chose.</summary>
internal static class FairVariants
{
    public const string Defaults = $"{Catalogue.Ours}, defaults";

    public static string Title(string model, FairForm form, string loss) => form switch
    {
        FairForm.Whole => $"{model} ({loss})",
        FairForm.WithBma => $"{model} + BMA ({loss})",
        _ => model == Catalogue.Ours ? $"{model} without content ({loss})" : $"{model} + intra-alignment ({loss})",
    };

    public static Variant Of(RecDataset data, string model, FairForm form, string loss, FairSetting setting, int epochs)
    {
        TrainerOptions trainer = setting.Trainer(new TrainerOptions { MaxEpochs = epochs, Threads = 1 });
        DRepMRecOptions options = Options(model, form, loss, setting);
        object? host = model == Catalogue.Ours ? null : setting.Host(model);
        string title = Title(model, form, loss);
        return new Variant(title, data, OptionsHash.Of(options, $"{host} {setting.Scaling} {form}", trainer))
        {
            Loss = loss,
            Title = title,
            Trainer = trainer,
            Setting = setting.Key,
            Model = seed => Create(data, model, form, host, setting.Scaling, options with { Seed = seed }),
        };
    }

    /// <summary>DRepMRec as it is by default, which is what its authors chose by hundreds of trainings on TikTok.</summary>
    public static Variant Default(RecDataset data, int epochs)
    {
        var trainer = new TrainerOptions { MaxEpochs = epochs, Threads = 1 };
        DRepMRecOptions options = new();
        options = options with { ItemToItem = options.ItemToItem with { Enabled = false } };
        return new Variant(Defaults, data, OptionsHash.Of(options, null, trainer))
        {
            Loss = "softmax",
            Title = Defaults,
            Trainer = trainer,
            Model = seed => new OwnedModel(DRepMRecModel.Create(data, options with { Seed = seed })),
        };
    }

    private static DRepMRecOptions Options(string model, FairForm form, string loss, FairSetting setting)
    {
        DRepMRecOptions options = setting.Model(Catalogue.Options(model, bma: form != FairForm.Whole || model == Catalogue.Ours, loss));

        // The part is chosen after training, for the lines that have it.
        options = options with { ItemToItem = options.ItemToItem with { Enabled = false } };
        return form == FairForm.WithoutContent ? options with { UseModalLine = false } : options;
    }

    private static OwnedModel Create(
        RecDataset data, string model, FairForm form, object? hostOptions, FeatureScaling scaling, DRepMRecOptions options)
    {
        if (hostOptions is null && form == FairForm.Whole)
            return new OwnedModel(DRepMRecModel.Create(data, options));
        hostOptions ??= new LightGcnOptions { EmbeddingDim = options.EmbeddingDim, Layers = options.Layers };
        ModalFeatures? features = Catalogue.NeedsFeatures(model) ? new ModalFeatures(data.Features, scaling) : null;
        IBehaviorEncoder host = Catalogue.CreateHost(hostOptions, data, features, options.Seed);
        if (form == FairForm.WithoutContent)
            host = new ContrastedHost(host, options.Alignment.IntraWeight, options.Alignment.Temperature);
        return new OwnedModel(DRepMRecModel.Create(data, host, options), features);
    }
}
