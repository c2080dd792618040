using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Losses;
using DRepMRec.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Encoders;

/// <summary>Some rows of the modal line against all of them, and what it gives to items that come later.</summary>
public sealed class ModalRowsTests
{
    [Fact]
    public void A_few_rows_are_those_of_all()
    {
        using var features = new ModalFeatures([new ItemFeatures(Modality.Image, 40, 3, Samples.Floats(40 * 3, 1))]);
        using var encoder = new ModalEncoder(features, new ModalEncoderOptions { EmbeddingDim = 4, Neighbors = 2 });
        using DisposeScope scope = NewDisposeScope();
        var graph = new InteractionGraph(
            new InteractionSet(20, 40, [.. Enumerable.Range(1, 19).SelectMany(u => new[] { (u, u), (u, 2 * u) })]));
        UserItemEmbeddings all = encoder.call(graph, features), some = encoder.Encode(graph, features, new RowSet([3, 7], [5]), null);
        some.Users.allclose(all.Users.SelectRows([3, 7]), 1e-5, 1e-6).Should().BeTrue();
        some.Items.allclose(all.Items.SelectRows([5]), 1e-5, 1e-6).Should().BeTrue();
        encoder.Invoking(e => e.Encode(graph, features, new RowSet([20], []), null)).Should().Throw<ArgumentException>()
            .WithMessage("Expected rows of users from 0 to 19, got 20.");
        encoder.Invoking(e => e.Encode(graph, features, new RowSet([], [5, 41]), null)).Should().Throw<ArgumentException>()
            .WithMessage("Expected rows of items from 0 to 39, got 41.");
    }

    [Fact]
    public void Rows_beside_those_of_a_batch_go_without_its_interactions_too()
    {
        using ModalFeatures features = ModalEncoderTests.TwoModalities();
        using var encoder = new ModalEncoder(features, new ModalEncoderOptions { EmbeddingDim = 4, Neighbors = 0 });
        using DisposeScope scope = NewDisposeScope();
        var graph = new InteractionGraph(new InteractionSet(4, 6, [(0, 1), (0, 2), (1, 1), (1, 3), (2, 1), (2, 5), (3, 0)]));
        var batch = new TrainingBatch([2, 0], [1, 1], [4, 3]);
        UserItemEmbeddings all = encoder.Encode(graph, features, RowSet.All, batch);
        UserItemEmbeddings some = encoder.Encode(graph, features, new RowSet([0, 1, 2, 3], [0]), batch);
        some.Users.allclose(all.Users, 1e-5, 1e-6).Should().BeTrue();
        all.Users[0].allclose(all.Items[2], 1e-5, 1e-6).Should().BeTrue("item 1 is hidden");
    }

    [Fact]
    public void New_items_get_the_weights_and_what_known_items_bring_to_their_neighbours()
    {
        // Item 1 lacks the image.
        float[] image = Samples.Floats(6 * 3, 1);
        image.AsSpan(3, 3).Clear();
        ItemFeatures[] sources = [new(Modality.Image, 6, 3, image), new(Modality.Text, 6, 2, Samples.Floats(6 * 2, 2))];
        using ModalFeatures features = new(sources), reduced = new(sources, components: 1);
        var graph = new InteractionGraph(new InteractionSet(1, 6, [(0, 0)]));
        ModalEncoderOptions options = new() { EmbeddingDim = 4, Neighbors = 2 };
        ContentExport?[] Contents(ModalEncoderOptions options, ModalFeatures features)
        {
            using DisposeScope scope = NewDisposeScope();
            using var encoder = new ModalEncoder(features, options);
            return [.. encoder.Export(graph, features).Select(modality => modality.Content)];
        }

        ContentExport[] contents = [.. Contents(options with { ModalityWeights = [2, 3] }, features)!];
        contents.Select(c => c.Weight).Should().Equal(2, 3);
        contents.Select(c => c.Neighbors).Should().Equal(2, 2);
        contents[0].NeighborValues![4..8].Should().OnlyContain(v => v == 0);
        contents[1].NeighborValues![4..8].Should().Contain(v => v != 0);

        Contents(options with { Neighbors = 0 }, features).Should().HaveCount(2).And
            .OnlyContain(c => c!.Neighbors == 0 && c.NeighborValues == null && c.Weight == 1);
        Contents(options, reduced).Should().HaveCount(2).And.OnlyContain(c => c == null);
    }
}
