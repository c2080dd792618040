using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Internals;
using DRepMRec.ItemToItem;
using DRepMRec.Serving;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Features;

/// <summary>Modalities that say nothing, and copies, told by who chooses what.</summary>
public sealed class ModalitySignalTests
{
    private static readonly RecDataset Data = SyntheticDataset.Create(new SyntheticOptions
    {
        Users = 1500,
        Items = 500,
        Clusters = 12,
        MeanInteractions = 8,
        Modalities = [new(Modality.Image, 8), new(Modality.Text, 6)],
    }).Data;

    private static readonly ItemFeatures Noise = new(new Modality("white-noise"), Data.Items.Count, 8, Gaussian(Data.Items.Count * 8));
    private static readonly ItemFeatures Copy = Named("copy", Data.Features[0]);

    [Fact]
    public void The_similarity_signal_leaves_out_what_weighs_nothing_also_with_an_encoder_that_is_given()
    {
        RecDataset data = Samples.Checkerboard(20, 20);
        using var features = new ModalFeatures(data.Features);
        var modal = new ModalEncoderOptions
        {
            EmbeddingDim = 8,
            Neighbors = 3,
            ModalityWeights = [1, .. Enumerable.Repeat(0.0, data.Features.Count - 1)],
        };
        var options = new DRepMRecOptions { EmbeddingDim = 8, Modal = modal, SimilaritySignal = new SssOptions { Weight = 0.1 } };
        using DRepMRecModel built = DRepMRecModel.Create(data, options), given = DRepMRecModel.Create(
            data, new LightGcnEncoder(20, 20, new() { EmbeddingDim = 8 }), new ModalEncoder(features, modal),
            new BehaviorModalAlignment(8, options.Alignment), options);
        data.Features.Should().HaveCountGreaterThan(1);
        double Loss(DRepMRecModel model) => new Trainer(model, data, new TrainerOptions { MaxEpochs = 1, Threads = 1 }).Fit()
            .History[0].Losses["sss"];
        Loss(given).Should().Be(Loss(built));
    }

    [Fact]
    public void Noise_weighs_nothing_and_of_copies_one_counts_wherever_they_stand()
    {
        ItemFeatures image = Data.Features[0], text = Data.Features[1];
        Weights(image, text).Should().Equal(1, 1);
        Weights(image, text, Noise).Should().Equal(1, 1, 0);
        Weights(Noise, text, image).Should().Equal(0, 1, 1);
        Weights(image, text, Copy).Should().Equal(1, 1, 0);
        Weights(Copy, Noise, image, text, Named("third", Copy)).Should().Equal(1, 0, 0, 1, 0);
    }

    [Fact]
    public void Where_nothing_can_be_told_all_weigh_the_same()
    {
        Weights(Noise).Should().Equal(1);
        Weights(Noise, Named("other", Noise)).Should().Equal([1, 1], "something has to speak for items");
        InteractionSet few = new(Data.Users.Count, Data.Items.Count,
            [.. Data.Train.ExpandUsers().Zip(Data.Train.Items.ToArray()).Where(pair => pair.First < 30)]);
        using var features = new ModalFeatures([.. Data.Features, Noise]);
        ModalitySignal.Weights(features.Sources, features.AllScaled, few).Should()
            .OnlyContain(w => w.Weight == 1, "a few pairs are alike by chance");
        ModalitySignal.Weights(features.Sources, features.AllScaled, new InteractionSet(Data.Users.Count, Data.Items.Count, [])).Should()
            .HaveCount(3).And.OnlyContain(w => w.Weight == 1);
    }

    [Fact]
    public void Items_that_lack_a_modality_do_not_count_for_it()
    {
        static ItemFeatures Lacking(ItemFeatures f, int first)
        {
            float[] values = f.Values.ToArray();
            for (int item = first; item < f.ItemCount; item += 3)
                values.AsSpan(item * f.Dimension, f.Dimension).Clear();
            return new ItemFeatures(
                f.Modality, f.ItemCount, f.Dimension, values, [.. Enumerable.Range(0, f.ItemCount).Select(item => item % 3 != first)]);
        }

        ItemFeatures image = Data.Features[0], text = Data.Features[1];
        Weights(Lacking(image, 0), text, Lacking(Noise, 0)).Should().Equal(1, 1, 0);
        Weights(Lacking(image, 0), text, Copy).Should().Equal([0, 1, 1], "the copy has all that the other has, and more");
        Weights(Lacking(image, 0), text, Lacking(Copy, 1)).Should().Equal([0.5, 1, 0.5], "each has what the other lacks");
    }

