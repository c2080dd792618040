using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Kernels;
using DRepMRec.Losses;
using DRepMRec.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Encoders;

/// <summary>A modality that one item has, and a batch without that item.</summary>
public sealed class RareModalityTests
{
    private const int Users = 30, Items = 40;

    [Theory]
    [InlineData(32)]
    [InlineData(5)]
    public void A_step_without_it_leaves_its_weights_alone_and_the_others_as_in_whole_tables(int dimension)
    {
        var rare = new float[Items * 3];
        rare.AsSpan(^3..).Fill(1);
        InteractionSet train = new(Users, Items, [.. Enumerable.Range(0, Users).SelectMany(u => new[] { (u, u), (u, u / 2) }).Distinct()]);
        using var features = new ModalFeatures(
            [new ItemFeatures(Modality.Image, Items, 6, Samples.Floats(Items * 6, 1)), new ItemFeatures(Modality.Text, Items, 3, rare)]);
        using var encoder = new ModalEncoder(features, new ModalEncoderOptions { EmbeddingDim = dimension, Neighbors = 2 });
        var graph = new InteractionGraph(train);
        var batch = new TrainingBatch([3, 5], [3, 5], [8, 9]);
        float[][] Gradients(bool whole)
        {
            using DisposeScope scope = NewDisposeScope();
            UserItemEmbeddings rows = whole
                ? batch.Compact.Rows.Select(encoder.Encode(graph, features, RowSet.All, batch))
                : encoder.Encode(graph, features, batch.Compact.Rows, batch);
            foreach (var weights in encoder.parameters())
                weights.grad = null;
            Backpropagation.Run(rows.Users.Squared().sum().Plus(rows.Items.Squared().sum()));
            return [.. encoder.parameters().Select(w => w.grad!.data<float>().ToArray())];
        }

        float[][] picked = Gradients(whole: false), all = Gradients(whole: true);
        for (int n = 0; n < all.Length; n++)
        {
            for (int i = 0; i < all[n].Length; i++)
                picked[n][i].Should().BeApproximately(all[n][i], 1e-4f * Math.Max(1, Math.Abs(all[n][i])));
        }

        picked[..(picked.Length / 2)].SelectMany(g => g).Should().Contain(g => g != 0);
        picked[(picked.Length / 2)..].SelectMany(g => g).Should().OnlyContain(g => g == 0);
    }
}
