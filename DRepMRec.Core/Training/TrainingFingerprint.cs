using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using DRepMRec.Collectives;
using DRepMRec.Data;
using DRepMRec.Internals;
using DRepMRec.Kernels;
using TorchSharp;

namespace DRepMRec.Training;

/// <summary>
/// What tells one training from another, field by field: the dataset, the model, and all options that its result depends on. How many
/// threads there are, and what the allocator keeps, doesn't matter to the result.
/// </summary>
internal static class TrainingFingerprint
{
    /// <summary>The field that says which earlier model a training began from, if it did.</summary>
    public const string StartedFrom = "WarmStart.From";

    private const string Weights = "Weights.";
    private const string Frozen = ", frozen";

    [RequiresUnreferencedCode(Untrimmed.Message)]
    public static Dictionary<string, string> Of(
        DRepMRecModel model, RecDataset data, TrainerOptions options, WarmStartReport? started = null)
    {
        Dictionary<string, string> fields = OfDataset(data);
        fields["Library"] = $"DRepMRec.Core {Version(typeof(TrainingFingerprint))}, TorchSharp {Version(typeof(torch))}";
        foreach (ItemFeatures features in data.Features)
            fields[$"Dataset.{features.Modality}"] = Describe(features);

        OptionFields.Add(fields, "Trainer", options with { Checkpoint = null });
        foreach (string name in new[] { "Trainer.Checkpoint", "Trainer.Threads", "Trainer.Evaluation.Threads", "Trainer.KeepFreedMemory",
            "Trainer.KeepMoments" })
            fields.Remove(name);
        if (options.Evaluation.ListMetrics.Count == 0)
            fields.Remove("Trainer.Evaluation.ListMetrics");

        // More epochs than planned are as if they had been planned, unless the end already shows before: in the learning rate, or in an
        // evaluation out of turn.
        if (!options.Schedule.DependsOnEpochs && options.MaxEpochs % options.EvaluateEvery == 0)
            fields["Trainer.MaxEpochs"] = "a multiple of EvaluateEvery";

        foreach (var (name, value) in model.Description)
            OptionFields.Add(fields, $"Model.{name}", value);
        foreach (var (name, features) in model.FeaturesOfParts)
        {
            OptionFields.Add(fields, $"Model.{name}.Features", new { features.Scaling, features.Components });
            foreach (ItemFeatures source in features.Sources)
                fields[$"Model.{name}.Features.{source.Modality}"] = Describe(source);
        }

        if (started is not null)
        {
            fields[StartedFrom] = started.From;
            OptionFields.Add(fields, "WarmStart", started.Options);
            if (started.MomentsFrom is { } moments)
                fields["WarmStart.MomentsFrom"] = moments;
        }

        Dictionary<string, ColumnShare> shares = Checkpoint.SharesOf(model);
        HashSet<string> frozen = [.. model.named_parameters().Where(p => !p.parameter.requires_grad).Select(p => p.name)];
        foreach (var (name, weights) in model.state_dict())
        {
            // Moments are kept by place, and only weights that are trained have some.
            fields[Weights + name] = TensorBytes.Describe(weights, shares.GetValueOrDefault(name)?.WholeShape(weights.shape))
                + (frozen.Contains(name) ? Frozen : "");
        }

        return fields;
    }

    /// <summary>The weights and buffers of a training's fields that aren't frozen, by name.</summary>
    public static IEnumerable<string> Trained(IReadOnlyDictionary<string, string> fields)
        => fields.Where(f => f.Key.StartsWith(Weights, StringComparison.Ordinal) && !f.Value.EndsWith(Frozen, StringComparison.Ordinal))
            .Select(f => f.Key[Weights.Length..]);

    /// <summary>Which users, items and interactions there are.</summary>
    public static Dictionary<string, string> OfDataset(RecDataset data) => new()
    {
        ["Dataset.Users"] = $"{data.Users.Count} ({Hash(data.Users)})",
        ["Dataset.Items"] = $"{data.Items.Count} ({Hash(data.Items)})",
        ["Dataset.Split"] = data.SplitChecksum,
    };

    /// <summary>
    /// What processes must have alike to train together: all of that, when they validate, keep checkpoints and end, and what they exchange
    /// then.
    /// </summary>
    [RequiresUnreferencedCode(Untrimmed.Message)]
    public static Dictionary<string, string> OfPeer(
        DRepMRecModel model, RecDataset data, TrainerOptions options, WarmStartReport? started)
    {
        Dictionary<string, string> fields = Of(model, data, options, started);
        fields["Trainer.MaxEpochs"] = $"{options.MaxEpochs}";
        fields["Trainer.KeepMoments"] = $"{options.KeepMoments}";
        fields["Trainer.Checkpoint.EveryEpochs"] = $"{options.Checkpoint?.EveryEpochs}";
        fields["Trainer.Checkpoint.Resume"] = $"{options.Checkpoint?.Resume}";
        fields["Model.Weights"] = OfWhole(model);
        if (model.ItemToItemOptions.Enabled)
            fields["Model.ItemToItem.Features"] = model.ItemToItemFeatures;
        fields["Instructions"] = SimdPaths.Processor; // Vectors of other widths round otherwise.
        return fields;
    }

    /// <summary>What tells the weights that each process has whole from others: they must begin alike to stay alike.</summary>
    private static string OfWhole(DRepMRecModel model)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        Dictionary<string, ColumnShare> shares = Checkpoint.SharesOf(model);
        return WeightsHash.Of(model.state_dict()
            .Where(w => !shares.ContainsKey(w.Key) && TensorBytes.TooLarge(w.Key, w.Value) is null)
            .Select(w => TensorBytes.Of(w.Key, w.Value)).ToArray());
    }

    /// <summary>The fields in which a checkpoint differs from the training at hand.</summary>
    public static IReadOnlyList<CheckpointDifference> Compare(
        IReadOnlyDictionary<string, string> checkpoint, IReadOnlyDictionary<string, string> current)
        => [.. current.Keys.Union(checkpoint.Keys)
            .Select(name => new CheckpointDifference(name, checkpoint.GetValueOrDefault(name), current.GetValueOrDefault(name)))
            .Where(d => d.Checkpoint != d.Current)];

    private static string Describe(ItemFeatures features)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendValues(features.Values);
        return $"{features.Dimension} columns ({Short(hash.GetHashAndReset())})";
    }

    private static string Version(Type type) => type.Assembly.GetName().Version!.ToString(3);

    private static string Hash(IdMap ids)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string id in ids.Ids)
            hash.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{id.Length}:{id}")));
        return Short(hash.GetHashAndReset());
    }


    private static string Short(byte[] hash) => "SHA-256 " + Convert.ToHexStringLower(hash)[..16];
}
