using System.Text;
using DRepMRec.Data;
using DRepMRec.Internals;
using Microsoft.Extensions.AI;

namespace DRepMRec.Features;

/// <summary>
/// Makes features of texts or pictures by a generator of embeddings: of any provider, in process or not, that implements
/// <c>IEmbeddingGenerator</c> of Microsoft.Extensions.AI.
/// </summary>
/// <remarks>
/// Inputs go to the generator in batches, one after the other, each distinct input once. Requests that fail are made again. With a cache a
/// second run asks for nothing, and one that was cancelled or failed goes on where it was. Immutable and as safe for use by many threads as
/// the generator, which stays the caller's. The features don't depend on batches or the cache where the generator's don't.
/// </remarks>
/// <example>
/// <code>
/// EmbeddingEncoder sentences = EmbeddingEncoder.ForText(generator, new() { CacheFolder = "embeddings" });
/// FeatureTable text = await sentences.EncodeAsync(products);
/// </code>
/// </example>
public sealed class EmbeddingEncoder
{
    private readonly IEmbeddingSource _source;
    private readonly EmbeddingEncoderOptions _options;
    private readonly EmbeddingCache? _cache;

    private EmbeddingEncoder(IEmbeddingSource source, IEmbeddingGenerator generator, EmbeddingEncoderOptions options)
    {
        _source = source;
        _options = options;
        Modality = options.Modality ?? (source.IsOfImages ? Modality.Image : Modality.Text);
        GeneratorName = options.GeneratorName ?? NameOf(generator);
        _cache = options.CacheFolder is null ? null : new EmbeddingCache(options.CacheFolder, GeneratorName);
    }

    /// <summary>The modality of the features.</summary>
    public Modality Modality { get; }

    /// <summary>What the generator is called in the cache and in model files.</summary>
    public string GeneratorName { get; }

    /// <summary>Whether the features are made of pictures, not of texts.</summary>
    public bool IsOfImages => _source.IsOfImages;

    /// <summary>Features of titles and texts.</summary>
    /// <param name="generator">The generator.</param>
    /// <param name="options">How it's asked; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">The generator doesn't say its model, and the options give no name.</exception>
    public static EmbeddingEncoder ForText(
        IEmbeddingGenerator<string, Embedding<float>> generator, EmbeddingEncoderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(generator);
        return new EmbeddingEncoder(new TextEmbeddings(generator), generator, options ?? new());
    }

    /// <summary>Features of pictures.</summary>
    /// <param name="generator">The generator; it gets the bytes of a picture as <c>DataContent</c>, by its first bytes' media type.</param>
    /// <param name="options">How it's asked; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">
    /// The generator doesn't say its model, and the options give no name; or the options name columns.
    /// </exception>
    public static EmbeddingEncoder ForImages(
        IEmbeddingGenerator<DataContent, Embedding<float>> generator, EmbeddingEncoderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(generator);
        if (options?.Columns is not null)
            throw new ArgumentException("Pictures have but one column; expected no columns.", nameof(options));
        return new EmbeddingEncoder(new ImageEmbeddings(generator), generator, options ?? new());
    }

