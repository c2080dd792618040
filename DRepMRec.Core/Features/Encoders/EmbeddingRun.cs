using System.Numerics.Tensors;
using System.Runtime.ExceptionServices;
using System.Text;
using DRepMRec.Data;
using DRepMRec.Internals;
using Microsoft.Extensions.AI;

namespace DRepMRec.Features;

/// <summary>One run of an <see cref="EmbeddingEncoder"/> over a table of items.</summary>
internal sealed class EmbeddingRun(
    IEmbeddingSource source, EmbeddingEncoderOptions options, EmbeddingCache? cache, string generatorName, Modality modality,
    ItemTable items, IReadOnlyList<string> columns)
{
    private readonly Dictionary<Hash256, float[]> _vectors = [];
    private readonly List<string> _notes = [];
    private Func<CancellationToken, ValueTask<ReadOnlyMemory<byte>>>?[] _inputs = [];
    private Hash256?[] _keys = [];
    private string? _firstFailure;
    private int _rows;
    private int _dimension;

    /// <summary>Which items have nothing to make features of though they seem to, and why.</summary>
    public IReadOnlyList<string> Notes => _notes;

    private const string Accepts = $"; {nameof(EmbeddingEncoderOptions)}.{nameof(EmbeddingEncoderOptions.BadItems)} = "
        + $"{nameof(BadRowHandling.Skip)} leaves such items out";

    private bool Skips => options.BadItems == BadRowHandling.Skip;

    /// <summary>The features of each item; <see langword="null"/> for none.</summary>
    public async Task<float[]?[]> EncodeAsync(IProgress<EmbeddingProgress>? progress, CancellationToken cancellationToken)
    {
        _inputs = source.IsOfImages ? Images() : Texts();
        _keys = new Hash256?[_inputs.Length];
        var firsts = new Dictionary<Hash256, int>();
        for (int row = 0; row < _inputs.Length; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_inputs[row] is { } input && await ReadAsync(input, cancellationToken).ConfigureAwait(false) is { } bytes)
            {
                Hash256 key = Hash256.Of(source.IsOfImages, bytes.Span);
                _keys[row] = key;
                firsts.TryAdd(key, row);
            }
        }

        _rows = _keys.Count(key => key is not null);
        foreach (var (key, vector) in cache?.Read(firsts.Keys.ToHashSet(), cancellationToken) ?? [])
        {
            if (WhatIsWrong(firsts[key], vector) is null)
                Keep(firsts[key], key, vector);
        }

        int cached = _vectors.Count, done = cached;
        progress?.Report(new EmbeddingProgress(done, firsts.Count, cached));
        (Hash256 Key, int Row)[] missing = [.. firsts.Where(f => !_vectors.ContainsKey(f.Key)).Select(f => (f.Key, f.Value))
            .OrderBy(f => f.Value)];
        foreach ((Hash256 Key, int Row)[] batch in missing.Chunk(options.BatchSize))
        {
            var made = new List<(Hash256 Key, float[] Vector)>(batch.Length);
            try
            {
                await GenerateAsync(batch, made, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                if (made.Count > 0)
                    cache?.Write(made);
            }

            done += batch.Length;
            progress?.Report(new EmbeddingProgress(done, firsts.Count, cached));
        }

        float[]?[] rows = [.. _keys.Select(key => key is { } known ? _vectors.GetValueOrDefault(known) : null)];
        string[] failed = [.. items.Ids.Where((_, row) => _inputs[row] is not null && rows[row] is null)];
        if (failed.Length > 0)
            _notes.Add($"{Items(failed.Length)} failed, such as {Examples(failed)}: {_firstFailure}");
        return rows;
    }

    private Func<CancellationToken, ValueTask<ReadOnlyMemory<byte>>>?[] Texts()
        => [.. ItemTexts.Of(items, columns).Select(text => text is null ? default(Func<CancellationToken, ValueTask<ReadOnlyMemory<byte>>>)
            : _ => ValueTask.FromResult<ReadOnlyMemory<byte>>(Encoding.UTF8.GetBytes(text)))];

    private Func<CancellationToken, ValueTask<ReadOnlyMemory<byte>>>?[] Images()
    {
        ItemColumn column = items[columns[0]]!;
        var inputs = new Func<CancellationToken, ValueTask<ReadOnlyMemory<byte>>>?[items.Count];
        List<string> onTheWeb = [], notFound = [];
        for (int row = 0; row < inputs.Length; row++)
        {
            if (column.ImageOf(row) is not { } image)
                continue;
            if (!image.IsReadable)
                onTheWeb.Add(items.Ids[row]);
            else if (image.Path is { } path && !File.Exists(path))
                notFound.Add(items.Ids[row]);
            else
                inputs[row] = image.ReadAsync;
        }

        if (onTheWeb.Count > 0)
            _notes.Add($"{Items(onTheWeb.Count)} with a picture on the web, which isn't fetched, such as {Examples(onTheWeb)}");
        if (notFound.Count > 0)
            _notes.Add($"{Items(notFound.Count)} with a picture that isn't there, such as {Examples(notFound)}");
        return inputs;
    }

    private async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(
        Func<CancellationToken, ValueTask<ReadOnlyMemory<byte>>> input, CancellationToken cancellationToken)
    {
        try
        {
            return await input(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (Skips && e is (IOException or UnauthorizedAccessException))
        {
            _firstFailure ??= Shown.Message(e.Message);
            return null;
        }
    }

    /// <summary>
    /// Reads what a key was made of, of the first of its items that still has it; not what has come in its place since, whose vector would
    /// stand under that key.
    /// </summary>
    private async ValueTask<ReadOnlyMemory<byte>?> ReadAgainAsync((Hash256 Key, int Row) one, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        for (int row = one.Row; row >= 0; row = Array.IndexOf<Hash256?>(_keys, one.Key, row + 1))
        {
            try
            {
                ReadOnlyMemory<byte> bytes = await _inputs[row]!(cancellationToken).ConfigureAwait(false);
                if (Hash256.Of(source.IsOfImages, bytes.Span).Equals(one.Key))
                    return bytes;
                failure ??= new IOException($"The picture of the item {Shown.Text(items.Ids[row])} was replaced while features were made."
                    + (Skips ? "" : " Another run takes it as it is then."));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                failure ??= e;
            }
        }

        if (!Skips)
            ExceptionDispatchInfo.Throw(failure!);
        _firstFailure ??= Shown.Message(failure!.Message);
        return null;
    }

    /// <summary>Asks for a batch, and, where that fails and may, for each of its inputs alone.</summary>
    /// <param name="batch">What is asked for.</param>
    /// <param name="made">Where what is made goes, that of a batch which fails too.</param>
    /// <param name="cancellationToken">Ends the work between two requests.</param>
    private async Task GenerateAsync(
        (Hash256 Key, int Row)[] batch, List<(Hash256 Key, float[] Vector)> made, CancellationToken cancellationToken)
    {
        var bytes = new List<ReadOnlyMemory<byte>>(batch.Length);
        var read = new List<(Hash256 Key, int Row)>(batch.Length);
        foreach ((Hash256 Key, int Row) one in batch)
        {
            if (await ReadAgainAsync(one, cancellationToken).ConfigureAwait(false) is not { } input)
                continue;
            bytes.Add(input);
            read.Add(one);
        }

        if (read.Count == 0)
            return;
        batch = [.. read];
        try
        {
            Take(batch, await AskAsync(bytes, cancellationToken).ConfigureAwait(false), made);
        }
        catch (GenerationException e) when (Skips && batch.Length == 1)
        {
            _firstFailure ??= Shown.Message(e.InnerException!.Message);
        }
        catch (GenerationException) when (Skips)
        {
            foreach ((Hash256 Key, int Row) one in batch)
                await GenerateAsync([one], made, cancellationToken).ConfigureAwait(false);
        }
        catch (GenerationException e)
        {
            throw new InvalidOperationException(
                $"The generator {Shown.Text(generatorName)} failed {options.MaxRetries + 1} times at {Items(batch.Length)}, such as "
                + $"{Examples(batch.Select(b => items.Ids[b.Row]))}: {Shown.Message(e.InnerException!.Message).TrimEnd('.')}{Accepts}.",
                e.InnerException);
        }
    }

    /// <summary>Takes over those embeddings of a batch that are some; the first that is none fails its item, or the run.</summary>
    private void Take(
        (Hash256 Key, int Row)[] batch, IReadOnlyList<Embedding<float>> embeddings, List<(Hash256 Key, float[] Vector)> made)
    {
        string? wrong = null;
        for (int n = 0; n < batch.Length; n++)
        {
            float[] vector = embeddings[n].Vector.ToArray();
            if (WhatIsWrong(batch[n].Row, vector) is { } found)
                wrong ??= found;
            else
                made.Add((batch[n].Key, Keep(batch[n].Row, batch[n].Key, vector)));
        }

        if (wrong is not null && !Skips)
            throw new InvalidOperationException($"{wrong[..^1]}{Accepts}.");
        _firstFailure ??= wrong;
    }

    private async Task<IReadOnlyList<Embedding<float>>> AskAsync(
        List<ReadOnlyMemory<byte>> inputs, CancellationToken cancellationToken)
    {
        for (int attempt = 0; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            GeneratedEmbeddings<Embedding<float>> made;
            try
            {
                made = await source.GenerateAsync(inputs, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
            {
                if (attempt == options.MaxRetries)
                    throw new GenerationException(e);
                await Task.Delay(options.RetryDelay * Math.Pow(2, Math.Min(attempt, 16)), cancellationToken).ConfigureAwait(false);
                continue;
            }

            return made.Count == inputs.Count ? made
                : throw new InvalidOperationException(
                    $"Expected {inputs.Count} embeddings of the generator {Shown.Text(generatorName)}, one per input; got {made.Count}.");
        }
    }

    private float[] Keep(int row, Hash256 key, float[] vector)
    {
        if (_dimension == 0)
        {
            _dimension = vector.Length;
            FeatureTable.ThrowIfTooMany(modality, _rows, _dimension);
        }

        if (vector.Length != _dimension)
        {
            throw new InvalidOperationException(
                $"Expected embeddings of {_dimension} numbers each, as the first; got {vector.Length} for the item "
                + $"{Shown.Text(items.Ids[row])} from {Shown.Text(generatorName)}. Another model needs another name.");
        }

        return _vectors[key] = vector;
    }

    private string? WhatIsWrong(int row, float[] vector)
        => vector.Length == 0
            ? $"Expected numbers from the generator {Shown.Text(generatorName)}; for the item {Shown.Text(items.Ids[row])} it gave none."
            : TensorPrimitives.IsFiniteAll<float>(vector) ? null
            : $"Expected finite numbers from the generator {Shown.Text(generatorName)}; those for the item "
                + $"{Shown.Text(items.Ids[row])} aren't.";

    private static string Items(int count) => count == 1 ? "1 item" : FormattableString.Invariant($"{count:N0} items");

    private static string Examples(IEnumerable<string> ids) => string.Join(", ", ids.Take(3).Select(id => Shown.Text(id)));

    private sealed class GenerationException(Exception inner) : Exception(inner.Message, inner);
}
