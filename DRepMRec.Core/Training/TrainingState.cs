using System.Diagnostics;
using DRepMRec.Evaluation;

namespace DRepMRec.Training;

/// <summary>All that changes in a training and goes into checkpoints. Random draws follow from seed, epoch and batch alone.</summary>
internal sealed class TrainingState(DRepMRecModel model, TrainerOptions options) : IDisposable
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    public DRepMRecModel Model => model;

    public AdamOptimizer Optimizer { get; } = new(model.parameters(), options.Adam);

    public BestWeights Best { get; } = new(model);

    public EarlyStopping Stopping { get; } = new(options.StoppingMetric, options.Patience);

    /// <summary>The epochs that are complete. Only the best has values per user.</summary>
    public List<EpochReport> History { get; } = [];

    /// <summary>The epoch that is under way, from 1.</summary>
    public int Epoch => History.Count + 1;

    /// <summary>The number of batches done in the epoch that is under way.</summary>
    public int Batch { get; private set; }

    /// <summary>The losses of the epoch that is under way, so far.</summary>
    public LossMeans Losses { get; private set; } = new();

    /// <summary>The loss of the very first batch, against which divergence is measured.</summary>
    public double? FirstLoss { get; private set; }

    /// <summary>The time that training took, over all processes.</summary>
    public TimeSpan Elapsed => ElapsedBefore + _clock.Elapsed;

    /// <summary>The part of <see cref="Elapsed"/> before this process, and how much of it went into the epoch that is under way.</summary>
    public TimeSpan ElapsedBefore { get; private set; }

    /// <summary>When the epoch that is under way began, by <see cref="Elapsed"/>.</summary>
    public TimeSpan EpochStart { get; private set; }

    public bool IsComplete => Stopping.ShouldStop || History.Count >= options.MaxEpochs;

    /// <summary>Leaves what has taken its time since then, by <see cref="Elapsed"/>, out of the epoch that is under way.</summary>
    public void LeaveOut(TimeSpan since) => EpochStart += Elapsed - since;

    /// <summary>Refuses weights that take gradients and that no step would change: at first they weren't there, or were frozen.</summary>
    /// <exception cref="InvalidOperationException">There are such weights.</exception>
    public void ThrowIfLeftOut()
    {
        string[] names =
        [
            .. model.named_parameters().Where(p => p.parameter.requires_grad && !Optimizer.Has(p.parameter)).Select(p => $"'{p.name}'"),
        ];
        if (names.Length > 0)
        {
            throw new InvalidOperationException(
                $"The weights {string.Join(", ", names)} take gradients since after the training began, and would never be trained: create "
                + "them in the constructor of their part, and freeze or unfreeze them between trainings.");
        }
    }

    public void CompleteBatch(StepLoss loss)
    {
        FirstLoss ??= loss.Values["loss"];
        Losses.Add(loss.Values);
        Batch++;
    }

    /// <summary>Ends the epoch that is under way.</summary>
    /// <returns>Whether its validation figures are the best so far.</returns>
    public bool CompleteEpoch(EvaluationResult? validation, TimeSpan trainingTime)
    {
        int? before = Stopping.BestEpoch;
        bool best = validation is not null && Stopping.Update(Epoch, validation);
        if (best)
        {
            Best.Take();
            if (before is { } epoch)
                History[epoch - 1] = History[epoch - 1] with { Validation = History[epoch - 1].Validation?.WithoutUsers() };
        }

        History.Add(new EpochReport
        {
            Epoch = Epoch,
            Losses = Losses.ToDictionary(),
            Validation = best ? validation : validation?.WithoutUsers(),
            TrainingTime = trainingTime,
            EvaluationTime = Elapsed - EpochStart - trainingTime,
        });
        Begin(0, new LossMeans(), Elapsed);
        return best;
    }

    /// <summary>Where the training is, to be reported.</summary>
    public TrainingProgress Progress(
        int epoch,
        int batch,
        int batches,
        IReadOnlyDictionary<string, double> losses,
        EvaluationResult? validation = null,
        bool best = false)
        => new()
        {
            Epoch = epoch,
            Epochs = options.MaxEpochs,
            Batch = batch,
            Batches = batches,
            Losses = losses,
            Validation = validation,
            Best = best,
            Elapsed = Elapsed,
            BestEpoch = Stopping.BestEpoch,
            BestValue = Stopping.BestEpoch is null ? null : Stopping.BestValue,
            PatienceLeft = Stopping.BestEpoch is { } bestEpoch ? bestEpoch + options.Patience - epoch : null,
        };

    /// <summary>Takes another process's place; the caller puts weights, moments and best weights into their tensors.</summary>
    public void GoOn(IEnumerable<EpochReport> history, double? firstLoss, TimeSpan elapsed)
    {
        foreach (EpochReport epoch in history)
        {
            History.Add(epoch);
            if (epoch.Validation is not null)
                Stopping.Update(epoch.Epoch, epoch.Validation);
        }

        FirstLoss = firstLoss;
        ElapsedBefore = elapsed;
    }

    /// <summary>Takes a place within the epoch that is under way.</summary>
    public void Begin(int batch, LossMeans losses, TimeSpan start) => (Batch, Losses, EpochStart) = (batch, losses, start);

    public void Dispose()
    {
        Optimizer.Dispose();
        Best.Dispose();
    }
}
