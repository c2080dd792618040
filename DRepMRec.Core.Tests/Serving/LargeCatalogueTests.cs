using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Serving;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Serving;

/// <summary>A catalogue so large that a training goes by approximate neighbours.</summary>
public sealed class LargeCatalogueTests
{
    [Fact]
    public void It_takes_new_items_too()
    {
        const int Users = 40, Dimension = 32;
        int items = ModalFeatures.ExactItems + 100;
        (int, int)[] pairs = [.. Enumerable.Range(0, Users).SelectMany(u => Enumerable.Range(0, 5).Select(n => (u, (u * 977) + (n * 13))))];
        var nothing = new InteractionSet(Users, items, []);
        var data = new RecDataset("large", Ids("u", Users), Ids("i", items), new(new(Users, items, pairs), nothing, nothing),
            [new ItemFeatures(Modality.Image, items, Dimension, Samples.Floats(items * Dimension, 3))]);
        var options = new DRepMRecOptions { EmbeddingDim = 4, Modal = new ModalEncoderOptions { EmbeddingDim = 4 } };
        using DRepMRecModel model = DRepMRecModel.Create(data, options);
        Recommender recommender = new Trainer(model, data, new TrainerOptions { MaxEpochs = 1 }).Fit().BuildRecommender();
        recommender.FeatureDimensions.Should().ContainKey(Modality.Image);
        var features = new Dictionary<Modality, ReadOnlyMemory<float>> { [Modality.Image] = data.Features[0][7].ToArray() };
        recommender.WithItems([new ItemContent("new", features)]).Items.Contains("new").Should().BeTrue();

        static IdMap Ids(string kind, int count) => new(Enumerable.Range(0, count).Select(n => $"{kind}{n}"));
    }
}
