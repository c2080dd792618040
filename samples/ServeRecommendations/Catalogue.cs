using System.Collections.Concurrent;
using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Hosting;
using DRepMRec.Serving;
using Microsoft.Extensions.Options;

namespace ServeRecommendations;

/// <summary>
/// The changes of the catalogue since the model's file was written. A file that is loaded gets them too, before it's served: items that
/// were described in words and pictures are encoded anew, by that file. The provider makes one change after the other.
/// </summary>
internal sealed partial class Catalogue(IEnumerable<EmbeddingEncoder> generators, IOptions<ShelfOptions> shelf, ILogger<Catalogue> logger)
{
    private readonly ConcurrentDictionary<string, Change> _changes = [];
    private readonly EmbeddingEncoder[] _generators = [.. generators];
    private Recommender? _file;

    /// <summary>Adds an item by its features, or replaces it.</summary>
    /// <returns>Whether there was room for it.</returns>
    public bool TryPut(IRecommenderProvider provider, ItemContent item)
        => TryPut(provider, item.Id, new Change(item, null), current => current.WithItems([item]));

    /// <summary>Adds an item by what a visitor says of it, or replaces it.</summary>
    /// <returns>Whether there was room for it.</returns>
    public bool TryPut(IRecommenderProvider provider, NewItem item)
        => TryPut(provider, item.Id, new Change(null, item), current => Add(current, [item]));

    public void Retire(IRecommenderProvider provider, string id) => provider.Update(current =>
    {
        // The next file may have an item that was put in here.
        bool wasPut = _changes.TryRemove(id, out _);
        if (_file!.Items.Contains(id)
            || (wasPut && _changes.Count(c => c.Value.IsRetirement && !_file.Items.Contains(c.Key)) < Limits.AddedItems))
        {
            _changes[id] = new Change(null, null);
        }

        return current.WithoutItems([id]);
    });

    /// <summary>Whether a model takes items that are described, and pictures of them.</summary>
    public (bool Items, bool Pictures) Takes(Recommender recommender)
    {
        FeatureEncoder[] usable =
            [.. recommender.Encoders.Where(e => e.GeneratorName is null || _generators.Any(g => g.Modality == e.Modality))];
        return (usable.Length > 0, usable.Any(e => e.Columns.Contains(shelf.Value.Picture)));
    }

    /// <summary>The picture of an item that was added with one.</summary>
    public NewPicture? Picture(string item) => _changes.GetValueOrDefault(item)?.Described?.Picture;

    /// <summary>Makes the changes to what a file has. A model that can't take the items goes without them, and that is logged.</summary>
    public Recommender PutOn(Recommender file)
    {
        _file = file;
        ItemContent[] items = [.. _changes.Values.Select(c => c.Features).OfType<ItemContent>()];
        NewItem[] described = [.. _changes.Values.Select(c => c.Described).OfType<NewItem>()];
        string[] retired = [.. _changes.Where(c => c.Value.IsRetirement).Select(c => c.Key)];
        try
        {
            Recommender full = items.Length == 0 ? file : file.WithItems(items);
            return (described.Length == 0 ? full : Add(full, described)).WithoutItems(retired);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException or IOException)
        {
            LogLost(logger, e, items.Length + described.Length);
            foreach (string item in items.Select(i => i.Id).Concat(described.Select(i => i.Id)))
                _changes.TryRemove(item, out _);
            return file.WithoutItems(retired);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The new model can't take the {Count} items that were put into the catalogue; they're lost")]
    private static partial void LogLost(ILogger logger, Exception exception, int count);

    [LoggerMessage(2, LogLevel.Warning, "Of items that were put into the catalogue: {Note}")]
    private static partial void LogNote(ILogger logger, string note);

    private bool TryPut(IRecommenderProvider provider, string id, Change change, Func<Recommender, Recommender> make)
    {
        bool hasRoom = false;
        provider.Update(current =>
        {
            long pictures = _changes.Values.Append(change).Sum(c => c.Described?.Picture?.Data.LongLength ?? 0);
            hasRoom = pictures <= Limits.PictureBytes
                && (current.Items.Count - _file!.Items.Count < Limits.AddedItems || current.Items.Contains(id));
            Recommender next = hasRoom ? make(current) : current;
            if (hasRoom)
                _changes[id] = change;
            return next;
        });
        return hasRoom;
    }

    // Changes are made one after the other on threads of the pool: waiting for the networks holds up the next change alone.
    private Recommender Add(Recommender recommender, NewItem[] items)
    {
        var table = NewItem.Table(items, recommender, shelf.Value);
        EmbeddingEncoder[] asked = [.. _generators.Where(g => recommender.Encoders.Any(e => e.Modality == g.Modality))];
        IReadOnlyList<FeatureTable> features = recommender.EncodeAsync(table, asked).GetAwaiter().GetResult();
        foreach (string note in features.SelectMany(f => f.Notes))
            LogNote(logger, note);
        return recommender.WithItems(table, features);
    }

    private sealed record Change(ItemContent? Features, NewItem? Described)
    {
        public bool IsRetirement => this is { Features: null, Described: null };
    }
}
