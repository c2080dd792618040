using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Baselines;

/// <summary>What every recommender that isn't trained by gradients must do.</summary>
public abstract class ItemScorerContract
{
    private static readonly RecDataset Board = Samples.Checkerboard(40, 30);

    /// <summary>Whether the recommender can tell even users from odd users.</summary>
    protected virtual bool IsPersonal => true;

    /// <summary>Creates the recommender for training interactions and the features of as many items.</summary>
    protected abstract IItemScorer Create(InteractionSet train, IReadOnlyList<ItemFeatures> features);

    [Fact]
    public void It_learns_a_checkerboard()
    {
        double recall = new Evaluator(new EvaluationOptions { Metrics = [RankingMetric.Recall(5)] })
            .Evaluate(Create(Board.Train, Board.Features), Board, EvaluationTarget.Test)[RankingMetric.Recall(5)];
        if (IsPersonal)
            recall.Should().BeGreaterThan(0.9);
        else
            recall.Should().BeLessThan(0.9);
    }

    [Fact]
    public void A_block_of_users_gets_what_each_gets_alone_on_any_thread()
    {
        IItemScorer scorer = Create(Board.Train, Board.Features);
        (scorer.UserCount, scorer.ItemCount).Should().Be((40, 30));
        float[] all = Scores(scorer, Enumerable.Range(0, 40));
        Parallel.For(0, 40, u => Scores(scorer, [u]).Should().Equal(all[(u * 30)..((u + 1) * 30)]));
    }

    [Fact]
    public void Permuting_users_permutes_rows()
    {
        int Moved(int user) => (user * 7) % 40;
        var permuted = new InteractionSet(
            40, 30, [.. Enumerable.Range(0, 40).SelectMany(u => Board.Train.ItemsOf(u).ToArray().Select(i => (Moved(u), i)))]);
        float[] rows = Scores(Create(permuted, Board.Features), Enumerable.Range(0, 40).Select(Moved));
        float[] original = Scores(Create(Board.Train, Board.Features), Enumerable.Range(0, 40));
        rows.Zip(original).Should().OnlyContain(pair => Math.Abs(pair.First - pair.Second) < 1e-5);
    }

    [Fact]
    public void Isolated_users_and_items_stay_finite()
    {
        // User 2 has nothing, user 3 everything; item 4 has nobody.
        var train = new InteractionSet(4, 30, [(0, 1), (0, 2), (1, 2), .. Enumerable.Range(0, 30).Where(i => i != 4).Select(i => (3, i))]);
        Scores(Create(train, Board.Features), [0, 1, 2, 3]).Should().OnlyContain(s => float.IsFinite(s));
        Scores(Create(new InteractionSet(2, 30, []), Board.Features), [0, 1]).Should().OnlyContain(s => s == 0);
    }

    [Fact]
    public void Room_that_does_not_fit_is_refused()
        => FluentActions.Invoking(() => Create(Board.Train, Board.Features).Score([0, 1], new float[30]))
            .Should().Throw<ArgumentException>().WithMessage("Expected room for 2 x 30 scores, got 30.*");

    protected static float[] Scores(IItemScorer scorer, IEnumerable<int> users)
    {
        int[] rows = [.. users];
        var scores = new float[rows.Length * scorer.ItemCount];
        scores.AsSpan().Fill(float.NaN);
        scorer.Score(rows, scores);
        return scores;
    }
}
