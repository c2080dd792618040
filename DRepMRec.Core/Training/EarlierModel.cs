using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using DRepMRec.Collectives;
using DRepMRec.Data;
using DRepMRec.Internals;
using DRepMRec.Serving;
using static TorchSharp.torch;

namespace DRepMRec.Training;

/// <summary>The weights of a model with the ids that its rows are of, for a later training to begin from.</summary>
/// <remarks>
/// What is trained from it needs the same parts and options, and features that the same encoders made; a model file has those
/// (<see cref="Recommender.Encoders"/>). Holds a copy, and no native memory. Immutable and safe for use by many threads.
/// </remarks>
/// <example>
/// <code>
/// report.ToEarlierModel().Save("yesterday.weights");
/// var trainer = new Trainer(model, data, options);
/// trainer.StartFrom(EarlierModel.Load("yesterday.weights"));
/// TrainingReport today = trainer.Fit();
/// </code>
/// </example>
public sealed class EarlierModel
{
    private const string FormatKey = "drepmrec.weights";
    private const string Format = "1";
    private const string UserIds = "ids.users";
    private const string ItemIds = "ids.items";
    private const string TrainedNames = "trained";
    private const string NamesOfMoments = "moments";
    private const string StepsKey = "steps";
    private const string MomentPrefix = "adam.";
    private const string WeightPrefix = "weights.";

    private EarlierModel(
        IdMap users, IdMap items, IReadOnlyDictionary<string, SafeTensor> weights, IReadOnlyList<SafeTensor> moments,
        IEnumerable<string>? withMoments, IEnumerable<string>? trained, int steps)
    {
        (Users, Items, Weights, Moments, Steps) = (users, items, weights, moments, steps);
        WithMoments = withMoments?.ToHashSet();
        Trained = trained?.ToHashSet();
        Checksum = WeightsHash.Of(weights.Values);
    }

    /// <summary>The users that rows are of, in their order.</summary>
    public IdMap Users { get; }

    /// <summary>The items that rows are of, in their order.</summary>
    public IdMap Items { get; }

    /// <summary>The SHA-256 of the weights, in 64 lower-case hexadecimal digits.</summary>
    public string Checksum { get; }

    /// <summary>Whether it has the moments of Adam.</summary>
    public bool HasMoments => Moments.Count > 0;

    /// <summary>The steps that Adam had made.</summary>
    internal int Steps { get; }

    /// <summary>The weights by name.</summary>
    internal IReadOnlyDictionary<string, SafeTensor> Weights { get; }

    /// <summary>The first and the second moment of each parameter in turn; none where they weren't kept.</summary>
    internal IReadOnlyList<SafeTensor> Moments { get; }

    /// <summary>What tells the moments from others of the same weights: those of another number of steps, or of another epoch.</summary>
    internal string ChecksumOfMoments // Their names depend on where they were read from.
        => $"{WeightsHash.Of(Moments.Select((moment, n) => moment with { Name = $"{n:D6}" }))} after {Steps} steps";

    /// <summary>The weights that moments are of, by name; <see langword="null"/> where that isn't known.</summary>
    internal IReadOnlySet<string>? WithMoments { get; }

    /// <summary>The weights that some training has changed, by name; <see langword="null"/> where that isn't known.</summary>
    internal IReadOnlySet<string>? Trained { get; }

    /// <summary>Copies the weights of a model as they are; of processes that train together, on each those of all.</summary>
    /// <param name="model">The model. It stays the caller's.</param>
    /// <param name="data">The dataset that it was made for.</param>
    /// <exception cref="ArgumentException">The dataset isn't the model's.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="InvalidOperationException">A weight has more than 2,147,483,647 bytes.</exception>
    [RequiresUnreferencedCode(Untrimmed.Message)]
    public static EarlierModel Of(DRepMRecModel model, RecDataset data) => Of(model, data, null);

