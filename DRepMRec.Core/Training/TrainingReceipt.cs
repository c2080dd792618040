using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using DRepMRec.Data;
using DRepMRec.Internals;
using DRepMRec.Kernels;
using DRepMRec.Serving;
using TorchSharp;

namespace DRepMRec.Training;

/// <summary>
/// What a training was made of and what came out of it, so that anybody who has the data can do it again and see that it gives the same
/// bits: that a model was trained without somebody's data is then more than a promise.
/// </summary>
/// <remarks>
/// Users and items are trained in the order of their ids (<see cref="RecDataset.InIdOrder"/>), so that the weights follow from the data and
/// the options alone. They are the same for any number of threads; another kind of processor, or another version of the library or of
/// libtorch, may round otherwise, and is named. The receipt has no id of a user or an item. Written and read by <c>DRepMRecJson</c>.
/// </remarks>
/// <example>
/// <code>
/// var (recommender, receipt) = TrainingReceipt.Train(data.WithoutUsers(["ann"]), before: data);
/// File.WriteAllText("receipt.json", DRepMRecJson.Write(receipt));
/// ReceiptReplay replay = DRepMRecJson.Read&lt;TrainingReceipt&gt;(File.ReadAllText("receipt.json")).Replay(data.WithoutUsers(["ann"]));
/// </code>
/// </example>
public sealed record TrainingReceipt
{
    [JsonConstructor]
    internal TrainingReceipt()
    {
    }

    /// <summary>The version of the library.</summary>
    public required string Library { get; init; }

    /// <summary>The version of TorchSharp.</summary>
    public required string Torch { get; init; }

    /// <summary>The kind of processor, as far as results depend on it: its architecture and the instructions that are used.</summary>
    public required string Processor { get; init; }

    /// <summary>The <see cref="RecDataset.Checksum"/> of the dataset before, where somebody was left out of it.</summary>
    public string? DataBefore { get; init; }

    /// <summary>How many users were left out.</summary>
    public int LeftOutUsers { get; init; }

    /// <summary>The <see cref="RecDataset.Checksum"/> of the dataset that was trained on.</summary>
    public required string Data { get; init; }

    /// <summary>The options of the model, its seed included.</summary>
    public required DRepMRecOptions Model { get; init; }

    /// <summary>The options of the training, its seed included, without checkpoint and threads, which don't matter to the result.</summary>
    public required TrainerOptions Training { get; init; }

    /// <summary>
    /// The SHA-256 of the weights, in 64 lower-case hexadecimal digits: of every tensor's name, type, shape and bytes, in the order of
    /// their names, and of the item-to-item part, if there is one.
    /// </summary>
    public required string Weights { get; init; }

    /// <summary>Trains DRepMRec, or LightGCN alone, as the options have it, and writes down what it was made of.</summary>
    /// <param name="data">The dataset.</param>
    /// <param name="model">The options of the model, or <see langword="null"/> for the defaults.</param>
    /// <param name="training">The options of the training, or <see langword="null"/> for the defaults.</param>
    /// <param name="before">The dataset before users were left out, or <see langword="null"/>.</param>
    /// <param name="serving">The parts that go along, or <see langword="null"/> for the defaults.</param>
    /// <param name="progress">As of <see cref="Trainer.Fit"/>.</param>
    /// <param name="cancellationToken">Stops within a batch.</param>
    /// <exception cref="ArgumentException">
    /// The training has a checkpoint, which may come from elsewhere; or the dataset before lacks a user.
    /// </exception>
    [RequiresUnreferencedCode(Untrimmed.Message)]
    public static (Recommender Recommender, TrainingReceipt Receipt) Train(
        RecDataset data, DRepMRecOptions? model = null, TrainerOptions? training = null, RecDataset? before = null,
        RecommenderOptions? serving = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        (model, training) = (model ?? new DRepMRecOptions(), training ?? new TrainerOptions());
        if (training.Checkpoint is not null)
        {
            throw new ArgumentException(
                $"Expected no {nameof(TrainerOptions)}.{nameof(TrainerOptions.Checkpoint)}: what a training goes on from isn't in the "
                + "receipt.", nameof(training));
        }

        if (before is not null && data.Users.Ids.FirstOrDefault(id => !before.Users.TryGetIndex(id, out _)) is { } unknown)
        {
            throw new ArgumentException($"Expected all users of the dataset in the one before, as those that it has beside them were left "
                + $"out; it lacks {Shown.Text(unknown)}.", nameof(before));
        }

        RecDataset ordered = data.InIdOrder();
        using DRepMRecModel trained = DRepMRecModel.Create(ordered, model);
        TrainingReport report = new Trainer(trained, ordered, training).Fit(progress, cancellationToken);
        var receipt = new TrainingReceipt
        {
            Library = ModelManifest.ThisLibrary,
            Torch = typeof(torch).Assembly.GetName().Version!.ToString(3),
            Processor = SimdPaths.Processor,
            DataBefore = before?.Checksum,
            LeftOutUsers = before is null ? 0 : before.Users.Count - data.Users.Count,
            Data = ordered.Checksum,
            Model = model,
            Training = training with { Threads = 1 },
            Weights = WeightsHash.Of(trained),
        };
        return (report.BuildRecommender(serving), receipt);
    }

    /// <summary>Does the training again, on data that should be the same.</summary>
    /// <param name="data">The dataset.</param>
    /// <param name="threads">The most threads, or <see langword="null"/> for all; the result doesn't depend on it.</param>
    /// <param name="progress">As of <see cref="Trainer.Fit"/>.</param>
    /// <param name="cancellationToken">Stops within a batch.</param>
    /// <returns>What came out, and where it differs.</returns>
    [RequiresUnreferencedCode(Untrimmed.Message)]
    public ReceiptReplay Replay(
        RecDataset data, int? threads = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        TrainerOptions training = Training with { Threads = threads ?? Environment.ProcessorCount };
        var (recommender, receipt) = Train(data, Model, training, progress: progress, cancellationToken: cancellationToken);
        return new ReceiptReplay(this, receipt, recommender);
    }
}
