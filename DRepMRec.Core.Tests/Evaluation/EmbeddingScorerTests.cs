using DRepMRec.Evaluation;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Evaluation;

public sealed class EmbeddingScorerTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(7, 33, 5)]
    [InlineData(20, 100, 64)]
    public void Scores_are_dot_products_whatever_the_block(int users, int items, int dimension)
    {
        float[] u = Samples.Floats(users * dimension, 1), v = Samples.Floats(items * dimension, 2);
        var scorer = new EmbeddingScorer(u, v, dimension);
        (scorer.UserCount, scorer.ItemCount).Should().Be((users, items));
        var together = new float[users * items];
        scorer.Score([.. Enumerable.Range(0, users).Reverse()], together);
        for (int n = 0; n < users; n++)
        {
            int user = users - 1 - n;
            var alone = new float[items];
            scorer.Score([user], alone);
            together.AsSpan(n * items, items).ToArray().Should().Equal(alone, "a user's scores don't depend on the others in the call");
            for (int i = 0; i < items; i++)
            {
                ((double)alone[i]).Should()
                    .BeApproximately(Enumerable.Range(0, dimension).Sum(d => (double)u[(user * dimension) + d] * v[(i * dimension) + d]),
                    1e-5);
            }
        }
    }

    [Fact]
    public void The_length_of_a_user_is_that_of_their_own_row()
    {
        var scorer = new EmbeddingScorer([3, 4, 6, 8, 5, 12], [1, 1], 2);
        Enumerable.Range(0, 3).Select(scorer.Length).Should().Equal(5, 10, 13);
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused()
    {
        FluentActions.Invoking(() => new EmbeddingScorer(new float[7], new float[6], 3)).Should().Throw<ArgumentException>()
            .WithMessage("Expected multiples of the dimension 3, got 7 user and 6 item values.");
        FluentActions.Invoking(() => new EmbeddingScorer(new float[6], new float[6], 3).Score([0], new float[3])).Should()
            .Throw<ArgumentException>().WithMessage("Expected room for 1 x 2 scores, got 3.*");
        using TorchSharp.torch.Tensor users = TorchSharp.torch.zeros(10, 4), items = TorchSharp.torch.zeros(6, 8);
        FluentActions.Invoking(() => EmbeddingScorer.Of(new(users, items))).Should().Throw<ArgumentException>();
    }
}