    /// <summary>Makes features of items. Those without a text or a picture get no row: they lack the modality.</summary>
    /// <param name="items">The items.</param>
    /// <param name="progress">Told after each batch, or <see langword="null"/>.</param>
    /// <param name="cancellationToken">Ends the work between two requests, and is passed on to the generator.</param>
    /// <exception cref="ArgumentException">There is no such column, or no item has anything in it.</exception>
    /// <exception cref="InvalidOperationException">
    /// The generator failed as often as it was asked, or gave another number of embeddings, other dimensions, or, unless
    /// <see cref="EmbeddingEncoderOptions.BadItems"/> may be skipped, no numbers or some that aren't finite.
    /// </exception>
    /// <exception cref="DatasetFormatException">There are more numbers than one array holds, by the first embedding.</exception>
    /// <exception cref="IOException">A picture can't be read, or the cache can't be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<FeatureTable> EncodeAsync(
        ItemTable items, IProgress<EmbeddingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        string[] columns = Columns(items);
        var run = new EmbeddingRun(_source, _options, _cache, GeneratorName, Modality, items, columns);
        float[]?[] rows = await run.EncodeAsync(progress, cancellationToken).ConfigureAwait(false);
        int dimension = rows.FirstOrDefault(row => row is not null)?.Length
            ?? throw new ArgumentException(
                $"Expected items with a {(IsOfImages ? "picture" : "text")} to make features of '{Modality}' of; found none of "
                + $"{items.Count}{string.Concat(run.Notes.Select(n => $"; {n}"))}.", nameof(items));
        var encoder = new GeneratedEncoder(Modality, dimension, columns, GeneratorName, IsOfImages);
        return FeatureTable.OfRows(encoder, items.Ids, rows, Notes(run));
    }

    /// <summary>Makes features for a model that knows this generator: of the columns of its training, and perhaps of no item.</summary>
    internal async Task<FeatureTable> EncodeAsync(
        ItemTable items, GeneratedEncoder encoder, IProgress<EmbeddingProgress>? progress, CancellationToken cancellationToken)
    {
        string[] columns = [.. encoder.Columns.Where(name => items[name] is not null)];
        encoder.ThrowIfOfAnotherKind(items);
        var run = new EmbeddingRun(_source, _options, _cache, GeneratorName, Modality, items, columns);
        float[]?[] rows = await run.EncodeAsync(progress, cancellationToken).ConfigureAwait(false);
        int dimension = rows.FirstOrDefault(row => row is not null)?.Length ?? encoder.Dimension;
        return dimension == encoder.Dimension ? FeatureTable.OfRows(encoder, items.Ids, rows, Notes(run))
            : throw new InvalidOperationException($"Expected {encoder.Dimension} numbers for each embedding of the generator "
                + $"{Shown.Text(GeneratorName)}, as in the training; got {dimension}.");
    }

    private string[] Notes(EmbeddingRun run) => [.. run.Notes.Select(note => $"{Modality}: {note}")];

    private string[] Columns(ItemTable items)
        => IsOfImages ? FeatureEncoder.Choose(items, null, ItemColumnKind.Image)
            : _options.Columns is null ? FeatureEncoder.Choose(items, null, ItemColumnKind.Title, ItemColumnKind.Text)
            : FeatureEncoder.Choose(items, _options.Columns, ItemColumnKind.Title, ItemColumnKind.Text, ItemColumnKind.Category);

    private static string NameOf(IEmbeddingGenerator generator)
    {
        var metadata = generator.GetService(typeof(EmbeddingGeneratorMetadata)) as EmbeddingGeneratorMetadata;
        if (string.IsNullOrEmpty(metadata?.DefaultModelId))
        {
            throw new ArgumentException(
                $"The generator doesn't say which model it is (EmbeddingGeneratorMetadata.DefaultModelId): give it a name in "
                + $"{nameof(EmbeddingEncoderOptions)}.{nameof(EmbeddingEncoderOptions.GeneratorName)}.", "options");
        }

        return metadata.ProviderName is { Length: > 0 } provider ? $"{provider}/{metadata.DefaultModelId}" : metadata.DefaultModelId;
    }
}

/// <summary>Inputs of one kind, and who makes embeddings of them.</summary>
internal interface IEmbeddingSource
{
    bool IsOfImages { get; }

    Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> inputs, CancellationToken cancellationToken);
}

/// <summary>Texts, as UTF-8.</summary>
internal sealed class TextEmbeddings(IEmbeddingGenerator<string, Embedding<float>> generator) : IEmbeddingSource
{
    public bool IsOfImages => false;

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> inputs, CancellationToken cancellationToken)
        => generator.GenerateAsync([.. inputs.Select(i => Encoding.UTF8.GetString(i.Span))], null, cancellationToken);
}

/// <summary>Pictures, as the bytes of their files.</summary>
internal sealed class ImageEmbeddings(IEmbeddingGenerator<DataContent, Embedding<float>> generator) : IEmbeddingSource
{
    public bool IsOfImages => true;

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> inputs, CancellationToken cancellationToken)
        => generator.GenerateAsync([.. inputs.Select(i => new DataContent(i, ImageType.Of(i.Span)))], null, cancellationToken);
}
