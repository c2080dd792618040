using System.Collections.Concurrent;
using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Hosting;
using DRepMRec.Serving;
using Microsoft.Extensions.Options;

namespace ServeRecommendations;

/// <summary>What became of a change of the catalogue.</summary>
internal enum ChangeOutcome
{
    Made,

    /// <summary>There is no room for the item.</summary>
    Full,

    /// <summary>Too many changes wait for their turn.</summary>
    Busy,
}

/// <summary>
/// The changes of the catalogue since the model's file was written. A file that is loaded gets them too, before it's served: items that
/// were described in words and pictures are encoded anew, by that file; new ones that it has itself, and that were put in once, are its own
/// from then on. One change is made after the other, and while one waits for the networks no thread does.
/// </summary>
internal sealed partial class Catalogue(IEnumerable<EmbeddingEncoder> generators, IOptions<ShelfOptions> shelf, ILogger<Catalogue> logger)
{
    private readonly ConcurrentDictionary<string, Change> _changes = [];
    private readonly EmbeddingEncoder[] _generators = [.. generators];
    private readonly SemaphoreSlim _turn = new(1);
    private int _waiting;
    private Recommender? _file;

    /// <summary>Adds an item by its features, or replaces those that it has; what was said of it before goes on to be shown.</summary>
    public Task<ChangeOutcome> PutAsync(IRecommenderProvider provider, ItemContent item, CancellationToken cancellation)
        => InTurnAsync(
            () => Task.FromResult(Put(provider, item.Id, new Change(item, _changes.GetValueOrDefault(item.Id)?.Described),
                current => current.WithItems([item]))),
            cancellation);

    /// <summary>Adds an item by what a visitor says of it, or replaces it.</summary>
    public Task<ChangeOutcome> PutAsync(IRecommenderProvider provider, NewItem item, CancellationToken cancellation)
        => InTurnAsync(() => PutInTurnAsync(provider, item, cancellation), cancellation);

    public Task<ChangeOutcome> RetireAsync(IRecommenderProvider provider, string id, CancellationToken cancellation)
        => InTurnAsync(
            () =>
            {
                provider.Update(current => Retire(current, id));
                return Task.FromResult(ChangeOutcome.Made);
            },
            cancellation);

    /// <summary>Whether a model takes items that are described, and pictures of them.</summary>
    public (bool Items, bool Pictures) Takes(Recommender recommender)
    {
        FeatureEncoder[] usable =
            [.. recommender.Encoders.Where(e => e.GeneratorName is null || _generators.Any(g => g.Modality == e.Modality))];
        return (usable.Length > 0, usable.Any(e => e.Columns.Contains(shelf.Value.Picture)));
    }

    /// <summary>The picture of an item that was added with one.</summary>
    public NewPicture? Picture(string item) => _changes.GetValueOrDefault(item)?.Described?.Picture;

    /// <summary>Makes the changes to what a file has. It goes without items that it can't take, and those are logged.</summary>
    /// <exception cref="InvalidOperationException">A generator failed, so that the file had better be loaded later.</exception>
    public Recommender PutOn(Recommender file)
    {
        List<string> gone = [.. _changes.Where(c => c.Value.IsNew && file.Items.Contains(c.Key)).Select(c => c.Key)];
        Change[] open = [.. _changes.ExceptBy(gone, c => c.Key).Select(c => c.Value)];
        var untaken = new Dictionary<string, Exception>();

        // Of an item that has both, features count and words are shown; where the file takes but one of them, that one.
        Recommender full = Take(
            file, [.. open.Where(c => c is { Features: not null, Described: not null })], c => c.Features!.Id, AddBoth, untaken);
        ItemContent[] numbers = [.. open.Where(c => c.Features is { } f && (c.Described is null || untaken.Remove(f.Id)))
            .Select(c => c.Features!)];
        full = Take(full, numbers, i => i.Id, (model, some) => model.WithItems(some), untaken);
        NewItem[] words = [.. open.Where(c => c.Described is { } d && (c.Features is null || untaken.Remove(d.Id)))
            .Select(c => c.Described!)];
        full = Take(full, words, i => i.Id, AddDescribed, untaken)
            .WithoutItems([.. _changes.Where(c => c.Value.IsRetirement).Select(c => c.Key)]);
        foreach (var (id, exception) in untaken)
            LogLost(logger, exception, id);
        gone.AddRange(untaken.Keys);

        // Up to here a generator may have failed, and what is served goes on to be.
        _file = file;
        foreach (string id in gone)
            _changes.TryRemove(id, out _);
        return full;
    }

    [LoggerMessage(1, LogLevel.Error, "The new model can't take the item {Item} that was put into the catalogue; it's lost")]
    private static partial void LogLost(ILogger logger, Exception exception, string item);

    [LoggerMessage(2, LogLevel.Warning, "Of items that were put into the catalogue: {Note}")]
    private static partial void LogNote(ILogger logger, string note);

