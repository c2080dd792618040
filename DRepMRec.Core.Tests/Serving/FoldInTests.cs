using DRepMRec.Data;
using DRepMRec.Serving;

namespace DRepMRec.Tests.Serving;

public sealed class FoldInTests
{
    [Fact]
    public void Folding_in_a_known_users_history_gives_nearly_that_users_ranking()
        => Overlap(Served.Recommender, Served.Data)
            .Should().BeGreaterThan(0.75, "a random ranking would share a tenth; docs/serving.md has the figures of models that were "
                + "trained to the end");

    [Fact]
    public void The_fit_takes_histories_to_what_training_made_of_their_users()
    {
        // The users' rows are the mirror images of their items' rows, and 3 long.
        float[] users = [0, 3, 3, 0, 0, 3, 3, 0], items = [1, 0, 0, 2];
        var manifest = new ModelManifest(2, "", "", "", 4, 2, 2, new Dictionary<string, double>());
        ServingModel model = ServingModel.OfFusedRows(
            manifest, ["a", "b", "c", "d"], ["x", "y"], RowStore.Of(users, 2), RowStore.Of(items, 2),
            new InteractionSet(4, 2, [(0, 0), (1, 1), (2, 0), (3, 1)]));
        model = model with { FoldInMap = Block<float>.Copy(FoldInMap.Fit(model)!) };
        FoldInMap.Apply(model, [0]).Should().Equal([0, 3], (a, b) => MathF.Abs(a - b) < 0.01f);
        FoldInMap.Fit(model with { ItemBehavior = RowStore.Of(new float[4], 2) }).Should().BeNull("there is nothing to fit");
    }

    [Fact]
    public void A_user_whose_row_is_as_short_as_numbers_can_be_spoils_no_other_history()
    {
        var seen = new InteractionSet(3, 3, [(0, 0), (1, 1), (2, 2)]);
        Recommender r = Recommender.FromEmbeddings(
            ["u", "v", "w"], [1f, 0, 1e-40f, 0, 0, 1], ["a", "b", "c"], [1f, 0, 1, 1, 0, 1], seen);
        r.Recommend(new RecommendationRequest { History = ["a"] }).Should().HaveCount(2);
        r.Model.FoldInMap!.Slice(0, r.Model.FoldInMap.Length).ContainsAnyExceptInRange(float.MinValue, float.MaxValue).Should().BeFalse();
    }

    [Fact]
    public void The_content_of_a_folded_in_user_is_the_mean_of_the_items_to_the_bit_of_rounding()
    {
        Recommender r = Served.Recommender;
        for (int user = 0; user < 20; user++)
        {
            int[] items = Served.Data.Train.ItemsOf(user).ToArray();
            foreach (var (users, rows) in r.Model.UserModal.Zip(r.Model.ItemModal))
            {
                for (int d = 0; d < rows.Width; d++)
                    users[user][d].Should().BeApproximately(items.Average(i => rows[i][d]), 1e-4f);
            }
        }
    }

    /// <summary>The mean share of the top 20 that known users and their folded-in histories have in common.</summary>
    internal static double Overlap(Recommender recommender, RecDataset data, int step = 1)
    {
        string[] users = [.. Enumerable.Range(0, data.Users.Count).Where(u => u % step == 0 && data.Train.ItemsOf(u).Length > 0)
            .Select(u => data.Users[u])];
        IReadOnlyList<RecommendationList> known = recommender.Recommend(
            [.. users.Select(u => new RecommendationRequest { UserId = u, Count = 20 })]);
        IReadOnlyList<RecommendationList> folded = recommender.Recommend(
            [.. users.Select(u => new RecommendationRequest { History = recommender.History(u), Count = 20 })]);
        return known.Zip(folded, (k, f) => k.Select(r => r.Item).Intersect(f.Select(r => r.Item)).Count() / 20.0).Average();
    }
}
