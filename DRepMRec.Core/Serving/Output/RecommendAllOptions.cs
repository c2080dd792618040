using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>Which users are recommended what by <see cref="Recommender.RecommendAllAsync"/>.</summary>
public sealed record RecommendAllOptions
{
    /// <summary>
    /// The raw ids of the users, answered in this order; <see langword="null"/> for all known users, in the order of the dataset. Users
    /// that aren't known are answered as a request alone would be, by popularity; <see cref="RecommendationList.Source"/> tells.
    /// </summary>
    public IReadOnlyCollection<string>? Users { get; init; }

    /// <summary>What is asked for each user; its <see cref="RecommendationRequest.UserId"/> must be <see langword="null"/>.</summary>
    /// <value>The default asks for 20 items that the user doesn't have.</value>
    /// <exception cref="ArgumentException">The request names a user.</exception>
    public RecommendationRequest Request
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value.UserId is null ? value : throw new ArgumentException(
                $"Expected a request without a user, as each user takes its place, got '{value.UserId}'.", nameof(value));
        }
    } = new() { Count = 20 };

    /// <summary>The most threads that rank. The lists are the same for any number.</summary>
    /// <value>1 or more. The default is the number of processors.</value>
    public int Threads { get; init => field = Guard.Positive(value); } = Environment.ProcessorCount;
}
