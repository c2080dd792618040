using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>Which users are recommended what by <see cref="Recommender.RecommendAllAsync"/>.</summary>
public sealed record RecommendAllOptions
{
    /// <summary>
    /// The raw ids of the users, answered in this order; <see langword="null"/> for all known users, in the order of the dataset. Users
    /// that aren't known are answered as a request alone would be, by popularity; <see cref="RecommendationList.Source"/> tells. They are
    /// read as ranking goes on, and an id that is <see langword="null"/> is refused then.
    /// </summary>
    public IReadOnlyCollection<string>? Users { get; init; }

    /// <summary>
    /// Which of <see cref="Parts"/> ranges of the users is answered: the ranges follow on each other, and their lists together are those of
    /// all users. So processes share the work, such as one for each rank of a collective, and a part that was lost is made again alone.
    /// </summary>
    /// <value>From 0, the default, to <see cref="Parts"/> - 1.</value>
    public int Part { get; init => field = Guard.NotNegative(value); }

    /// <summary>The number of ranges of about the same size that the users are divided into.</summary>
    /// <value>At least 1, the default.</value>
    public int Parts { get; init => field = Guard.Positive(value); } = 1;

    /// <summary>What is asked for each user; its <see cref="RecommendationRequest.UserId"/> must be <see langword="null"/>.</summary>
    /// <value>The default asks for 20 items that the user doesn't have.</value>
    /// <exception cref="ArgumentException">The request names a user.</exception>
    public RecommendationRequest Request { get; init => field = WithoutUser(value); } = new() { Count = 20 };

    /// <summary>The most threads that rank. The lists are the same for any number.</summary>
    /// <value>1 or more. The default is the number of processors.</value>
    public int Threads { get; init => field = Guard.Positive(value); } = Environment.ProcessorCount;

    /// <summary>The users of the part.</summary>
    /// <exception cref="ArgumentException">There is no such part.</exception>
    internal IReadOnlyCollection<string> UsersOfPart(IReadOnlyCollection<string> known)
    {
        if (Part >= Parts)
        {
            throw new ArgumentException(
                $"Expected a {nameof(Part)} from 0 to {Parts - 1}, as {nameof(Parts)} is {Parts}; got {Part}.", nameof(Part));
        }

        IReadOnlyCollection<string> all = Users ?? known;
        if (Parts == 1)
            return all;
        int from = (int)((long)all.Count * Part / Parts), to = (int)((long)all.Count * (Part + 1) / Parts);
        return [.. all.Skip(from).Take(to - from)];
    }

    /// <summary>Refuses a request that names a user.</summary>
    internal static RecommendationRequest WithoutUser(RecommendationRequest request)
    {
        ArgumentNullException.ThrowIfNull(request, nameof(Request));
        return request.UserId is null ? request : throw new ArgumentException(
            $"Expected a request without a user, as each user takes its place, got {Shown.Text(request.UserId)}.", nameof(Request));
    }
}
