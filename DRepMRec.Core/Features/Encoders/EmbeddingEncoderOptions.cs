using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Features;

/// <summary>How an <see cref="EmbeddingEncoder"/> asks its generator.</summary>
public sealed record EmbeddingEncoderOptions
{
    /// <summary>The modality of the features.</summary>
    /// <value>The default, <see langword="null"/>, is <see cref="Modality.Text"/> or <see cref="Modality.Image"/>.</value>
    public Modality? Modality { get; init; }

    /// <summary>
    /// What the generator is called in the cache and in model files, such that another model has another name, and so has a model that is
    /// asked for another number of dimensions. A new item's features must come from a generator of this name.
    /// </summary>
    /// <value>
    /// Not empty. The default, <see langword="null"/>, takes provider and default model from the generator's
    /// <c>EmbeddingGeneratorMetadata</c>; where it has no default model, a name must be given.
    /// </value>
    public string? GeneratorName { get; init => field = value is null ? null : Guard.NotEmpty(value); }

    /// <summary>The columns of texts: titles, texts and, if they're named, categories. They are read as one text, in this order.</summary>
    /// <value>At least one name. The default, <see langword="null"/>, takes the title and all texts. Pictures have but one column.</value>
    public IReadOnlyList<string>? Columns { get; init => field = value is null ? null : Guard.NotEmpty(value); }

    /// <summary>How many inputs the generator gets at once.</summary>
    /// <value>At least 1. The default is 32.</value>
    public int BatchSize { get; init => field = Guard.Positive(value); } = 32;

    /// <summary>How often a request that failed is made again.</summary>
    /// <value>0 or more. The default is 3.</value>
    public int MaxRetries { get; init => field = Guard.NotNegative(value); } = 3;

    /// <summary>How long it waits before the first of them; each time twice as long as before.</summary>
    /// <value>0 or more, at most a day. The default is one second.</value>
    public TimeSpan RetryDelay
    {
        get;
        init => field = Guard.InRange(value.Ticks, 0, TimeSpan.TicksPerDay) == value.Ticks ? value : default;
    } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The folder in which embeddings are kept by the SHA-256 of the input and the generator's name, so that nothing is asked twice. It is
    /// created if need be, and may be shared by processes; files in it are whole or not there, and damaged ones are asked for again. An
    /// encoder reads the keys of each file once, so its first run opens all of them; later ones list the folder, and read what is new and
    /// what they need.
    /// </summary>
    /// <value>Not empty. The default, <see langword="null"/>, keeps none.</value>
    public string? CacheFolder { get; init => field = value is null ? null : Guard.NotEmpty(value); }

    /// <summary>
    /// The treatment of items for which the generator fails or gives no numbers or none that are finite, or whose picture can't be read.
    /// With <see cref="BadRowHandling.Skip"/> each input of a request that failed is asked for alone, and items that fail again lack the
    /// modality; the dataset's notes have them.
    /// </summary>
    /// <value>The default is <see cref="BadRowHandling.Stop"/>.</value>
    public BadRowHandling BadItems { get; init => field = Guard.Defined(value); }
}
