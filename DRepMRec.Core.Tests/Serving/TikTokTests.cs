using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;

namespace DRepMRec.Tests.Serving;

public sealed class TikTokTests
{
    [SkippableFact]
    public void The_ranking_is_the_evaluators_for_every_test_user()
    {
        RecDataset data = RecDataset.Load(SharedData.Require("tiktok"));
        using var model = DRepMRecModel.Create(data);
        TrainingReport report = new Trainer(model, data, new TrainerOptions { MaxEpochs = 1 }).Fit();
        Recommender recommender = report.BuildRecommender();
        int[] users = [.. Enumerable.Range(0, data.Users.Count)
            .Where(u => data.Test.ItemsOf(u).Length > 0 && data.Train.ItemsOf(u).Length > 0)];
        IReadOnlyList<RecommendationList> lists = recommender.Recommend(
            [.. users.Select(u => new RecommendationRequest { UserId = data.Users[u], Count = 20 })]);

        UserItemEmbeddings final = model.Embed();
        EmbeddingScorer scorer = EmbeddingScorer.Of(final);
        final.Dispose();
        var best = new DRepMRec.Kernels.TopK(20);
        var scores = new float[data.Items.Count];
        for (int n = 0; n < users.Length; n++)
        {
            scorer.Score([users[n]], scores);
            foreach (int item in data.Train.ItemsOf(users[n]))
                scores[item] = float.NegativeInfinity;
            best.Clear();
            best.Offer(scores, 0);
            lists[n].Select(r => (r.Score, data.Items.IndexOf(r.Item))).Should().Equal(best.Ranked.ToArray());
        }

        // And so are the figures: recall from the lists is the report's, user by user.
        EvaluationResult test = report.EvaluateTest();
        Dictionary<int, double> recall = test.EvaluatedUsers.Zip(test.PerUser(RankingMetric.Recall(20)))
            .ToDictionary(p => p.First, p => p.Second);
        for (int n = 0; n < users.Length; n++)
        {
            int[] relevant = data.Test.ItemsOf(users[n]).ToArray();
            (lists[n].Count(r => relevant.Contains(data.Items.IndexOf(r.Item))) / (double)relevant.Length)
                .Should().BeApproximately(recall[users[n]], 1e-12);
        }
    }
}
