using DRepMRec.Serving;
using Microsoft.Extensions.Options;

namespace DRepMRec.Hosting;

/// <summary>
/// The recommender of the moment. A new model takes the place of the old one between two requests; who has taken the old one goes on with
/// it, as long as it's needed. Safe for use by many threads.
/// </summary>
/// <remarks>
/// What lives longer than a request (a singleton, a hosted service) takes this and asks for <see cref="Current"/> anew each time; what
/// lives for a request can take <see cref="Recommender"/> itself, which stays the same for the length of a scope.
/// </remarks>
public interface IRecommenderProvider
{
    /// <summary>The recommender that is served. Waits while the first look at the file loads it, and never for one after that.</summary>
    /// <exception cref="InvalidOperationException">No model could be loaded yet; the inner exception says why.</exception>
    Recommender Current { get; }

    /// <summary>What is served, since when, and what became of the last look at the file.</summary>
    RecommenderStatus Status { get; }

    /// <summary>
    /// Changes what is served, such as by <see cref="Recommender.WithItems(IReadOnlyCollection{ItemContent})"/>, one change after the
    /// other. A model that is loaded later has no part in it: repeat in <see cref="RecommenderServiceOptions.Prepare"/> what is to last.
    /// </summary>
    /// <param name="change">
    /// From the recommender of the moment to the next; what it throws leaves all as it is. It mustn't wait for <see cref="ReloadAsync"/>,
    /// which waits for it.
    /// </param>
    /// <returns>What is served from now on.</returns>
    /// <exception cref="InvalidOperationException">No model could be loaded yet, or the change gave null.</exception>
    Recommender Update(Func<Recommender, Recommender> change);

    /// <summary>Loads the file now, whether it has changed or not.</summary>
    /// <param name="cancellationToken">
    /// Stops waiting. A load that hasn't begun by then doesn't; one that has goes on, and is served as if it had been waited for.
    /// </param>
    /// <returns>A task that ends when the model is served.</returns>
    /// <exception cref="ModelFileException">The file isn't a sound model; what is served stays.</exception>
    /// <exception cref="IOException">The file can't be read; what is served stays.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read; what is served stays.</exception>
    /// <exception cref="OptionsValidationException">The options aren't valid; what is served stays.</exception>
    /// <exception cref="OperationCanceledException">The token asked to stop.</exception>
    /// <exception cref="ObjectDisposedException">The application has ended.</exception>
    /// <remarks>What <see cref="RecommenderServiceOptions.Prepare"/> throws comes out too, and leaves what is served.</remarks>
    Task ReloadAsync(CancellationToken cancellationToken = default);
}