    private async Task<ChangeOutcome> InTurnAsync(Func<Task<ChangeOutcome>> change, CancellationToken cancellation)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > Limits.WaitingChanges)
                return ChangeOutcome.Busy;
            await _turn.WaitAsync(cancellation);
            try
            {
                return await change();
            }
            finally
            {
                _turn.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>Encodes an item beside what is served; anew where another file is served by the time that this is done.</summary>
    private async Task<ChangeOutcome> PutInTurnAsync(IRecommenderProvider provider, NewItem item, CancellationToken cancellation)
    {
        var change = new Change(null, item);
        while (true)
        {
            Recommender? file = null;
            bool hasRoom = false, isOther = false;
            Recommender served = provider.Update(current =>
            {
                (file, hasRoom) = (_file, HasRoom(current, item.Id, change));
                return current;
            });
            if (!hasRoom)
                return ChangeOutcome.Full;
            var (table, features) = await EncodeAsync(served, [item], cancellation);
            ChangeOutcome outcome = Put(provider, item.Id, change, current =>
            {
                isOther = _file != file;
                return isOther ? null : current.WithItems(table, features);
            });
            if (!isOther)
                return outcome;
        }
    }

    /// <param name="provider">Of what is served.</param>
    /// <param name="id">The item.</param>
    /// <param name="change">What is kept of it.</param>
    /// <param name="make">From what is served to what is served next; <see langword="null"/> leaves all as it is.</param>
    private ChangeOutcome Put(IRecommenderProvider provider, string id, Change change, Func<Recommender, Recommender?> make)
    {
        bool hasRoom = false;
        provider.Update(current =>
        {
            hasRoom = HasRoom(current, id, change);
            if (!hasRoom || make(current) is not { } next)
                return current;
            _changes[id] = change with { IsNew = !_file!.Items.Contains(id) && !_changes.ContainsKey(id) };
            return next;
        });
        return hasRoom ? ChangeOutcome.Made : ChangeOutcome.Full;
    }

    private bool HasRoom(Recommender current, string id, Change change)
        => _changes.Where(c => c.Key != id).Select(c => c.Value).Append(change).Sum(c => c.Described?.Bytes ?? 0) <= Limits.DescribedBytes
            && (current.Items.Contains(id) || current.Items.Count - _file!.Items.Count
                + _changes.Count(c => c.Value.IsRetirement && _file.Items.Contains(c.Key)) < Limits.AddedItems);

    private Recommender Retire(Recommender current, string id)
    {
        // The next file may have an item that was put in here.
        bool wasPut = _changes.TryRemove(id, out _);
        if (_file!.Items.Contains(id)
            || (wasPut && _changes.Count(c => c.Value.IsRetirement && !_file.Items.Contains(c.Key)) < Limits.AddedItems))
        {
            _changes[id] = new Change(null, null);
        }

        return current.WithoutItems([id]);
    }

    /// <summary>Adds items to a model; where it can't take them all, by halves, until it's known which it can't.</summary>
    private Recommender Take<T>(
        Recommender model, T[] items, Func<T, string> id, Func<Recommender, T[], Recommender> add, Dictionary<string, Exception> untaken)
    {
        if (items.Length == 0)
            return model;
        try
        {
            return add(model, items);
        }
        catch (Exception e) when (e is ArgumentException or FormatException
            or InvalidOperationException { InnerException: null or InvalidDataException })
        {
            if (items.Length > 1)
                return items.Chunk((items.Length + 1) / 2).Aggregate(model, (taken, half) => Take(taken, half, id, add, untaken));
            untaken[id(items[0])] = e;
            return model;
        }
    }

    private Recommender AddBoth(Recommender file, Change[] changes)
    {
        ItemTable table = NewItem.Table([.. changes.Select(c => c.Described!)], file, shelf.Value);
        return file.WithItems(table, [.. changes.SelectMany(c => c.Features!.Features.Select(f => (c.Features.Id, f.Key, f.Value)))
            .GroupBy(f => f.Key).Select(of => new FeatureTable(
                of.Key, [.. of.Select(f => f.Id)], of.First().Value.Length, of.SelectMany(f => f.Value.ToArray()).ToArray()))]);
    }

    // Who loads a file has a thread for it, and nothing to serve in the meantime but what is served.
    private Recommender AddDescribed(Recommender file, NewItem[] items)
    {
        var (table, features) = EncodeAsync(file, items, CancellationToken.None).GetAwaiter().GetResult();
        return file.WithItems(table, features);
    }

    private async Task<(ItemTable Table, IReadOnlyList<FeatureTable> Features)> EncodeAsync(
        Recommender recommender, NewItem[] items, CancellationToken cancellation)
    {
        ItemTable table = NewItem.Table(items, recommender, shelf.Value);
        EmbeddingEncoder[] asked = [.. _generators.Where(g => recommender.Encoders.Any(e => e.Modality == g.Modality))];
        IReadOnlyList<FeatureTable> features = await recommender.EncodeAsync(table, asked, cancellationToken: cancellation);
        foreach (string note in features.SelectMany(f => f.Notes))
            LogNote(logger, note);
        return (table, features);
    }

    /// <param name="Features">The features that it has in place of those of what was said of it.</param>
    /// <param name="Described">What was said of it.</param>
    private sealed record Change(ItemContent? Features, NewItem? Described)
    {
        /// <summary>Whether it's the first of an item that the file that was loaded then didn't have.</summary>
        public bool IsNew { get; init; }

        public bool IsRetirement => this is { Features: null, Described: null };
    }
}
