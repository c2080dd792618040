using DRepMRec.Kernels;
using TorchSharp;

namespace DRepMRec.Tests.Support;

/// <summary>Counts the tensors that this thread made and didn't dispose.</summary>
internal static class LiveTensors
{
    public static long Count => DisposeScopeManager.Statistics.ThreadTotalLiveCount;

    /// <summary>
    /// Asserts that no more tensors are alive than before. Sparse tensors, which libtorch's side makes of graphs, live as long as these.
    /// </summary>
    public static void ShouldBe(long before)
    {
        if (!OwnKernels.AreOff)
            Count.Should().Be(before);
    }

    /// <summary>Runs something three times and asserts that, after the first time, no more tensors are alive than before.</summary>
    public static void ShouldNotGrow(Action action)
    {
        action();
        long before = Count;
        action();
        action();
        Count.Should().Be(before, "each tensor made in a step must be gone after it");
    }
}
