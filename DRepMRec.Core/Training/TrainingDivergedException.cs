using DRepMRec.Collectives;
using TorchSharp;

namespace DRepMRec.Training;

/// <summary>
/// A loss became NaN, infinite or a million times the first batch's. The model has the best weights before or, where nothing was evaluated,
/// those that the training began or went on with.
/// </summary>
public sealed class TrainingDivergedException : Exception
{
    private const double Factor = 1e6;

    /// <summary>A validation came upon representations that aren't finite: the last step of the epoch spoiled them.</summary>
    internal TrainingDivergedException(TrainingState state, NotFiniteNumberException cause)
        : this(
            state.Epoch, state.Batch, state.Losses.ToDictionary(),
            $"The representations after epoch {state.Epoch} aren't finite ({cause.Message}); the means of the epoch are", cause)
    {
    }

    private TrainingDivergedException(
        int epoch, int batch, IReadOnlyDictionary<string, double> losses, string what, Exception? cause = null)
        : base(
            $"{what} {string.Join(", ", losses.Select(l => FormattableString.Invariant($"{l.Key} {l.Value:G6}")))}. "
            + "A lower learning rate or a lower weight of the term that grew may help.", cause)
    {
        Epoch = epoch;
        Batch = batch;
        Losses = losses;
    }

    /// <summary>Refuses a loss that isn't finite or a million times the first: gradients whose squares overflow freeze weights.</summary>
    internal static void ThrowIfDiverged(TrainingState state, IReadOnlyDictionary<string, double> losses)
    {
        int epoch = state.Epoch, batch = state.Batch + 1;
        if (losses.Values.Any(v => !double.IsFinite(v)))
            throw new TrainingDivergedException(epoch, batch, losses, $"The loss of epoch {epoch}, batch {batch} isn't finite:");
        if (state.FirstLoss is { } first && Math.Abs(losses["loss"]) > Factor * Math.Max(1, Math.Abs(first)))
        {
            throw new TrainingDivergedException(epoch, batch, losses, FormattableString.Invariant(
                $"The loss of epoch {epoch}, batch {batch} is more than a million times that of the first batch, {first:G6}:"));
        }
    }

    /// <summary>Refuses trained weights that aren't finite after an epoch, where no validation has come upon them.</summary>
    internal static void ThrowIfSpoiled(TrainingState state, DRepMRecModel model, TrainingPeers peers)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        string? spoiled = model.named_parameters()
            .FirstOrDefault(p => p.parameter.requires_grad && !p.parameter.isfinite().all().item<bool>()).name;
        bool[] all = peers.Collective?.AllGather(spoiled is not null) ?? [spoiled is not null];
        if (all.Contains(true))
            throw new TrainingDivergedException(state, new NotFiniteNumberException($"the weight {spoiled ?? "of another process"}"));
    }

    /// <summary>The epoch, from 1.</summary>
    public int Epoch { get; }

    /// <summary>The batch within the epoch, from 1.</summary>
    public int Batch { get; }

    /// <summary>Each loss term, unweighted, by name: of that batch, or the epoch's mean where a validation found the divergence.</summary>
    public IReadOnlyDictionary<string, double> Losses { get; }
}
