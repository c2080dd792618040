namespace DRepMRec.Training;

/// <summary>
/// Trainer options for graphs of any size. A step of LightGCN reaches most of the graph however small its batch is, so the time of an epoch
/// grows with the number of its batches: batches grow with the graph, and the learning rate with the square root of the batch.
/// </summary>
public static class LargeGraphRecipe
{
    private const int UsualBatch = 2048;
    private const int UsualInteractions = 60_000;
    private const int MaxBatch = 1 << 16;

    /// <summary>
    /// Options with a power of two from 4,096 to 65,536 as batch, for about 30 batches an epoch, and its learning rate; of up to about
    /// 85,000 interactions those that are given, whose batch follows the data anyway.
    /// </summary>
    /// <param name="interactions">The number of training interactions, at least 1.</param>
    /// <param name="options">All other options, <see langword="null"/> for the defaults; the learning rate is for batches of 2,048.</param>
    public static TrainerOptions Options(int interactions, TrainerOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(interactions);
        options ??= new TrainerOptions();
        double wanted = Math.Clamp((double)UsualBatch * interactions / UsualInteractions, UsualBatch, MaxBatch);
        int batch = 1 << (int)Math.Round(Math.Log2(wanted));
        if (batch == UsualBatch)
            return options;
        double rate = options.Adam.LearningRate * Math.Sqrt((double)batch / UsualBatch);
        return options with { BatchSize = batch, Adam = options.Adam with { LearningRate = rate } };
    }
}
