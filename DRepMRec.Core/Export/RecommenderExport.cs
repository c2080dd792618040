using System.Diagnostics.CodeAnalysis;
using DRepMRec.Data;
using DRepMRec.Export;
using DRepMRec.Internals;
using DRepMRec.Serving;

namespace DRepMRec;

/// <summary>From a model to a recommender that needs neither it nor libtorch.</summary>
[RequiresUnreferencedCode(Untrimmed.Message)]
public static class RecommenderExport
{
    /// <summary>Takes a model out as it is now, also one trained in a loop of your own, or whose training was cut short.</summary>
    /// <param name="model">The model. It stays the caller's.</param>
    /// <param name="data">The dataset that it was made for.</param>
    /// <param name="options">The parts that go along, or <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">The dataset isn't the model's, or the model has numbers that aren't finite.</exception>
    /// <exception cref="InvalidOperationException">
    /// A part of the library has its random first weights, or is where there are no numbers, or a part exports what doesn't fit the model.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public static Recommender BuildRecommender(this DRepMRecModel model, RecDataset data, RecommenderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        model.ThrowIfUnusable();
        if (!ReferenceEquals(model.Graph.Interactions, data.Train))
        {
            throw new ArgumentException(
                $"The model was made for another training set ({model.Graph}) than that of the dataset {Shown.Text(data.Name)}.",
                nameof(data));
        }
        model.ThrowIfUntrained();
        return new Recommender(new ModelExport(model, data, options ?? new RecommenderOptions()).Build(new Dictionary<string, double>()));
    }
}