    /// <summary>Two items that everybody has, whose cosine is always the same, and three whose cosines are those of their texts.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Of_a_modality_that_few_items_have_nothing_is_told(int items)
    {
        ItemFeatures text = Data.Features[1];
        IEnumerable<(int, int)> all = Enumerable.Range(0, Data.Users.Count).SelectMany(u => Enumerable.Range(0, items).Select(i => (u, i)));
        InteractionSet train = new(
            Data.Users.Count, Data.Items.Count, [.. Data.Train.ExpandUsers().Zip(Data.Train.Items.ToArray()).Union(all)]);
        ItemFeatures few = new(new Modality("few"), text.ItemCount, text.Dimension, text.Values,
            [.. Enumerable.Range(0, Data.Items.Count).Select(item => item < items)]);
        using var features = new ModalFeatures(Data.Features);
        float[] scaled = [.. features.AllScaled[1]];
        scaled.AsSpan(items * text.Dimension).Clear();
        ModalitySignal.Weights([.. Data.Features, few], [.. features.AllScaled, scaled], train).Select(w => w.Weight).Should()
            .Equal(1, 1, 1);
    }

    [Theory]
    [InlineData("a", false, "the modality 'a' weighs nothing: items of one user are no more alike in it than others")]
    [InlineData("z", false, "the modality 'z' weighs nothing: items of one user are no more alike in it than others")]
    [InlineData("z", true, "the modality 'z' weighs nothing: it is a copy of another")]
    [InlineData("a", true, "the modality 'image' weighs nothing: it is a copy of another")]
    public void A_modality_of_noise_or_a_copy_changes_no_bit_of_what_is_trained(string modality, bool isCopy, string note)
    {
        ItemFeatures added = Named(modality, isCopy ? Copy : Noise);
        var more = new RecDataset(Data.Name, Data.Users, Data.Items, Data.Splits, [.. Data.Features, added]);
        using var log = new ListLog();
        float[][] Trained(RecDataset data, DRepMRecOptions options)
        {
            using DRepMRecModel model = DRepMRecModel.Create(data, options);
            new Trainer(model, data, new TrainerOptions { MaxEpochs = 1, Seed = options.Seed }, log).Fit();
            using UserItemEmbeddings final = model.Embed();
            return [UserItemEmbeddings.Values(final.Users), UserItemEmbeddings.Values(final.Items),
                model.ItemToItem!.Part.Weights.Values.ToArray()];
        }

        var options = new DRepMRecOptions { EmbeddingDim = 8, ItemToItem = new ItemToItemOptions { Enabled = true } };
        float[][] without = Trained(Data, options);
        log.Of(101).Should().NotContain(entry => entry.Text.Contains("modality"));
        float[][] with = Trained(more, options);
        for (int n = 0; n < without.Length; n++)
            with[n].AsSpan().SequenceEqual(without[n]).Should().BeTrue();
        log.Of(101).Select(entry => entry.Text).Should().Contain($"{Data.Name}: {note}");
        Trained(more, options with { ChooseModalityWeights = false })[1].AsSpan().SequenceEqual(without[1]).Should().BeFalse();
    }

