using Microsoft.Extensions.VectorData;

namespace DRepMRec.Serving;

/// <summary>Writes the representations of items and users to any vector store, which then ranks as the recommender does.</summary>
/// <example>
/// <code>
/// var items = store.GetCollection&lt;string, EmbeddingRecord&gt;("items", recommender.VectorStoreDefinition());
/// await items.EnsureCollectionExistsAsync();
/// await recommender.UpsertItemsAsync(items);
/// ReadOnlyMemory&lt;float&gt; query = recommender.QueryVector(new RecommendationRequest { UserId = "42" })!.Value;
/// await foreach (VectorSearchResult&lt;EmbeddingRecord&gt; found in items.SearchAsync(query, top: 10))
///     Console.WriteLine($"{found.Record.Id} {found.Score:F3}");
/// </code>
/// </example>
public static class VectorStoreExport
{
    /// <summary>Describes <see cref="EmbeddingRecord"/> to a store: the key, the dimension of vectors, and how to compare them.</summary>
    /// <param name="recommender">The recommender.</param>
    /// <param name="similarity">How the store compares.</param>
    public static VectorStoreCollectionDefinition VectorStoreDefinition(
        this Recommender recommender, VectorSimilarity similarity = VectorSimilarity.DotProduct)
    {
        ArgumentNullException.ThrowIfNull(recommender);
        int dimension = recommender.Manifest.Dimension + (similarity == VectorSimilarity.DotProduct ? 0 : 1);
        string function = similarity switch
        {
            VectorSimilarity.DotProduct => DistanceFunction.DotProductSimilarity,
            VectorSimilarity.Cosine => DistanceFunction.CosineSimilarity,
            VectorSimilarity.Euclidean => DistanceFunction.EuclideanDistance,
            _ => throw new ArgumentOutOfRangeException(nameof(similarity), similarity, "Expected a similarity that there is."),
        };
        return new VectorStoreCollectionDefinition
        {
            Properties =
            [
                new VectorStoreKeyProperty(nameof(EmbeddingRecord.Id), typeof(string)),
                new VectorStoreVectorProperty(nameof(EmbeddingRecord.Vector), typeof(ReadOnlyMemory<float>), dimension)
                {
                    DistanceFunction = function,
                },
            ],
        };
    }

    /// <summary>Writes all items of the catalogue. Items of the collection that the catalogue doesn't have stay.</summary>
    /// <param name="recommender">The recommender.</param>
    /// <param name="collection">The collection, which exists.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Told after each batch, on the thread that goes on after it.</param>
    /// <param name="cancellationToken">Stops between batches; those that were written stay.</param>
    /// <exception cref="InvalidOperationException">Scores have an item-to-item part, which no vector carries.</exception>
    public static Task UpsertItemsAsync(
        this Recommender recommender, VectorStoreCollection<string, EmbeddingRecord> collection, VectorUpsertOptions? options = null,
        IProgress<ExportProgress>? progress = null, CancellationToken cancellationToken = default)
        => UpsertItemsAsync(recommender, collection, record => record, options, progress, cancellationToken);

    /// <summary>Writes all items of the catalogue as records of another type, with whatever else they hold.</summary>
    /// <param name="recommender">The recommender.</param>
    /// <param name="collection">The collection, which exists.</param>
    /// <param name="record">Makes a record of an id and a vector.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Told after each batch, on the thread that goes on after it.</param>
    /// <param name="cancellationToken">Stops between batches; those that were written stay.</param>
    /// <exception cref="InvalidOperationException">Scores have an item-to-item part, which no vector carries.</exception>
    public static Task UpsertItemsAsync<TKey, TRecord>(
        this Recommender recommender, VectorStoreCollection<TKey, TRecord> collection, Func<EmbeddingRecord, TRecord> record,
        VectorUpsertOptions? options = null, IProgress<ExportProgress>? progress = null, CancellationToken cancellationToken = default)
        where TKey : notnull
        where TRecord : class
        => UpsertAsync(recommender, VectorTable.Items, StoredVectors.OfItems, collection, record, options, progress, cancellationToken);

    /// <summary>Writes all users that have something in training, or a row that was brought: nothing is known of the others.</summary>
    /// <param name="recommender">The recommender.</param>
    /// <param name="collection">The collection, which exists.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Told after each batch, on the thread that goes on after it.</param>
    /// <param name="cancellationToken">Stops between batches; those that were written stay.</param>
    /// <exception cref="InvalidOperationException">Scores have an item-to-item part, which no vector carries.</exception>
    public static Task UpsertUsersAsync(
        this Recommender recommender, VectorStoreCollection<string, EmbeddingRecord> collection, VectorUpsertOptions? options = null,
        IProgress<ExportProgress>? progress = null, CancellationToken cancellationToken = default)
        => UpsertUsersAsync(recommender, collection, record => record, options, progress, cancellationToken);

    /// <summary>Writes users as records of another type, with whatever else they hold.</summary>
    /// <param name="recommender">The recommender.</param>
    /// <param name="collection">The collection, which exists.</param>
    /// <param name="record">Makes a record of an id and a vector.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Told after each batch, on the thread that goes on after it.</param>
    /// <param name="cancellationToken">Stops between batches; those that were written stay.</param>
    /// <exception cref="InvalidOperationException">Scores have an item-to-item part, which no vector carries.</exception>
    public static Task UpsertUsersAsync<TKey, TRecord>(
        this Recommender recommender, VectorStoreCollection<TKey, TRecord> collection, Func<EmbeddingRecord, TRecord> record,
        VectorUpsertOptions? options = null, IProgress<ExportProgress>? progress = null, CancellationToken cancellationToken = default)
        where TKey : notnull
        where TRecord : class
        => UpsertAsync(
            recommender, VectorTable.RankedUsers, (_, similarity) => StoredVectors.OfUsers(similarity), collection, record, options,
            progress, cancellationToken);

    private static async Task UpsertAsync<TKey, TRecord>(
        Recommender recommender, Func<ServingModel, VectorTable> rows, Func<VectorTable, VectorSimilarity, StoredVectors> stored,
        VectorStoreCollection<TKey, TRecord> collection, Func<EmbeddingRecord, TRecord> record, VectorUpsertOptions? options,
        IProgress<ExportProgress>? progress, CancellationToken cancellationToken)
        where TKey : notnull
        where TRecord : class
    {
        ArgumentNullException.ThrowIfNull(recommender);
        ArgumentNullException.ThrowIfNull(collection);
        ArgumentNullException.ThrowIfNull(record);
        options ??= new VectorUpsertOptions();
        StoredVectors.ThrowIfBlended(recommender.Model);
        VectorTable table = rows(recommender.Model);
        StoredVectors vectors = stored(table, options.Similarity);
        for (int from = 0; from < table.Count; from += options.BatchSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TRecord[] batch = [.. Enumerable.Range(from, Math.Min(options.BatchSize, table.Count - from))
                .Select(row => record(new EmbeddingRecord { Id = table.Id(row), Vector = vectors.Of(table[row]) }))];
            await collection.UpsertAsync(batch, cancellationToken).ConfigureAwait(false);
            progress?.Report(new ExportProgress(from + batch.Length, table.Count));
        }

        GC.KeepAlive(recommender);
    }
}
