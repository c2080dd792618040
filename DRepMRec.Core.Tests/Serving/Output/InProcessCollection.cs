using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.VectorData;

namespace DRepMRec.Tests.Serving.Output;

/// <summary>A vector store's collection in memory, which compares all vectors as its definition says.</summary>
internal sealed class InProcessCollection<TRecord>(
    VectorStoreCollectionDefinition definition, Func<TRecord, string> key, Func<TRecord, ReadOnlyMemory<float>> vector,
    Pauses? pauses = null)
    : VectorStoreCollection<string, TRecord>
    where TRecord : class
{
    private readonly ConcurrentDictionary<string, TRecord> _records = new();

    /// <summary>The numbers of records of the calls so far.</summary>
    public List<int> Upserts { get; } = [];

    public override string Name => "in-process";

    private VectorStoreVectorProperty VectorProperty => definition.Properties.OfType<VectorStoreVectorProperty>().Single();

    public override Task<bool> CollectionExistsAsync(CancellationToken cancellationToken = default) => Task.FromResult(true);

    public override Task EnsureCollectionExistsAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public override Task EnsureCollectionDeletedAsync(CancellationToken cancellationToken = default)
    {
        _records.Clear();
        return Task.CompletedTask;
    }

    public override Task<TRecord?> GetAsync(
        string key, RecordRetrievalOptions? options = null, CancellationToken cancellationToken = default)
        => Task.FromResult(_records.GetValueOrDefault(key));

    public override IAsyncEnumerable<TRecord> GetAsync(
        Expression<Func<TRecord, bool>> filter, int top, FilteredRecordRetrievalOptions<TRecord>? options = null,
        CancellationToken cancellationToken = default)
        => _records.Values.Where(filter.Compile()).Take(top).ToAsyncEnumerable();

    public override Task DeleteAsync(string key, CancellationToken cancellationToken = default)
    {
        _records.TryRemove(key, out _);
        return Task.CompletedTask;
    }

    public override Task UpsertAsync(TRecord record, CancellationToken cancellationToken = default)
        => UpsertAsync([record], cancellationToken);

    public override Task UpsertAsync(IEnumerable<TRecord> records, CancellationToken cancellationToken = default)
    {
        TRecord[] all = [.. records];
        foreach (TRecord record in all)
        {
            if (vector(record).Length != VectorProperty.Dimensions)
                throw new VectorStoreException($"Expected {VectorProperty.Dimensions} numbers, got {vector(record).Length}.");
            _records[key(record)] = record;
        }

        Upserts.Add(all.Length);
        return pauses?.Next() ?? Task.CompletedTask;
    }

    public override async IAsyncEnumerable<VectorSearchResult<TRecord>> SearchAsync<TInput>(
        TInput searchValue, int top, VectorSearchOptions<TRecord>? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        ReadOnlyMemory<float> query = (ReadOnlyMemory<float>)(object)searchValue;
        Func<TRecord, bool> admits = options?.Filter?.Compile() ?? (_ => true);
        var found = _records.Values.Where(admits).Select(r => (Record: r, Score: Score(query.Span, vector(r).Span)));
        found = VectorProperty.DistanceFunction == DistanceFunction.EuclideanDistance
            ? found.OrderBy(f => f.Score) : found.OrderByDescending(f => f.Score);
        foreach (var (record, score) in found.Take(top))
            yield return new VectorSearchResult<TRecord>(record, score);
    }

    public override object? GetService(Type serviceType, object? serviceKey = null) => null;

    private double Score(ReadOnlySpan<float> query, ReadOnlySpan<float> row) => VectorProperty.DistanceFunction switch
    {
        DistanceFunction.DotProductSimilarity => TensorPrimitives.Dot(query, row),
        DistanceFunction.CosineSimilarity => TensorPrimitives.CosineSimilarity(query, row),
        DistanceFunction.EuclideanDistance => TensorPrimitives.Distance(query, row),
        var other => throw new NotSupportedException(other),
    };
}
