using System.Numerics.Tensors;
using System.Text;
using DRepMRec.Data;
using DRepMRec.Internals;
using Microsoft.Extensions.AI;

namespace DRepMRec.Features;

/// <summary>One run of an <see cref="EmbeddingEncoder"/> over a table of items.</summary>
internal sealed class EmbeddingRun(
    IEmbeddingSource source, EmbeddingEncoderOptions options, string generatorName, Modality modality, ItemTable items,
    IReadOnlyList<string> columns)
{
    private readonly Dictionary<Hash256, float[]> _vectors = [];
    private readonly List<string> _notes = [];
    private string? _firstFailure;
    private int _rows;
    private int _dimension;

    /// <summary>Which items have nothing to make features of though they seem to, and why.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>The features of each item; <see langword="null"/> for none.</summary>
    public async Task<float[]?[]> EncodeAsync(IProgress<EmbeddingProgress>? progress, CancellationToken cancellationToken)
    {
        Func<CancellationToken, ValueTask<ReadOnlyMemory<byte>>>?[] inputs = source.IsOfImages ? Images() : Texts();
        var keys = new Hash256?[inputs.Length];
        var firsts = new Dictionary<Hash256, int>();
        for (int row = 0; row < inputs.Length; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (inputs[row] is { } input && await ReadAsync(input, cancellationToken).ConfigureAwait(false) is { } bytes)
            {
                Hash256 key = Hash256.Of(source.IsOfImages, bytes.Span);
                keys[row] = key;
                firsts.TryAdd(key, row);
            }
        }

        _rows = keys.Count(key => key is not null);
        EmbeddingCache? cache = options.CacheFolder is null ? null : new EmbeddingCache(options.CacheFolder, generatorName);
        foreach (var (key, vector) in cache?.Read(firsts.Keys.ToHashSet(), cancellationToken) ?? [])
            Keep(firsts[key], key, vector);
        int cached = _vectors.Count, done = cached;
        progress?.Report(new EmbeddingProgress(done, firsts.Count, cached));
        (Hash256 Key, int Row)[] missing = [.. firsts.Where(f => !_vectors.ContainsKey(f.Key)).Select(f => (f.Key, f.Value))
            .OrderBy(f => f.Value)];
        foreach ((Hash256 Key, int Row)[] batch in missing.Chunk(options.BatchSize))
        {
            var made = await GenerateAsync(batch, inputs, cancellationToken).ConfigureAwait(false);
            if (made.Count > 0)
                cache?.Write(made);
            done += batch.Length;
            progress?.Report(new EmbeddingProgress(done, firsts.Count, cached));
        }

        float[]?[] rows = [.. keys.Select(key => key is { } known ? _vectors.GetValueOrDefault(known) : null)];
        string[] failed = [.. items.Ids.Where((_, row) => inputs[row] is not null && rows[row] is null)];
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
        catch (Exception e) when (options.BadItems == BadRowHandling.Skip && e is (IOException or UnauthorizedAccessException))
        {
            _firstFailure ??= Shown.Message(e.Message);
            return null;
        }
    }

    /// <summary>Reads what a key was made of; not what has come in its place since, whose vector would stand under that key.</summary>
    private async ValueTask<ReadOnlyMemory<byte>?> ReadAgainAsync(
        (Hash256 Key, int Row) one, Func<CancellationToken, ValueTask<ReadOnlyMemory<byte>>> input, CancellationToken cancellationToken)
    {
        if (await ReadAsync(input, cancellationToken).ConfigureAwait(false) is not { } bytes)
            return null;
        if (Hash256.Of(source.IsOfImages, bytes.Span).Equals(one.Key))
            return bytes;
        string message = $"The picture of the item {Shown.Text(items.Ids[one.Row])} was replaced while features were made.";
        if (options.BadItems != BadRowHandling.Skip)
            throw new IOException(message + " Another run takes it as it is then.");
        _firstFailure ??= message;
        return null;
    }

    /// <summary>Asks for a batch, and, where that fails and may, for each of its inputs alone.</summary>
    private async Task<List<(Hash256 Key, float[] Vector)>> GenerateAsync(
        (Hash256 Key, int Row)[] batch, Func<CancellationToken, ValueTask<ReadOnlyMemory<byte>>>?[] inputs,
        CancellationToken cancellationToken)
    {
        var bytes = new List<ReadOnlyMemory<byte>>(batch.Length);
        var read = new List<(Hash256 Key, int Row)>(batch.Length);
        foreach ((Hash256 Key, int Row) one in batch)
        {
            if (await ReadAgainAsync(one, inputs[one.Row]!, cancellationToken).ConfigureAwait(false) is not { } input)
                continue;
            bytes.Add(input);
            read.Add(one);
        }

        if (read.Count == 0)
            return [];
        batch = [.. read];
        try
        {
            IReadOnlyList<Embedding<float>> made = await AskAsync(bytes, cancellationToken).ConfigureAwait(false);
            var kept = new List<(Hash256 Key, float[] Vector)>(batch.Length);
            for (int n = 0; n < batch.Length; n++)
                kept.Add((batch[n].Key, Keep(batch[n].Row, batch[n].Key, made[n].Vector.ToArray())));
            return kept;
        }
        catch (GenerationException e) when (options.BadItems == BadRowHandling.Skip && batch.Length == 1)
        {
            _firstFailure ??= Shown.Message(e.InnerException!.Message);
            return [];
        }
        catch (GenerationException) when (options.BadItems == BadRowHandling.Skip)
        {
            var kept = new List<(Hash256 Key, float[] Vector)>(batch.Length);
            foreach ((Hash256 Key, int Row) one in batch)
                kept.AddRange(await GenerateAsync([one], inputs, cancellationToken).ConfigureAwait(false));
            return kept;
        }
        catch (GenerationException e)
        {
            throw new InvalidOperationException(
                $"The generator {Shown.Text(generatorName)} failed {options.MaxRetries + 1} times at {Items(batch.Length)}, such as "
                + $"{Examples(batch.Select(b => items.Ids[b.Row]))}: {Shown.Message(e.InnerException!.Message)}", e.InnerException);
        }
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

        if (vector.Length != _dimension || vector.Length == 0)
        {
            throw new InvalidOperationException(
                $"Expected embeddings of {_dimension} numbers each, as the first; got {vector.Length} for the item "
                + $"{Shown.Text(items.Ids[row])} from {Shown.Text(generatorName)}. Another model needs another name.");
        }

        if (!TensorPrimitives.IsFiniteAll<float>(vector))
        {
            throw new InvalidOperationException($"Expected finite numbers from the generator {Shown.Text(generatorName)}; those for the "
                + $"item {Shown.Text(items.Ids[row])} aren't.");
        }

        return _vectors[key] = vector;
    }

    private static string Items(int count) => count == 1 ? "1 item" : FormattableString.Invariant($"{count:N0} items");

    private static string Examples(IEnumerable<string> ids) => string.Join(", ", ids.Take(3).Select(id => Shown.Text(id)));

    private sealed class GenerationException(Exception inner) : Exception(inner.Message, inner);
}
