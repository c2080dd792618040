using System.Numerics;
using System.Runtime.InteropServices;
using DRepMRec.Kernels;
using DRepMRec.Training;

namespace DRepMRec.Tests.Training;

/// <summary>What processes must have alike to train together, and what a checkpoint is told from another by.</summary>
public sealed class TrainingFingerprintTests : CheckpointTestBase
{
    [Fact]
    public void Processes_are_told_apart_by_all_that_their_kernels_round_by_and_checkpoints_are_not()
    {
        using DRepMRecModel model = Create("DRepMRec");
        TrainingFingerprint.OfPeer(model, Board, Options, null)["Instructions"].Should()
            .Be($"{RuntimeInformation.ProcessArchitecture}, {SimdPaths.Best}, vectors of {Vector<float>.Count}");
        TrainingFingerprint.Of(model, Board, Options).Should().NotContainKey("Instructions")
            .And.NotContainValue(SimdPaths.Processor);
    }
}
