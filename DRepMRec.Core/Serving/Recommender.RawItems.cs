using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

public sealed partial class Recommender
{
    /// <summary>
    /// What makes features of items' raw fields, by modality, as it made those of the training; empty where the model's features came from
    /// no encoder.
    /// </summary>
    public IReadOnlyList<FeatureEncoder> Encoders
    {
        get
        {
            IReadOnlyList<FeatureEncoder> encoders = _model.Encoders?.All ?? [];
            GC.KeepAlive(this);
            return encoders;
        }
    }

    /// <summary>
    /// Makes a recommender with items added, or replaced where known, by their raw fields: a title, categories, numbers. Their features are
    /// made as those of the training were, and what can be shown of them becomes their metadata. This one stays as it is.
    /// </summary>
    /// <param name="items">The items, with columns as the training's table had, all or some of them; each has something to go by.</param>
    /// <exception cref="InvalidOperationException">
    /// The model doesn't know how features were made, takes no new items, or needs a generator for a column of these items:
    /// <see cref="WithItemsAsync"/> takes it.
    /// </exception>
    /// <exception cref="ArgumentException">A column isn't known, or there is nothing in an item that features can be made of.</exception>
    /// <exception cref="DatasetFormatException">There are more numbers than one array holds.</exception>
    public Recommender WithItems(ItemTable items)
    {
        ArgumentNullException.ThrowIfNull(items);
        RawItems.Check(_model, items);
        FeatureEncoder[] encoders = [.. Encoders.Where(e => RawItems.Has(items, e))];
        foreach (FeatureEncoder encoder in encoders)
            ThrowIfGeneratorMissing(encoder);
        return WithItems(items, [.. encoders.Select(e => e.Encode(items))]);
    }

    /// <summary>The same with features that generators of embeddings make, which must be those of the training, by name.</summary>
    /// <remarks>
    /// What they couldn't make features of, of an item that has others, is passed over: where that is to be known, take
    /// <see cref="EncodeAsync"/>, whose tables have <see cref="FeatureTable.Notes"/>.
    /// </remarks>
    /// <param name="items">The items, with columns as the training's table had, all or some of them; each has something to go by.</param>
    /// <param name="generators">The generators, one for each modality that needs one and of which the items have a column.</param>
    /// <param name="progress">Told after each request to a generator, or <see langword="null"/>.</param>
    /// <param name="cancellationToken">Ends the work between two requests, and is passed on to the generators.</param>
    /// <exception cref="InvalidOperationException">
    /// The model doesn't know how features were made, takes no new items, or needs a generator that isn't given; or a generator failed.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// A column or the modality of a generator isn't known, a generator has another name than that of the training, or there is nothing in
    /// an item that features can be made of.
    /// </exception>
    /// <exception cref="DatasetFormatException">There are more numbers than one array holds.</exception>
    /// <exception cref="IOException">A picture can't be read, or a cache can't be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<Recommender> WithItemsAsync(
        ItemTable items, IReadOnlyList<EmbeddingEncoder> generators, IProgress<EmbeddingProgress>? progress = null,
        CancellationToken cancellationToken = default)
        => WithItems(items, await EncodeAsync(items, generators, progress, cancellationToken).ConfigureAwait(false));

    /// <summary>
    /// Makes the features of items that <see cref="WithItems(ItemTable, IReadOnlyList{FeatureTable})"/> takes: what takes time, apart from
    /// the change itself, so that others may change what is served in the meantime.
    /// </summary>
    /// <param name="items">The items, with columns as the training's table had, all or some of them.</param>
    /// <param name="generators">The generators, one for each modality that needs one and of which the items have a column.</param>
    /// <param name="progress">Told after each request to a generator, or <see langword="null"/>.</param>
    /// <param name="cancellationToken">Ends the work between two requests, and is passed on to the generators.</param>
    /// <returns>A table for each modality of which the items have a column.</returns>
    /// <exception cref="InvalidOperationException">As of <see cref="WithItemsAsync"/>.</exception>
    /// <exception cref="ArgumentException">As of <see cref="WithItemsAsync"/>.</exception>
    /// <exception cref="DatasetFormatException">There are more numbers than one array holds.</exception>
    /// <exception cref="IOException">A picture can't be read, or a cache can't be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<IReadOnlyList<FeatureTable>> EncodeAsync(
        ItemTable items, IReadOnlyList<EmbeddingEncoder> generators, IProgress<EmbeddingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(generators);
        RawItems.Check(_model, items);
        IReadOnlyList<FeatureEncoder> encoders = Encoders;
        foreach (EmbeddingEncoder generator in generators)
            ThrowIfUnknown(generator, encoders);
        var tables = new List<FeatureTable>();
        foreach (FeatureEncoder encoder in encoders.Where(e => RawItems.Has(items, e)))
        {
            if (encoder is not GeneratedEncoder generated)
            {
                tables.Add(encoder.Encode(items, cancellationToken));
                continue;
            }

            EmbeddingEncoder? generator = generators.FirstOrDefault(g => g.Modality == encoder.Modality);
            if (generator is null)
                ThrowIfGeneratorMissing(encoder);
            tables.Add(await generator!.EncodeAsync(items, generated, progress, cancellationToken).ConfigureAwait(false));
        }

        return tables;
    }

    /// <summary>The same with features that are made already.</summary>
    /// <param name="items">The items.</param>
    /// <param name="features">Their features, by <see cref="EncodeAsync"/>; each item has a row in one of the tables.</param>
    /// <exception cref="InvalidOperationException">The model takes no new items.</exception>
    /// <exception cref="ArgumentException">
    /// Nothing reads a column, an item has no features, features are of another item, of no modality of the model or of another dimension.
    /// </exception>
    public Recommender WithItems(ItemTable items, IReadOnlyList<FeatureTable> features)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(features);
        RawItems.Check(_model, items);
        IReadOnlyList<ItemContent> contents = RawItems.Contents(items, features);
        Recommender described = _model.Metadata is null ? this : Described(RawItems.Merge(_model, items));
        Recommender result = described.WithItems(contents);
        GC.KeepAlive(this);
        return result;
    }

    private static void ThrowIfGeneratorMissing(FeatureEncoder encoder)
    {
        if (encoder.GeneratorName is { } name)
        {
            throw new InvalidOperationException($"The features of '{encoder.Modality}' come from the generator {Shown.Text(name)}: give it "
                + $"to {nameof(WithItemsAsync)}.");
        }
    }

    private static void ThrowIfUnknown(EmbeddingEncoder generator, IReadOnlyList<FeatureEncoder> encoders)
    {
        ArgumentNullException.ThrowIfNull(generator, "generators");
        if (encoders.FirstOrDefault(e => e.Modality == generator.Modality) is not GeneratedEncoder encoder
            || encoder.IsOfImages != generator.IsOfImages)
        {
            string known = Shown.List(encoders.OfType<GeneratedEncoder>()
                .Select(e => $"'{e.Modality}' of {(e.IsOfImages ? "pictures" : "texts")} by {Shown.Text(e.GeneratorName)}"));
            throw new ArgumentException(
                $"Expected generators of {(known.Length == 0 ? "no modality" : known)}; got one of '{generator.Modality}' of "
                + $"{(generator.IsOfImages ? "pictures" : "texts")}.", "generators");
        }

        if (encoder.GeneratorName != generator.GeneratorName)
        {
            throw new ArgumentException(
                $"The features of '{encoder.Modality}' come from the generator {Shown.Text(encoder.GeneratorName)}; got "
                + $"{Shown.Text(generator.GeneratorName)}, whose numbers mean something else.", "generators");
        }
    }
}
