namespace SearchOptions;

internal enum SearchMethod
{
    /// <summary>Every combination.</summary>
    Grid,

    /// <summary>Combinations drawn at random.</summary>
    Random,

    /// <summary>
    /// Random combinations with few epochs; the best half again with twice as many, and so on (Jamieson and Talwalkar, AISTATS 2016).
    /// </summary>
    Halving,
}

internal static class SearchMethods
{
    /// <summary>The fault of options that a method would pass over; <see langword="null"/> for none.</summary>
    /// <param name="method">The method.</param>
    /// <param name="trials">Whether the number of trials is given.</param>
    /// <param name="firstEpochs">Whether the epochs of the first round are given.</param>
    public static string? Fault(this SearchMethod method, bool trials, bool firstEpochs)
        => trials && method == SearchMethod.Grid ? "--trials: grid makes every combination; expected --method random or halving."
            : firstEpochs && method != SearchMethod.Halving ? "--first-epochs: only halving has rounds; expected --method halving."
            : null;
}
