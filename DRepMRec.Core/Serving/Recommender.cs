using DRepMRec.Data;

namespace DRepMRec.Serving;

/// <summary>Recommends items to users by the representations of a trained model. Plain .NET: it needs no libtorch.</summary>
/// <remarks>
/// Immutable and safe for use by many threads: share one; in an application with a host <c>AddRecommender</c> does, and follows the file.
/// Rankings are exact, over the whole catalogue; of equal scores the item that comes first in the dataset comes first, and a request has
/// the same answer, to the last bit, alone and in a batch. Ids that aren't known never throw: each method says what they give.
/// </remarks>
/// <example>
/// <code>
/// Recommender recommender = Recommender.Load("model.safetensors");
/// foreach (var (item, score) in recommender.Recommend("user-7", count: 5))
///     Console.WriteLine($"{item} {score:F2}");
/// </code>
/// </example>
public sealed partial class Recommender
{
    private readonly ServingModel _model;

    internal Recommender(ServingModel model)
    {
        _model = model;
        Users = new IdIndex(model, users: true);
        Items = new IdIndex(model, users: false);
    }

    /// <summary>Where the model comes from.</summary>
    public ModelManifest Manifest => _model.Manifest;

    /// <summary>The known users.</summary>
    public IdIndex Users { get; }

    /// <summary>The catalogue: the known items.</summary>
    public IdIndex Items { get; }

    /// <summary>The modalities of new items, with each one's number of features; empty where the model can't take new items.</summary>
    public IReadOnlyDictionary<Modality, int> FeatureDimensions
        => _model.Content.ToDictionary(c => new Modality(c.Form.Name), c => c.Form.FeatureDimension);

    internal ServingModel Model => _model;

    /// <summary>The same, whose requests aren't traffic.</summary>
    internal Recommender Unmeasured() => new(_model with { IsMeasured = false });

    /// <summary>Loads a file that <see cref="Save"/> wrote. A mapped one is ready at once, whatever its size.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How, or <see langword="null"/> for the defaults.</param>
    /// <exception cref="ModelFileException">The file is damaged, not a model, or written by a newer version.</exception>
    public static Recommender Load(string path, RecommenderLoadOptions? options = null)
        => new(ModelFile.Load(path, options ?? new RecommenderLoadOptions()));

    /// <summary>Saves everything, changes of the catalogue included, to one safetensors file, which is whole or as it was.</summary>
    /// <param name="path">The file, in an existing folder; replaced if it exists. A symbolic link stays, its target is written.</param>
    /// <exception cref="ArgumentException">The path has no file name.</exception>
    /// <exception cref="IOException">The folder doesn't exist, the path is a folder, or the file can't be written.</exception>
    /// <exception cref="ModelFileException">The recommender was loaded from a damaged file that wasn't verified.</exception>
    public void Save(string path)
    {
        ModelFile.Save(_model, path);
        GC.KeepAlive(this);
    }

    /// <summary>A user's training items in the order of the dataset, without retired ones; empty where the user isn't known.</summary>
    /// <param name="userId">The user's raw id.</param>
    public IReadOnlyList<string> History(string userId)
    {
        ArgumentNullException.ThrowIfNull(userId);
        if (!_model.UserIds.TryGetIndex(userId, out int user))
            return [];
        var history = new List<string>();
        foreach (int item in _model.Seen(user))
        {
            if (!_model.Changes.IsHidden(item))
                history.Add(_model.ItemIds[item]);
        }

        GC.KeepAlive(this);
        return history;
    }
}