    /// <param name="model">The model.</param>
    /// <param name="data">Its dataset.</param>
    /// <param name="optimizer">Its optimiser, whose moments are kept too; <see langword="null"/> for none.</param>
    [RequiresUnreferencedCode(Untrimmed.Message)]
    internal static EarlierModel Of(DRepMRecModel model, RecDataset data, AdamOptimizer? optimizer)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        model.ThrowIfUnusable();
        if (!ReferenceEquals(model.Graph.Interactions, data.Train))
        {
            throw new ArgumentException(
                $"The model was made for another training set ({model.Graph}) than that of the dataset {Shown.Text(data.Name)}.",
                nameof(data));
        }

        Dictionary<string, ColumnShare> shares = Checkpoint.SharesOf(model);
        return new EarlierModel(
            data.Users, data.Items,
            model.state_dict().ToDictionary(w => w.Key, w => Copy(w.Key, w.Value, shares.GetValueOrDefault(w.Key))),
            [.. optimizer?.Moments.Zip(optimizer.SharesOfMoments, (moment, share) => Copy("", moment, share)) ?? []],
            optimizer is null ? null : model.TrainableNames, model.TrainedNames.Union(model.TrainableNames), optimizer?.StepCount ?? 0);
    }

    /// <summary>Loads what <see cref="Save"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FormatException">The file isn't one, is damaged, or was written by a newer version.</exception>
    public static EarlierModel Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using WatchedFile stream = Files.OpenRead(path);
        try
        {
            var (metadata, tensors) = Safetensors.Read(stream, path);
            if (metadata.GetValueOrDefault(FormatKey) is not Format)
            {
                throw new FormatException($"expected the weights of a model in format {Format}, as {nameof(EarlierModel)}.{nameof(Save)} "
                    + $"writes them, got {Shown.Text(metadata.GetValueOrDefault(FormatKey) ?? "something else")}");
            }

            TensorChecksum.ThrowIfDamaged(metadata, tensors);
            return new EarlierModel(
                Ids(tensors, UserIds), Ids(tensors, ItemIds),
                tensors.Where(t => t.Key.StartsWith(WeightPrefix, StringComparison.Ordinal))
                    .ToDictionary(t => t.Key[WeightPrefix.Length..], t => t.Value with { Name = t.Key[WeightPrefix.Length..] }),
                [.. tensors.Where(t => t.Key.StartsWith(MomentPrefix, StringComparison.Ordinal))
                    .OrderBy(t => int.Parse(t.Key.AsSpan(MomentPrefix.Length), CultureInfo.InvariantCulture)).Select(t => t.Value)],
                Names(tensors, NamesOfMoments), Names(tensors, TrainedNames),
                int.Parse(metadata.GetValueOrDefault(StepsKey, "0"), CultureInfo.InvariantCulture));
        }
        catch (SafetensorsException e)
        {
            throw new FormatException(e.Message, e);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or OverflowException or JsonException)
        {
            throw new FormatException($"{Shown.Name(path)}: {Shown.Message(e.Message)}", e);
        }
    }

    /// <summary>Reads the weights out of the checkpoint of a training: of its best epoch where there is one, else its last ones.</summary>
    /// <remarks>
    /// A checkpoint has no ids: the dataset must be the one of that training. Its moments are those of the last step. Where the file is
    /// damaged or missing, the one before it is read, as by a training that goes on.
    /// </remarks>
    /// <param name="path">The file that <see cref="CheckpointOptions.Path"/> named.</param>
    /// <param name="data">The dataset that the training was over.</param>
    /// <exception cref="CheckpointFormatException">
    /// The file isn't a checkpoint, or is damaged, and so is the one before it; or it was written by a newer version.
    /// </exception>
    /// <exception cref="CheckpointMismatchException">It is of a training over another dataset.</exception>
    /// <exception cref="FileNotFoundException">There is neither.</exception>
    [RequiresUnreferencedCode(Untrimmed.Message)]
    public static EarlierModel LoadCheckpoint(string path, RecDataset data)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(data);
        var (manifest, tensors, file) = CheckpointFile.ReadNewest(AtomicFiles.Target(path), out _)
            ?? throw new FileNotFoundException($"There is no checkpoint {Shown.Name(path)}.", path);
        Dictionary<string, string> dataset = TrainingFingerprint.OfDataset(data);
        CheckpointDifference[] differences =
            [.. TrainingFingerprint.Compare(manifest.Training, dataset).Where(difference => dataset.ContainsKey(difference.Field))];
        if (differences.Length > 0)
            throw new CheckpointMismatchException(file, differences);
        string own = tensors.Keys.Any(name => name.StartsWith(Checkpoint.Best, StringComparison.Ordinal))
            ? Checkpoint.Best : Checkpoint.Weight;
        return new EarlierModel(
            data.Users, data.Items,
            tensors.Where(t => t.Key.StartsWith(own, StringComparison.Ordinal))
                .ToDictionary(t => t.Key[own.Length..], t => t.Value with { Name = t.Key[own.Length..] }),
            [.. tensors.Where(t => t.Key.StartsWith(Checkpoint.Moment, StringComparison.Ordinal))
                .OrderBy(t => int.Parse(t.Key.AsSpan(Checkpoint.Moment.Length), CultureInfo.InvariantCulture)).Select(t => t.Value)],
            TrainingFingerprint.Trained(manifest.Training),

            // What an earlier training changed isn't known.
            manifest.Training.ContainsKey(TrainingFingerprint.StartedFrom) ? null : TrainingFingerprint.Trained(manifest.Training),
            manifest.Steps);
    }

    /// <summary>Writes ids, weights and, where they were kept, moments to one safetensors file, which is whole or as it was.</summary>
    /// <param name="path">The file, in an existing folder; replaced if it exists.</param>
    /// <exception cref="IOException">The folder doesn't exist, or the file can't be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = Path.GetFullPath(path);
        var metadata = new Dictionary<string, string> { [FormatKey] = Format, [StepsKey] = Steps.ToString(CultureInfo.InvariantCulture) };
        SafeTensor[] tensors =
        [
            .. Weights.Values.Select(w => w with { Name = WeightPrefix + w.Name }),
            .. Moments.Select((m, n) => m with { Name = FormattableString.Invariant($"{MomentPrefix}{n}") }),
            .. Names(NamesOfMoments, WithMoments), .. Names(TrainedNames, Trained),
            Text(UserIds, Users.Ids), Text(ItemIds, Items.Ids),
        ];
        AtomicFiles.Write(Path.GetDirectoryName(full)!, new Dictionary<string, Action<Stream>>
        {
            [Path.GetFileName(full)] = stream => TensorChecksum.Write(stream, metadata, tensors),
        });
    }

    /// <summary>A copy of a tensor, or of the whole that it has a share of.</summary>
    internal static SafeTensor Copy(string name, Tensor tensor, ColumnShare? share)
    {
        using var scope = NewDisposeScope();
        SafeTensor lent = TensorBytes.Of(name, share?.Gather(tensor) ?? tensor);
        return lent with { Data = lent.Data.ToArray() };
    }

    // Ids have neither limits nor characters of their own, so they stand behind each other as JSON.
    private static SafeTensor Text(string name, IEnumerable<string> texts)
        => SafeTensor.Of(name, JsonSerializer.SerializeToUtf8Bytes(texts, ModelFileJson.Default.IEnumerableString));

    private static IEnumerable<SafeTensor> Names(string name, IReadOnlySet<string>? names) => names is null ? [] : [Text(name, names)];

    private static IEnumerable<string>? Names(IReadOnlyDictionary<string, SafeTensor> tensors, string name)
        => tensors.TryGetValue(name, out SafeTensor? names) ? Texts(names) : null;

    private static IEnumerable<string> Texts(SafeTensor text)
        => JsonSerializer.Deserialize(text.Data.Span, ModelFileJson.Default.IEnumerableString) ?? [];

    private static IdMap Ids(IReadOnlyDictionary<string, SafeTensor> tensors, string name)
        => tensors.TryGetValue(name, out SafeTensor? text)
            ? new IdMap(Texts(text))
            : throw new FormatException($"the array '{name}' is missing");
}
