using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Losses;
using DRepMRec.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Alignment;

public sealed class SimilaritySupervisedSignalTests
{
    private static readonly ItemFeatures Image = new(Modality.Image, 4, 2, [1, 0, 0, 1, 1, 1, 0, 0]);
    private static BatchRows Batch => new TrainingBatch([0, 0, 0, 0], [0, 1, 2, 2], [3], sharedNegatives: true).Whole;

    [Fact]
    public void The_target_is_the_mean_cosine_over_common_modalities()
    {
        // Item 3 has text alone, so pairs with it have text's cosine; others have the mean of both.
        var text = new ItemFeatures(Modality.Text, 4, 2, [1, 0, 1, 0, 0, 0, 0, 2]);
        using var features = new ModalFeatures([Image, text], FeatureScaling.None);
        using DisposeScope scope = NewDisposeScope();
        var (similarity, counts) = SimilaritySupervisedSignal.FeatureSimilarity(features, [0, 1, 2, 3]);
        float half = MathF.Sqrt(0.5f);
        Tensor expected = tensor(new float[,] { { 1, 0.5f, half, 0 }, { 0.5f, 1, half, 0 }, { half, half, 1, 0 }, { 0, 0, 0, 1 } });
        similarity.allclose(expected, 1e-5, 1e-6).Should().BeTrue();

        // Item 2 has no text, so that it has nothing in common with item 3.
        counts!.data<float>().ToArray().Should().Equal(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 0, 1);
        SimilaritySupervisedSignal.FeatureSimilarity(features, [0, 1, 3]).Counts.Should().BeNull("all have text in common");
    }

    [Fact]
    public void Pairs_without_a_common_modality_do_not_count()
    {
        // Items 0 and 1 have an image, item 2 has text: only the pairs (0, 1) and those of an item with itself can be compared.
        var image = new ItemFeatures(Modality.Image, 3, 2, [1, 0, 0.6f, 0.8f, 0, 0]);
        var text = new ItemFeatures(Modality.Text, 3, 2, [0, 0, 0, 0, 1, 1]);
        using var features = new ModalFeatures([image, text], FeatureScaling.None);
        using DisposeScope scope = NewDisposeScope();
        var signal = new SimilaritySupervisedSignal();
        var batch = new TrainingBatch([0, 0, 0], [0, 1, 2], [0], sharedNegatives: true);
        float Loss(float[] rows) => signal.Compute(tensor(rows, 3, 2), features, batch.Whole).item<float>();

        // Between items 0 and 1 the cosine is 0 instead of 0.6; where item 2 points doesn't matter.
        const float expected = 2 * 0.36f / 5;
        Loss([1, 0, 0, 1, 1, 1]).Should().BeApproximately(expected, 1e-4f);
        Loss([1, 0, 0, 1, -3, 1]).Should().BeApproximately(expected, 1e-4f);
        Gradients.Check(tensor(Support.Samples.Floats(6, 3), 3, 2), x => signal.Compute(x, features, batch.Whole).reshape(1), step: 3e-3,
            tolerance: 1e-2);
    }

    [Fact]
    public void The_rows_of_a_batch_alone_give_what_all_rows_give()
    {
        using var features = new ModalFeatures([Image], FeatureScaling.None);
        using DisposeScope scope = NewDisposeScope();
        var batch = new TrainingBatch([0, 0], [1, 2], [2], sharedNegatives: true);
        Tensor rows = tensor(Support.Samples.Floats(8, 3), 4, 2);
        var signal = new SimilaritySupervisedSignal();
        signal.Compute(rows.SelectRows(batch.Compact.Rows.Items), features, batch.Compact).item<float>()
            .Should().BeApproximately(signal.Compute(rows, features, batch.Whole).item<float>(), 1e-6f);
    }

    [Fact]
    public void Representations_with_the_raw_similarities_are_best()
    {
        using var features = new ModalFeatures([Image], FeatureScaling.None);
        using DisposeScope scope = NewDisposeScope();
        var signal = new SimilaritySupervisedSignal();
        float faithful = signal.Compute(features.Values[0].Times(3), features, Batch).item<float>();
        float other = signal.Compute(tensor(Support.Samples.Floats(8, 3), 4, 2), features, Batch).item<float>();
        faithful.Should().BeLessThan(other);
        faithful.Should().BeApproximately(0, 1e-5f);
    }

    [Fact]
    public void Gradients_match_finite_differences()
    {
        using var features = new ModalFeatures([Image], FeatureScaling.None);
        using DisposeScope scope = NewDisposeScope();
        var signal = new SimilaritySupervisedSignal();
        Gradients.Check(
            tensor(Support.Samples.Floats(8, 3), 4, 2), x => signal.Compute(x, features, Batch).reshape(1), step: 3e-3, tolerance: 1e-2);
    }

    [Fact]
    public void Large_batches_are_sampled_by_the_batch_seed()
    {
        RecDataset data = Samples.Checkerboard(40, 60);
        using var features = new ModalFeatures(data.Features);
        using DisposeScope scope = NewDisposeScope();
        Tensor items = tensor(Support.Samples.Floats(60 * 4, 3), 60, 4);
        var signal = new SimilaritySupervisedSignal(new SssOptions { MaxItems = 10 });
        float Loss(long seed) => signal.Compute(items, features,
            new TrainingBatch([.. new int[60]], [.. Enumerable.Range(0, 60)], [0], true) { Seed = seed }.Whole).item<float>();
        Loss(1).Should().Be(Loss(1)).And.NotBe(Loss(2));
    }
}
