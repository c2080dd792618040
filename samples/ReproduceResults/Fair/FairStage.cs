namespace ReproduceResults.Fair;

/// <summary>The stages of the fair comparison, as the log calls them; pages are of the second and the third.</summary>
internal static class FairStage
{
    public const string Search = "search", Final = "fair", Redrawn = "redrawn";
}
