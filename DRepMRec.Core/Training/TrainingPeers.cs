using System.Runtime.InteropServices;
using System.Text.Json;
using DRepMRec.Collectives;
using DRepMRec.Internals;
using DRepMRec.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Training;

/// <summary>The processes that train a model together, or this one alone: what they do by one of them, and what they agree on.</summary>
internal sealed class TrainingPeers(ICollective? collective)
{
    private const int MaxBroadcastBytes = 64 << 20;
    private const int MaxShown = 5;

    /// <summary>The processes; <see langword="null"/> for this one alone.</summary>
    public ICollective? Collective => collective;

    /// <summary>Whether this process reads, writes, and reports.</summary>
    public bool IsFirst => collective is null or { Rank: 0 };

    /// <summary>Does what may fail on some processes: then it ends so on all.</summary>
    public void Together(string what, Action action)
    {
        if (collective is null)
            action();
        else
            collective.Together(what, action);
    }

    /// <exception cref="OperationCanceledException">The token of a process asked to stop.</exception>
    public void ThrowIfCancelled(CancellationToken cancellationToken)
    {
        // Asked once: whoever is asked to stop after having told the others stops with them the next time.
        bool isCancelled = cancellationToken.IsCancellationRequested;
        bool[] cancelled = collective?.AllGather(isCancelled) ?? [isCancelled];
        if (isCancelled)
            throw new OperationCanceledException(cancellationToken);
        int rank = Array.IndexOf(cancelled, true);
        if (rank >= 0)
            throw new OperationCanceledException($"Process {rank} of {collective!.Size} was asked to stop.");
    }

    /// <summary>Finds out whether all processes train the same.</summary>
    /// <param name="fields">What tells one training from another.</param>
    /// <exception cref="CollectiveException">They don't; the message names the fields.</exception>
    public void ThrowIfDifferent(IReadOnlyDictionary<string, string> fields)
    {
        if (collective is null)
            return;
        var first = JsonSerializer.Deserialize(
            collective.BroadcastText(JsonSerializer.Serialize(fields, TrainingPeersJson.Default.IReadOnlyDictionaryStringString)),
            TrainingPeersJson.Default.IReadOnlyDictionaryStringString)!;
        IReadOnlyList<CheckpointDifference> differences = TrainingFingerprint.Compare(first, fields);
        int rank = Array.FindIndex(collective.AllGather(differences.Count), count => count > 0);
        if (rank < 0)
            return;
        string text = collective.BroadcastText(string.Join("; ", differences.Take(MaxShown).Select(d => Shown.Message(
            $"{d.Field} is {d.Current ?? "not there"}, on process 0 it is {d.Checkpoint ?? "not there"}"))), rank);
        throw new CollectiveException(
            CollectiveFailure.Mismatch, $"Process {rank} of {collective.Size} is about to train something else than process 0: {text}.");
    }

    /// <summary>Reads a checkpoint on the first process, and tells the others what is in it.</summary>
    /// <param name="file">The file, on the first process.</param>
    /// <param name="small">The arrays that all processes get at once; of others they get type and shape.</param>
    public (CheckpointManifest Manifest, IReadOnlyDictionary<string, SafeTensor> Tensors, string Path)? Read(
        CheckpointFile? file, IReadOnlyCollection<string> small)
    {
        (CheckpointManifest Manifest, IReadOnlyDictionary<string, SafeTensor> Tensors, string Path)? read = null;
        Together("to read the checkpoint", () => read = file?.Read());
        if (collective is null || !collective.AllGather(read is not null)[0])
            return read;
        string manifest = collective.BroadcastText(read?.Manifest.ToJson()), path = collective.BroadcastText(read?.Path);
        string list = collective.BroadcastText(read is null ? null : JsonSerializer.Serialize(
            [.. read.Value.Tensors.Values.Select(t => new ArrayHeader(t.Name, t.Type, t.Shape, t.Data.Length))],
            TrainingPeersJson.Default.ListArrayHeader));
        var tensors = new Dictionary<string, SafeTensor>();
        foreach (ArrayHeader header in JsonSerializer.Deserialize(list, TrainingPeersJson.Default.ListArrayHeader)!)
        {
            byte[] data = small.Contains(header.Name) ? new byte[header.Bytes] : [];
            if (data.Length > 0)
                Broadcast(read?.Tensors[header.Name].Data, data);
            tensors[header.Name] = new SafeTensor(header.Name, header.Type, header.Shape, data);
        }

        return read ?? (CheckpointManifest.Parse(manifest, path), tensors, path);
    }

    /// <summary>Puts an array that the first process has read into a tensor of each: all of it, or the share of each.</summary>
    public unsafe void CopyTo(SafeTensor stored, Tensor target, ColumnShare? share)
    {
        if (collective is null)
        {
            TensorBytes.CopyTo(stored, target);
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        if (share is null)
        {
            Tensor elements = empty(target.shape, target.dtype, CPU);
            Broadcast(IsFirst ? stored.Data : null, elements.bytes);
            target.copy_(elements);
            return;
        }

        ColumnPartition columns = share.Columns;
        ReadOnlySpan<float> whole = MemoryMarshal.Cast<byte, float>(stored.Data.Span);
        if (IsFirst && share.AsRows)
            whole = share.ToTable(tensor(whole.ToArray(), device: CPU), columns.Dimension).FloatSpan();
        Tensor own = FloatTensors.Empty(target.numel() / columns.Count, columns.Count);
        ColumnTables.Spread(whole, own.Floats(), own.shape[0], columns);
        target.copy_(share.FromTable(own, target.shape));
    }

    /// <summary>Gives all processes the bytes that the first one has.</summary>
    private void Broadcast(ReadOnlyMemory<byte>? source, Span<byte> target)
    {
        if (IsFirst)
            source!.Value.Span.CopyTo(target);
        for (int start = 0; start < target.Length; start += MaxBroadcastBytes)
            collective!.Broadcast(target.Slice(start, Math.Min(MaxBroadcastBytes, target.Length - start)), 0);
    }
}

/// <summary>An array of a checkpoint without its elements.</summary>
internal sealed record ArrayHeader(string Name, string Type, long[] Shape, int Bytes);

[System.Text.Json.Serialization.JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[System.Text.Json.Serialization.JsonSerializable(typeof(List<ArrayHeader>))]
internal sealed partial class TrainingPeersJson : System.Text.Json.Serialization.JsonSerializerContext;
