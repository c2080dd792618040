using DRepMRec.Alignment;
using DRepMRec.Collectives;
using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Fusions;
using DRepMRec.Graphs;
using DRepMRec.Kernels;
using DRepMRec.Losses;
using DRepMRec.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Losses;

/// <summary>Rows that don't fit each other are refused before a kernel reads what isn't theirs, and so on either side.</summary>
public sealed class LossShapeTests
{
    private static readonly RecDataset Board = Samples.Checkerboard(6, 7);

    public static TheoryData<string> Misfits => [.. Calls.Keys];

    private static Dictionary<string, Action> Calls { get; } = new()
    {
        ["rows of three dimensions at length one"] = () => ones(2, 3, 4).NormalizeRows(),
        ["a single row without a dimension"] = () => ones(4).NormalizeRows(),
        ["InfoNCE of fewer partners"] = () => ContrastiveLosses.InfoNce(Rows(40, 4), Rows(39, 4), 0.2),
        ["InfoNCE of other widths"] = () => ContrastiveLosses.InfoNce(Rows(3, 4), Rows(3, 5), 0.2),
        ["InfoNCE one way, of other widths"] = () => ContrastiveLosses.InfoNceOneWay(Rows(3, 4), Rows(3, 5), 0.2),
        ["InfoNCE one way, of fewer partners"] = () => ContrastiveLosses.InfoNceOneWay(Rows(3, 4), Rows(2, 4), 0.2),
        ["InfoNCE at temperature 0"] = () => ContrastiveLosses.InfoNce(Rows(3, 4), Rows(3, 4), 0),
        ["InfoNCE one way at a temperature below 0"] = () => ContrastiveLosses.InfoNceOneWay(Rows(3, 4), Rows(3, 4), -1),
        ["softmax at a temperature that isn't a number"]
            = () => ContrastiveLosses.SampledSoftmax(Rows(2, 4), Rows(2, 4), Rows(3, 4), ExcludedPairs.None, double.NaN),
        ["softmax of wider users"]
            = () => ContrastiveLosses.SampledSoftmax(Rows(2, 5), Rows(2, 4), Rows(3, 4), ExcludedPairs.None, 0.2),
        ["softmax of wider negatives"]
            = () => ContrastiveLosses.SampledSoftmax(Rows(2, 4), Rows(2, 4), Rows(3, 5), ExcludedPairs.None, 0.2),
        ["softmax of more positives than users"]
            = () => ContrastiveLosses.SampledSoftmax(Rows(2, 4), Rows(3, 4), Rows(3, 4), ExcludedPairs.None, 0.2),
        ["softmax of a user that isn't there"]
            = () => ContrastiveLosses.SampledSoftmax(Rows(2, 4), Rows(2, 4), Rows(3, 4), ExcludedPairs.None, 0.2, [0, 2]),
        ["softmax of fewer users for pairs"]
            = () => ContrastiveLosses.SampledSoftmax(Rows(2, 4), Rows(2, 4), Rows(3, 4), ExcludedPairs.None, 0.2, [0]),
        ["softmax without a negative that is there"] = () => ContrastiveLosses.SampledSoftmax(
            Rows(2, 4), Rows(2, 4), Rows(3, 4), ExcludedPairs.Of(2, [(1, 3)]), 0.2),
        ["pairs of a row that isn't there"] = () => ExcludedPairs.Of(2, [(2, 0)]),
        ["pairs of a negative place"] = () => ExcludedPairs.Of(2, [(1, -1)]),
        ["BPR of wider users"] = () => new RankingLoss.Bpr().Compute(new(Rows(2, 5), Rows(4, 4)), Batch().Compact),
        ["BPR of fewer items"] = () => new RankingLoss.Bpr().Compute(new(Rows(2, 4), Rows(3, 4)), Batch().Compact),
        ["BPR of whole tables for a batch's own"] = () => new RankingLoss.Bpr().Compute(new(Rows(6, 4), Rows(7, 4)), Batch().Compact),
        ["alignment of whole tables for a batch's own rows"]
            = () => new BehaviorModalAlignment(4).call(new(Rows(6, 4), Rows(7, 4)), new(Rows(6, 4), Rows(7, 4)), Batch().Compact),
        ["similarities of whole tables for a batch's own rows"] = () => Similarities(Rows(7, 4), Batch().Compact),
        ["similarities of a batch's own rows for whole tables"] = () => Similarities(Rows(4, 4), Batch().Whole),
        ["a filter of wider rows"] = () => LinearFunction.Apply(Rows(40, 5), Rows(4, 3), null),
        ["a gate of narrower features"] = () => FilterGateFunction.Apply(Rows(40, 5), null, Rows(32, 9), ones(32), Rows(32, 32), ones(32)),
        ["softmax loss of wider items"]
            = () => new RankingLoss.SampledSoftmax().Compute(new(Rows(6, 4), Rows(7, 5)), Batch(shared: true).Whole),
        ["known rows of fewer users"] = () => Cold().KeepKnown(new(Rows(2, 4), Rows(7, 4)), RowSet.All),
        ["known rows of fewer items"] = () => Cold().KeepKnown(new(Rows(6, 4), Rows(3, 4)), RowSet.All),
        ["known rows of another batch"] = () => Cold().KeepKnown(new(Rows(1, 4), Rows(1, 4)), new RowSet([1, 2], [0])),
        ["known rows of an item that isn't there"] = () => Cold().KeepKnown(new(Rows(1, 4), Rows(1, 4)), new RowSet([1], [7])),
        ["alignment of narrower modal items"] = () =>
        {
            using var bma = new BehaviorModalAlignment(64);
            bma.call(new(Rows(6, 64), Rows(7, 64)), new(Rows(6, 64), Rows(7, 32)), null);
        },
        ["alignment of modal rows in double precision"] = () =>
        {
            using var bma = new BehaviorModalAlignment(64);
            bma.call(new(Rows(6, 64), Rows(7, 64)), new(Doubles(6, 64), Doubles(7, 64)), null);
        },
        ["alignment of behaviour of two types"] = () =>
        {
            using var bma = new BehaviorModalAlignment(64);
            bma.call(new(Rows(6, 64), Doubles(7, 64)), new(Rows(6, 64), Rows(7, 64)), null);
        },
        ["InfoNCE of partners in double precision"] = () => ContrastiveLosses.InfoNce(Rows(3, 4), Doubles(3, 4), 0.2),
        ["InfoNCE of partners on another device"] = () => ContrastiveLosses.InfoNce(Rows(3, 4), zeros(3, 4, device: META), 0.2),
        ["InfoNCE one way, of partners in double precision"]
            = () => ContrastiveLosses.InfoNceOneWay(Rows(3, 4), Doubles(3, 4), 0.2),
        ["softmax of positives in double precision"]
            = () => ContrastiveLosses.SampledSoftmax(Rows(2, 4), Doubles(2, 4), Rows(3, 4), ExcludedPairs.None, 0.2),
        ["softmax of negatives in double precision"]
            = () => ContrastiveLosses.SampledSoftmax(Rows(2, 4), Rows(2, 4), Doubles(3, 4), ExcludedPairs.None, 0.2),
        ["BPR of items in double precision"]
            = () => new RankingLoss.Bpr().Compute(new(Rows(2, 4), Doubles(4, 4)), Batch().Compact),
        ["two lines at length one, of fewer modal rows"]
            = () => new Fusion.NormalizedConcatenation().Fuse(Rows(3, 4), Rows(2, 4), null),
        ["two lines at length one, the modal one in double precision"]
            = () => new Fusion.NormalizedConcatenation().Fuse(Rows(3, 4), Doubles(3, 4), null),
        ["columns of rows in double precision"] = () =>
        {
            using InProcessCollective alone = InProcessCollective.Create(1)[0];
            new ColumnPartition(alone, 16).Gather(new(Doubles(2, 16), Doubles(3, 16)));
        },
        ["a batch of a negative user"] = () => new TrainingBatch([0, -1], [1, 2], [3, 4]),
        ["a batch of a negative positive"] = () => new TrainingBatch([0, 1], [-1, 2], [3, 4]),
        ["a batch of a negative negative"] = () => new TrainingBatch([0, 1], [1, 2], [3, -4]),
        ["less than no users of a batch"] = () => Batch().Compact.SampleDistinctUsers(-1),
        ["less than no items of a batch"] = () => Batch().Compact.SampleDistinctItems(-1),
        ["less than no negatives of a batch"] = () => Batch().Compact.NegativesPerUser(-1),
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void What_does_not_fit_is_refused(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        string own = Record.Exception(Calls[name]).Should().BeAssignableTo<ArgumentException>().Subject.Message;
        own.Should().MatchRegex("xpect|must be|greater|negative");
        using (OwnKernels.SwitchOff())
        {
            Record.Exception(Calls[name]).Should().BeAssignableTo<ArgumentException>("it's refused on libtorch's side too")
                .Which.Message.Should().Be(own);
        }
    }

    private static Tensor Similarities(Tensor items, BatchRows batch)
    {
        using var features = new ModalFeatures([new ItemFeatures(Modality.Image, 7, 2, Samples.Floats(14, 3))]);
        return new SimilaritySupervisedSignal(new SssOptions { Weight = 1 }).Compute(items, features, batch);
    }

    private static Tensor Rows(int count, int width) => tensor(Samples.Floats(count * width, 1), count, width);

    private static Tensor Doubles(int count, int width) => Rows(count, width).to(ScalarType.Float64);

    private static TrainingBatch Batch(bool shared = false) => new([1, 4], [3, 2], [0, 6], shared);

    private static InteractionGraph Cold() => new(new InteractionSet(6, 7, [(0, 1), (2, 3)]));
}
