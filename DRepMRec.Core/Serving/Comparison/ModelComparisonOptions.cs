using DRepMRec.Evaluation;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>How two models are compared.</summary>
public sealed record ModelComparisonOptions
{
    /// <summary>The users to compare; <see langword="null"/> for all that both models know.</summary>
    public IReadOnlyCollection<string>? Users { get; init => field = value is null ? null : Guard.NoneNull(value); }

    /// <summary>What is asked for each user; its <see cref="RecommendationRequest.UserId"/> must be <see langword="null"/>.</summary>
    /// <value>The default asks for 20 items that the user doesn't have.</value>
    /// <exception cref="ArgumentException">The request names a user.</exception>
    public RecommendationRequest Request { get; init => field = RecommendAllOptions.WithoutUser(value); } = new() { Count = 20 };

    /// <summary>The persistence of the rank-biased overlap: how likely a reader goes on from one rank to the next.</summary>
    /// <value>Above 0 and below 1. The default is 0.9: the first ten ranks have 86 % of the weight.</value>
    public double Persistence
    {
        get;
        init => field = value is > 0 and < 1 ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "Expected a persistence above 0 and below 1.");
    } = RankBiasedOverlap.UsualPersistence;

    /// <summary>How many rising and falling items, changed users, and new and vanished ids are named.</summary>
    /// <value>0 or more. The default is 10.</value>
    public int Named { get; init => field = Guard.NotNegative(value); } = 10;

    /// <summary>
    /// At most how many users' changes are explained by the parts of scores: one in so many, in the order of users, which takes time in
    /// proportion.
    /// </summary>
    /// <value>0 or more. The default is 500.</value>
    public int ExplainedUsers { get; init => field = Guard.NotNegative(value); } = 500;

    /// <summary>The most threads that rank. The result is the same for any number.</summary>
    /// <value>1 or more. The default is the number of processors.</value>
    public int Threads { get; init => field = Guard.Positive(value); } = Environment.ProcessorCount;

    internal RecommendAllOptions For(IReadOnlyCollection<string> users) => new() { Users = users, Request = Request, Threads = Threads };
}
