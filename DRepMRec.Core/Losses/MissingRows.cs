using DRepMRec.Graphs;

namespace DRepMRec.Losses;

/// <summary>
/// The rows of a step that stand for nothing, by places in <see cref="TrainingBatch.Compact"/>: contrasting or aligning them would pull
/// others towards a row that many share.
/// </summary>
internal sealed class MissingRows
{
    private readonly bool[] _usersWithContent;
    private readonly bool[] _itemsWithBehavior;
    private readonly bool[] _itemsWithContent;

    private MissingRows(bool[] usersWithContent, bool[] itemsWithBehavior, bool[] itemsWithContent)
        => (_usersWithContent, _itemsWithBehavior, _itemsWithContent) = (usersWithContent, itemsWithBehavior, itemsWithContent);

    /// <summary>The rows of a batch.</summary>
    /// <param name="graph">The training graph.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="hidesTargets">Whether users are the means of the items that the batch doesn't ask for.</param>
    /// <param name="hasContent">For each item, whether it has any modality.</param>
    /// <param name="hasBehavior">For each item, 0 where its behaviour is unknown or left out of the step.</param>
    public static MissingRows Of(
        InteractionGraph graph, TrainingBatch batch, bool hidesTargets, IReadOnlyList<bool> hasContent, float[] hasBehavior)
    {
        BatchRows rows = batch.Compact;
        ReadOnlySpan<int> users = rows.Rows.Users, items = rows.Rows.Items, places = rows.Users, positives = batch.PositiveIndices;
        var hidden = new HashSet<(int Place, int Item)>();
        for (int b = 0; hidesTargets && b < places.Length; b++)
            hidden.Add((places[b], positives[b]));
        var usersWithContent = new bool[users.Length];
        for (int place = 0; place < users.Length; place++)
        {
            foreach (int item in graph.Interactions.ItemsOf(users[place]))
            {
                if (hasContent[item] && !hidden.Contains((place, item)))
                {
                    usersWithContent[place] = true;
                    break;
                }
            }
        }

        bool[] itemsWithBehavior = new bool[items.Length], itemsWithContent = new bool[items.Length];
        for (int place = 0; place < items.Length; place++)
            (itemsWithBehavior[place], itemsWithContent[place]) = (hasBehavior[items[place]] != 0, hasContent[items[place]]);
        return new MissingRows(usersWithContent, itemsWithBehavior, itemsWithContent);
    }

    /// <summary>Whether a user's modal row is made of items of their own.</summary>
    public bool UserHasContent(int place) => _usersWithContent[place];

    /// <summary>Whether an item's behaviour is known in this step.</summary>
    public bool ItemHasBehavior(int place) => _itemsWithBehavior[place];

    /// <summary>Whether an item has content.</summary>
    public bool ItemHasContent(int place) => _itemsWithContent[place];
}
