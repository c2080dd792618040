using Common;
using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Features;
using ReproduceResults.Trainings;

namespace ReproduceResults.Studies;

/// <summary>The models of the catalogue, without and with BMA, as variants.</summary>
internal static class CatalogueVariants
{
    public static IEnumerable<Variant> All(RecDataset data, string loss, int epochs)
        => Catalogue.Variants(Catalogue.Names, [false, true], data.Features.Count > 0).Select(v => Of(v.Model, v.Bma, data, loss, epochs))
            .Append(Of(Catalogue.Ours, bma: true, data, loss, epochs, itemToItem: true));

    private static Variant Of(string model, bool bma, RecDataset data, string loss, int epochs, bool itemToItem = false)
    {
        DRepMRecOptions options = Catalogue.Options(model, bma, loss);
        options = options with { ItemToItem = options.ItemToItem with { Enabled = itemToItem } };
        TrainerOptions trainer = Catalogue.Training(model, loss, new TrainerOptions { MaxEpochs = epochs, Threads = 1 });
        string title = Catalogue.Title(model, bma) + (itemToItem ? VariantTrainer.WithPart : "");
        var variant = new Variant(title, data, OptionsHash.Of(options, Catalogue.HostOptions(model), trainer))
        {
            Trainer = trainer,
        };
        return Catalogue.IsBaseline(model)
            ? variant with { Baseline = token => Catalogue.CreateBaseline(model, data, token) }
            : variant with { Model = seed => Create(model, data, options with { Seed = seed }) };
    }

    private static OwnedModel Create(string model, RecDataset data, DRepMRecOptions options)
    {
        ModalFeatures? features = Catalogue.NeedsFeatures(model) ? new ModalFeatures(data.Features, Catalogue.Scaling(model)) : null;
        return new OwnedModel(Catalogue.Create(model, data, features, options), features);
    }
}
