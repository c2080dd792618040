using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>Recommends items to users by the representations of a trained model. Plain .NET: it needs no libtorch.</summary>
/// <remarks>Immutable and safe for use by many threads. Of equal scores the item that comes first in the dataset comes first.</remarks>
public sealed class Recommender
{
    private readonly PackedMatrix _packedItems;
    private readonly float[] _itemLengths;

    internal Recommender(ModelManifest manifest, IdMap users, IdMap items, float[] userEmbeddings, float[] itemEmbeddings, InteractionSet seen)
    {
        Manifest = manifest;
        Users = users;
        Items = items;
        UserEmbeddings = userEmbeddings;
        ItemEmbeddings = itemEmbeddings;
        Seen = seen;
        int dimension = manifest.Dimension;
        RequireFinite(userEmbeddings, dimension, "user");
        RequireFinite(itemEmbeddings, dimension, "item");
        _packedItems = new PackedMatrix(itemEmbeddings, items.Count, dimension);
        _itemLengths = new float[items.Count];
        for (int i = 0; i < items.Count; i++)
            _itemLengths[i] = MathF.Sqrt(Dot(Row(itemEmbeddings, i), Row(itemEmbeddings, i)));
    }

    /// <summary>Where the model comes from.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>The known users.</summary>
    public IdMap Users { get; }

    /// <summary>The known items.</summary>
    public IdMap Items { get; }

    internal float[] UserEmbeddings { get; }

    internal float[] ItemEmbeddings { get; }

    internal InteractionSet Seen { get; }

    /// <summary>The items with the highest scores for a user.</summary>
    /// <param name="userId">The user's raw id.</param>
    /// <param name="count">The most items; there are fewer when the catalogue has fewer. 0 gives an empty list.</param>
    /// <param name="excludeSeen">Whether the user's training items are left out.</param>
    /// <returns>Items with their scores, the best first.</returns>
    /// <exception cref="KeyNotFoundException">The user isn't known.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    public IReadOnlyList<Recommendation> Recommend(string userId, int count = 10, bool excludeSeen = true)
    {
        ArgumentNullException.ThrowIfNull(userId);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (!Users.TryGetIndex(userId, out int user))
            throw new KeyNotFoundException($"The user '{userId}' is not among the {Users.Count} known ones.");
        var scores = new float[Items.Count];
        _packedItems.Multiply(Row(UserEmbeddings, user), 1, scores);
        if (excludeSeen)
        {
            foreach (int item in Seen.ItemsOf(user))
                scores[item] = float.NegativeInfinity;
        }

        return Best(scores, count);
    }

    /// <summary>The items most similar to an item, by the cosine of their representations.</summary>
    /// <param name="itemId">The item's raw id.</param>
    /// <param name="count">The most items; there are fewer when the catalogue has fewer. 0 gives an empty list.</param>
    /// <returns>Items with their cosines, the most similar first, without the item itself. Items of which nothing is known have cosine 0.</returns>
    /// <exception cref="KeyNotFoundException">The item isn't known.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    public IReadOnlyList<Recommendation> SimilarItems(string itemId, int count = 10)
    {
        ArgumentNullException.ThrowIfNull(itemId);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (!Items.TryGetIndex(itemId, out int item))
            throw new KeyNotFoundException($"The item '{itemId}' is not among the {Items.Count} known ones.");
        var scores = new float[Items.Count];
        _packedItems.Multiply(Row(ItemEmbeddings, item), 1, scores);
        for (int i = 0; i < scores.Length; i++)
        {
            float lengths = _itemLengths[i] * _itemLengths[item];
            scores[i] = lengths > 0 ? scores[i] / lengths : 0;
        }

        scores[item] = float.NegativeInfinity;
        return Best(scores, count);
    }

    /// <summary>Saves everything to one safetensors file: to a temporary name first, then renamed, so that the file is whole or as it was.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    public void Save(string path) => ModelFile.Save(this, path);

    /// <summary>Loads a file that <see cref="Save"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ModelFileException">The file is damaged, not a model, or written by a newer version.</exception>
    public static Recommender Load(string path) => ModelFile.Load(path);

    private Recommendation[] Best(float[] scores, int count)
    {
        var best = new TopK(Math.Min(count, scores.Length));
        best.Select(scores);
        var result = new Recommendation[best.Count];
        for (int n = 0; n < result.Length; n++)
            result[n] = new Recommendation(Items[best.Items[n]], best.Scores[n]);
        return result;
    }

    private ReadOnlySpan<float> Row(float[] rows, int row) => rows.AsSpan(row * Manifest.Dimension, Manifest.Dimension);

    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        float sum = 0;
        for (int d = 0; d < a.Length; d++)
            sum += a[d] * b[d];
        return sum;
    }

    private static void RequireFinite(float[] rows, int dimension, string kind)
    {
        int at = Array.FindIndex(rows, v => !float.IsFinite(v));
        if (at >= 0)
            throw new ArgumentException($"Expected finite representations; that of the {kind} with index {at / dimension} has {rows[at]}.");
    }
}
