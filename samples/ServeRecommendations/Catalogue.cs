using DRepMRec.Hosting;
using DRepMRec.Serving;

namespace ServeRecommendations;

/// <summary>
/// The changes of the catalogue since the model's file was written. A file that is loaded gets them too, before it's served. The provider
/// makes one change after the other, which is why nothing is locked here.
/// </summary>
internal sealed partial class Catalogue(ILogger<Catalogue> logger)
{
    private readonly Dictionary<string, ItemContent?> _changes = [];
    private Recommender? _file;

    /// <summary>Adds an item or replaces it.</summary>
    /// <returns>Whether there was room for it.</returns>
    public bool TryPut(IRecommenderProvider provider, ItemContent item)
    {
        bool hasRoom = false;
        provider.Update(current =>
        {
            hasRoom = current.Items.Count - _file!.Items.Count < Limits.AddedItems || current.Items.Contains(item.Id);
            Recommender next = hasRoom ? current.WithItems([item]) : current;
            if (hasRoom)
                _changes[item.Id] = item;
            return next;
        });
        return hasRoom;
    }

    public void Retire(IRecommenderProvider provider, string id) => provider.Update(current =>
    {
        _changes.Remove(id);
        if (_file!.Items.Contains(id))
            _changes[id] = null;
        return current.WithoutItems([id]);
    });

    /// <summary>Makes the changes to what a file has. A model that can't take the items goes without them, and that is logged.</summary>
    public Recommender PutOn(Recommender file)
    {
        _file = file;
        ItemContent[] items = [.. _changes.Values.OfType<ItemContent>()];
        string[] retired = [.. _changes.Where(c => c.Value is null).Select(c => c.Key)];
        try
        {
            return (items.Length == 0 ? file : file.WithItems(items)).WithoutItems(retired);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            LogLost(logger, e, items.Length);
            foreach (ItemContent item in items)
                _changes.Remove(item.Id);
            return file.WithoutItems(retired);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The new model can't take the {Count} items that were put into the catalogue; they're lost")]
    private static partial void LogLost(ILogger logger, Exception exception, int count);
}
