using DRepMRec.Serving;

namespace DRepMRec.Hosting;

/// <summary>
/// The first requests of a model, before anybody waits for them: they compile what isn't compiled yet, bring in the pages of a mapped file,
/// and find out whether it answers at all. They aren't counted.
/// </summary>
internal static class Warmup
{
    private const int Users = 16;

    public static void Run(Recommender loaded)
    {
        var recommender = loaded.Unmeasured();
        IReadOnlyList<string> users = recommender.Users.Page(0, Users);
        foreach (string user in users)
        {
            recommender.Recommend(user);
            recommender.Recommend(new RecommendationRequest { History = recommender.History(user) });
        }

        recommender.Recommend(new RecommendationRequest());
        foreach (string item in recommender.Items.Page(0, 1))
        {
            foreach (RepresentationSpace space in recommender.Spaces)
                recommender.SimilarItems(item, space: space);
            if (users.Count > 0)
                recommender.Explain(users[0], item);
        }
    }
}
