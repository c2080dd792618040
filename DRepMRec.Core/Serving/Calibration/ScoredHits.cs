using DRepMRec.Data;
using DRepMRec.Evaluation;

namespace DRepMRec.Serving;

/// <summary>The scores at the top of users' lists, and which of them the users chose.</summary>
/// <param name="Users">The number of users.</param>
/// <param name="Scores">The scores of all their lists.</param>
/// <param name="IsHit">Whether each was chosen.</param>
internal sealed record ScoredHits(int Users, IReadOnlyList<float> Scores, IReadOnlyList<bool> IsHit)
{
    private const int UsersAtOnce = 4800;

    public static ScoredHits Of(Recommender recommender, RecDataset data, EvaluationTarget target, int depth, int maxUsers)
    {
        recommender = recommender.Unmeasured();
        InteractionSet chosen = target == EvaluationTarget.Validation ? data.Validation : data.Test;
        int[] with = [.. Enumerable.Range(0, data.Users.Count).Where(u => !chosen.ItemsOf(u).IsEmpty)];
        int count = Math.Min(with.Length, maxUsers), ranked = 0;
        int[] users = [.. Enumerable.Range(0, count).Select(n => with[(int)((long)n * with.Length / count)])];
        var scores = new List<float>();
        var isHit = new List<bool>();
        foreach (int[] block in users.Chunk(UsersAtOnce))
        {
            IReadOnlyList<RecommendationList> lists = recommender.Recommend([.. block.Select(u => new RecommendationRequest
            {
                UserId = data.Users[u],
                Count = depth,
                Excluded = target == EvaluationTarget.Validation ? []
                    : [.. data.Validation.ItemsOf(u).ToArray().Select(i => data.Items[i])],
            })]);
            for (int n = 0; n < block.Length; n++)
            {
                if (lists[n].Source != RecommendationSource.User)
                    continue;
                ranked++;
                foreach (var (item, score) in lists[n])
                {
                    scores.Add(score);
                    isHit.Add(data.Items.TryGetIndex(item, out int index) && chosen.Contains(block[n], index));
                }
            }
        }

        return new ScoredHits(ranked, scores, isHit);
    }
}
