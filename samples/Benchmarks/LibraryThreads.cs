using DRepMRec;
using DRepMRec.Data;

namespace Benchmarks;

/// <summary>Sets how many threads the library's kernels use, as the trainer does.</summary>
internal static class LibraryThreads
{
    public static void Set(int threads)
    {
        RecDataset data = SyntheticDataset.Create(new SyntheticOptions { Users = 20, Items = 10, Clusters = 2, Modalities = [] }).Data;
        using var model = DRepMRecModel.Create(data, DRepMRecOptions.LightGcn);
        new Trainer(model, data, new TrainerOptions { MaxEpochs = 1, Threads = threads }).Fit();
    }
}