    [Fact]
    public void The_item_to_item_part_beside_a_host_alone_leaves_noise_out_and_says_so()
    {
        var noisy = new RecDataset(Data.Name, Data.Users, Data.Items, Data.Splits, [.. Data.Features, Noise]);
        using var log = new ListLog();
        float[] Part(RecDataset data, DRepMRecOptions options)
        {
            using DRepMRecModel model = DRepMRecModel.Create(data, options);
            new Trainer(model, data, new TrainerOptions { MaxEpochs = 1 }, log).Fit();
            return model.ItemToItem!.Part.Weights.Values.ToArray();
        }

        DRepMRecOptions alone = new()
        {
            EmbeddingDim = 8,
            UseModalLine = false,
            ItemToItem = new ItemToItemOptions { Enabled = true },
        };
        Part(noisy, alone).Should().Equal(Part(Data, alone));
        log.Of(101).Select(entry => entry.Text).Should()
            .Contain($"{Data.Name}: the modality 'white-noise' weighs nothing in the item-to-item part");
        Part(noisy, alone with { ChooseModalityWeights = false }).Should().NotEqual(Part(Data, alone));

        float[] InLoop(RecDataset data)
        {
            using DRepMRecModel model = DRepMRecModel.Create(data, alone with { ItemToItem = new ItemToItemOptions() });
            return model.FitItemToItem(data).Part.Weights.Values.ToArray();
        }

        InLoop(noisy).Should().Equal(InLoop(Data), "a loop of one's own asks for the same part");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void New_items_get_their_weights_from_the_modalities_that_the_part_was_solved_with(bool isGiven)
    {
        var noisy = new RecDataset(Data.Name, Data.Users, Data.Items, Data.Splits, [.. Data.Features, Noise]);
        float[] Scores(RecDataset data, ModalEncoderOptions modal)
        {
            var options = new DRepMRecOptions
            {
                EmbeddingDim = 8,
                Modal = modal,
                ChooseModalityWeights = false,
                ItemToItem = new ItemToItemOptions { Enabled = true, BlendWeights = [1], PopularityWeights = [0] },
            };
            using var features = new ModalFeatures(data.Features);
            using DRepMRecModel model = isGiven
                ? DRepMRecModel.Create(data, new LightGcnEncoder(data.Users.Count, data.Items.Count, new() { EmbeddingDim = 8 }),
                    new ModalEncoder(features, modal with { EmbeddingDim = 8 }), new BehaviorModalAlignment(8), options)
                : DRepMRecModel.Create(data, options);
            Recommender recommender = new Trainer(model, data, new TrainerOptions { MaxEpochs = 1 }).Fit().BuildRecommender();
            recommender = recommender.WithItems([new ItemContent("new", Data.Features.ToDictionary(
                f => f.Modality, f => (ReadOnlyMemory<float>)f[1].ToArray()))]);
            return [.. data.Users.Ids.Take(20).SelectMany(
                user => recommender.Recommend(user, data.Items.Count).Where(i => i.Item == "new").Select(i => i.Score))];
        }

        float[] without = Scores(Data, new ModalEncoderOptions());
        without.Should().NotBeEmpty();
        Scores(noisy, new ModalEncoderOptions { ModalityWeights = [1, 1, 0] }).Should().Equal(without);
    }

    [Fact]
    public void The_signal_asks_no_modality_that_weighs_nothing()
    {
        var noisy = new RecDataset(Data.Name, Data.Users, Data.Items, Data.Splits, [.. Data.Features, Noise]);
        float[] Trained(RecDataset data, ModalEncoderOptions modal)
        {
            using DRepMRecModel model = DRepMRecModel.Create(
                data, new DRepMRecOptions { EmbeddingDim = 8, SimilaritySignal = new SssOptions { Weight = 1 }, Modal = modal });
            new Trainer(model, data, new TrainerOptions { MaxEpochs = 2 }).Fit();
            using UserItemEmbeddings final = model.Embed();
            return UserItemEmbeddings.Values(final.Items);
        }

        float[] without = Trained(Data, new ModalEncoderOptions());
        Trained(noisy, new ModalEncoderOptions()).Should().Equal(without, "it was chosen so");
        Trained(noisy, new ModalEncoderOptions { ModalityWeights = [1, 1, 0] }).Should().Equal(without, "it is given so");
    }

    [Fact]
    public void A_new_item_that_has_nothing_else_is_refused()
    {
        var noisy = new RecDataset(Data.Name, Data.Users, Data.Items, Data.Splits, [.. Data.Features, Noise]);
        using DRepMRecModel model = DRepMRecModel.Create(noisy, new DRepMRecOptions { EmbeddingDim = 8 });
        Recommender recommender = new Trainer(model, noisy, new TrainerOptions { MaxEpochs = 1 }).Fit().BuildRecommender();
        ItemContent Of(params ItemFeatures[] features)
            => new("new", features.ToDictionary(f => f.Modality, f => (ReadOnlyMemory<float>)f[1].ToArray()));
        recommender.WithItems([Of(Noise, Data.Features[0])]).Items.Should().Contain("new");
        FluentActions.Invoking(() => recommender.WithItems([Of(Noise)])).Should().Throw<ArgumentException>().WithMessage(
            "Item 'new': expected features of a modality that weighs something in this model; got those of 'white-noise', which weigh "
            + "nothing.*");
    }

    private static ItemFeatures Named(string modality, ItemFeatures f)
        => new(new Modality(modality), f.ItemCount, f.Dimension, f.Values, f.Present.ToArray());

    private static double[] Weights(params ItemFeatures[] modalities)
    {
        using var features = new ModalFeatures(modalities);
        return [.. ModalitySignal.Weights(features.Sources, features.AllScaled, Data.Train).Select(w => w.Weight)];
    }

    private static float[] Gaussian(int count)
    {
        var random = new SeededRandom(11);
        return [.. Enumerable.Range(0, count).Select(_ => (float)random.NextGaussian())];
    }
}
