using DRepMRec.Evaluation;
using DRepMRec.Internals;
using DRepMRec.Losses;
using DRepMRec.Training;

namespace DRepMRec;

/// <summary>Options of the <see cref="Trainer"/>.</summary>
/// <example><code>var options = new TrainerOptions { MaxEpochs = 200, Adam = new AdamOptions { LearningRate = 0.002 } };</code></example>
public sealed record TrainerOptions
{
    /// <summary>The most epochs.</summary>
    /// <value>At least 1. The default is 1000; early stopping ends most trainings long before.</value>
    public int MaxEpochs { get; init => field = Guard.Positive(value); } = 1000;

    /// <summary>The number of interactions per batch B.</summary>
    /// <value>
    /// At least 1. The default, <see langword="null"/>, follows the data: the smallest power of two of which at most 32 make an epoch, but
    /// at least 32 and at most 2,048 (from 32,769 interactions on), by all training interactions, whatever
    /// <see cref="InteractionsPerUser"/> leaves of them. So an epoch, the unit of <see cref="Patience"/>, has enough steps to
    /// learn something in a small shop too.
    /// </value>
    public int? BatchSize { get; init => field = value is { } size ? Guard.Positive(size) : null; }

    /// <summary>The most interactions of one user in an epoch; of more, as many are drawn anew each epoch, to curb heavy users.</summary>
    /// <value>0 for all of them (the default), or more.</value>
    public int InteractionsPerUser { get; init => field = Guard.NotNegative(value); }

    /// <summary>Adam and its learning rate.</summary>
    public AdamOptions Adam { get; init => field = Guard.NotNull(value); } = new();

    /// <summary>How the learning rate changes over epochs.</summary>
    /// <value>The default is <see cref="LearningRateSchedule.Constant"/>.</value>
    public LearningRateSchedule Schedule { get; init => field = Guard.NotNull(value); } = new LearningRateSchedule.Constant();

    /// <summary>The weight of half the sum of squares of the batch's <see cref="EncoderOutput.Ego"/>, divided by the batch size.</summary>
    /// <value>0 (off) or above. The default is 1e-4.</value>
    public double L2 { get; init => field = Guard.NotNegative(value); } = 1e-4;

    /// <summary>Where negatives come from.</summary>
    public NegativeSampling Negatives { get; init => field = Guard.NotNull(value); } = new();

    /// <summary>The validation metric that decides when to stop and which weights are best.</summary>
    /// <value>The default is Recall@20.</value>
    public RankingMetric StoppingMetric { get; init => field = RankingMetric.RequireCutOffs([value])[0]; } = RankingMetric.Recall(20);

    /// <summary>How many epochs without a better validation figure end the training.</summary>
    /// <value>At least 1. The default is 20.</value>
    public int Patience { get; init => field = Guard.Positive(value); } = 20;

    /// <summary>After how many epochs the model is evaluated on validation.</summary>
    /// <value>At least 1. The default is 1.</value>
    public int EvaluateEvery { get; init => field = Guard.Positive(value); } = 1;

    /// <summary>How models are evaluated. <see cref="Threads"/> takes the place of its number of threads.</summary>
    public EvaluationOptions Evaluation { get; init => field = Guard.NotNull(value); } = new();

    /// <summary>The seed of shuffling and of negatives. Weights have seeds of their own.</summary>
    /// <value>The default is 2024.</value>
    public int Seed { get; init; } = 2024;

    /// <summary>The most threads that the training's kernels and evaluations use. libtorch itself always uses one.</summary>
    /// <value>At least 1. The default is the number of processors.</value>
    public int Threads { get; init => field = Guard.Positive(value); } = Environment.ProcessorCount;

    /// <summary>
    /// Whether the C allocator keeps freed blocks of up to 32 MB for the next step, instead of handing them back to the system, which
    /// clears every page of them again: about a fifth of the time of a step with content.
    /// </summary>
    /// <value>The default is <see langword="false"/>. Results don't depend on it.</value>
    /// <remarks>
    /// For programs that own their process: it sets M_MMAP_THRESHOLD and M_TRIM_THRESHOLD of glibc for the whole process, and nothing puts
    /// them back. At the end of each training what is free then is handed back. Elsewhere than on Linux with glibc, and where the
    /// environment has MALLOC_TRIM_THRESHOLD_ or MALLOC_MMAP_THRESHOLD_, nothing is done.
    /// </remarks>
    public bool KeepFreedMemory { get; init; }

    /// <summary>
    /// Whether <see cref="TrainingReport.ToEarlierModel"/> has the moments of Adam, as they are at the end of the training, too: twice the
    /// size of the weights.
    /// </summary>
    /// <value>The default is <see langword="false"/>. Results don't depend on it.</value>
    /// <remarks>No weight may have more than 2,147,483,647 bytes: such a training is refused before its first epoch.</remarks>
    public bool KeepMoments { get; init; }

    /// <summary>Where the state of the training is kept, so that it can be stopped or killed and go on later.</summary>
    /// <value>The default, <see langword="null"/>, keeps none.</value>
    public CheckpointOptions? Checkpoint { get; init; }

    /// <summary>These options with the batch size for so many training interactions, if they leave it open.</summary>
    internal TrainerOptions For(int interactions)
        => BatchSize is not null ? this : this with { BatchSize = BatchSampler.SizeFor(interactions) };
}
