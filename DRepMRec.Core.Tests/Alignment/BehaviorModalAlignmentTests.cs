using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Graphs;
using DRepMRec.Losses;
using DRepMRec.Tests.Support;
using ReproduceResults.Studies;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Alignment;

public sealed class BehaviorModalAlignmentTests
{
    private static readonly InteractionSet Train = new(4, 5, [(0, 1), (2, 3), (2, 0), (1, 1)]);

    private static BatchRows Batch => new TrainingBatch([0, 2, 2, 1], [1, 3, 0, 1], [4, 4, 4, 4]).Whole;

    private static UserItemEmbeddings Line(ulong seed, int dimension = 3)
        => new(tensor(Samples.Floats(4 * dimension, seed), 4, dimension),
            tensor(Samples.Floats(5 * dimension, seed + 1), 5, dimension));

    [Fact]
    public void Contrast_inside_the_lines_leaves_out_negatives_that_the_user_has()
    {
        using DisposeScope scope = NewDisposeScope();
        using var bma = new BehaviorModalAlignment(3, new BmaOptions { IntraWeight = 0.5, InterWeight = 0, Temperature = 0.5 });
        UserItemEmbeddings b = Line(1), m = Line(3);
        var batch = new TrainingBatch([0, 2, 2, 1], [1, 3, 0, 1], [4, 2, 4, 0])
        {
            Known = new InteractionSet(4, 5, [(0, 1), (0, 2), (1, 1), (2, 0), (2, 3)]),
        };
        float expected = 0;
        foreach (UserItemEmbeddings line in new[] { b, m })
        {
            // Users 0, 2, 1 with items 1, 3, 1; of the negatives 0, 2, 4 user 0 has 2 and user 2 has 0.
            expected += (Contrast(line, 0, 1, [0, 4]) + Contrast(line, 2, 3, [2, 4]) + Contrast(line, 1, 1, [0, 2, 4])) / 3;
        }

        LossTerm term = bma.call(b, m, batch.Whole).Terms.Should().ContainSingle().Subject;
        (term.Name, term.Weight).Should().Be(("intra", 0.5));
        term.Value.item<float>().Should().BeApproximately(expected, 1e-4f);
    }

    private static float Contrast(UserItemEmbeddings line, int user, int positive, int[] negatives)
    {
        double Exp(int item) => Math.Exp(
            line.Users.narrow(0, user, 1).NormalizeRows().RowDot(line.Items.narrow(0, item, 1).NormalizeRows()).item<float>() / 0.5);
        return (float)-Math.Log(Exp(positive) / (Exp(positive) + negatives.Sum(Exp)));
    }

    [Fact]
    public void Inter_alignment_counts_each_user_and_item_once()
    {
        using DisposeScope scope = NewDisposeScope();
        using var bma = new BehaviorModalAlignment(3, new BmaOptions { IntraWeight = 0, Temperature = 0.2 });
        UserItemEmbeddings b = Line(1), m = Line(3);
        LossTerm term = bma.call(b, m, Batch).Terms.Should().ContainSingle().Subject;
        term.Name.Should().Be("inter");
        Tensor users = tensor(new long[] { 0, 1, 2 }), items = tensor(new long[] { 0, 1, 3 });
        Tensor expected = ContrastiveLosses.InfoNce(b.Users.index_select(0, users), m.Users.index_select(0, users), 0.2)
            .Plus(ContrastiveLosses.InfoNce(b.Items.index_select(0, items), m.Items.index_select(0, items), 0.2));
        term.Value.allclose(expected).Should().BeTrue();
    }

    [Fact]
    public void Contrast_inside_the_lines_corrects_for_how_negatives_were_drawn()
    {
        using DisposeScope scope = NewDisposeScope();
        var train = new InteractionSet(3, 6, [(0, 0), (0, 1), (1, 2), (1, 0), (2, 0), (2, 4)]);
        TrainingBatch batch = new BatchSampler(train, new RankingLoss.SampledSoftmax { Negatives = 8 },
            new NegativeSampling { Distribution = NegativeDistribution.Popularity, Corrected = true }, 6, 1).Epoch(1).Single();
        static UserItemEmbeddings Six(ulong seed)
            => new(tensor(Samples.Floats(9, seed), 3, 3), tensor(Samples.Floats(18, seed + 1), 6, 3));
        var (users, items) = batch.Whole.OnePerUser();
        var (negatives, excluded) = batch.Whole.NegativesPerUser(512);
        float Contrast(UserItemEmbeddings line, float[]? offsets) => ContrastiveLosses.SampledSoftmaxByTensors(
            line.Users.SelectRows(users).NormalizeRows(), line.Items.SelectRows(items).NormalizeRows(),
            line.Items.SelectRows(negatives).NormalizeRows(), excluded, 0.5, offsets: offsets).item<float>();
        float[] offsets = batch.Correction!.OfDistinct(negatives);
        float expected = Contrast(Six(1), offsets) + Contrast(Six(3), offsets);
        using var bma = new BehaviorModalAlignment(3, new BmaOptions { InterWeight = 0, Temperature = 0.5 });
        bma.call(Six(1), Six(3), batch.Whole).Terms.Single().Value.item<float>().Should().BeApproximately(expected, 1e-4f);
        expected.Should().NotBeApproximately(Contrast(Six(1), null) + Contrast(Six(3), null), 1e-3f);
    }

    [Fact]
    public void What_is_drawn_ahead_of_a_step_changes_no_term()
    {
        float Loss(bool ahead)
        {
            using DisposeScope scope = NewDisposeScope();
            using var bma = new BehaviorModalAlignment(3);
            var batch = new TrainingBatch([0, 2, 2, 1], [1, 3, 0, 1], [4, 2, 4, 0]);
            if (ahead)
                ((IBatchPreparation)bma).Prepare(new InteractionGraph(Train), batch);
            return bma.call(Line(1), Line(3), batch.Whole).Loss.item<float>();
        }

        Loss(ahead: true).Should().Be(Loss(ahead: false)).And.BeGreaterThan(0.1f);
    }

    [Theory]
    [InlineData(1, 0.1, "Contrasted Users Items")]
    [InlineData(1, 0, "Contrasted")]
    [InlineData(0, 0.1, "Users Items")]
    [InlineData(0, 0, "")]
    public void What_a_step_draws_is_drawn_ahead_of_it(double intraWeight, double interWeight, string expected)
    {
        using var bma = new BehaviorModalAlignment(3, new BmaOptions { IntraWeight = intraWeight, InterWeight = interWeight });
        var batch = new TrainingBatch([0, 2, 2, 1], [1, 3, 0, 1], [4, 2, 4, 0]);
        ((IBatchPreparation)bma).Prepare(new InteractionGraph(Train), batch);
        bool IsMade(string what)
        {
            bool made = true;
            batch.Once((bma, what), () =>
            {
                made = false;
                return new object();
            });
            return made;
        }

        string.Join(' ', new[] { "Contrasted", "Users", "Items" }.Where(IsMade)).Should().Be(expected);
        using DisposeScope scope = NewDisposeScope();
        double[] weights = [intraWeight, interWeight];
        bma.call(Line(1), Line(3), batch.Whole).Terms.Select(t => t.Weight).Should().Equal(weights.Where(w => w > 0));
    }

    [Fact]
    public void Lines_that_do_not_fit_are_refused_with_both_numbers()
    {
        using DisposeScope scope = NewDisposeScope();
        using var bma = new BehaviorModalAlignment(3);
        FluentActions.Invoking(() => bma.call(Line(1), Line(3, 4), null)).Should().Throw<ArgumentException>()
            .WithMessage("Alignment expects both lines to have EmbeddingDim 3; behavior has 3, modal has 4.");
        FluentActions.Invoking(() => bma.call(Line(1), new(zeros(4, 3), zeros(5, 4)), null)).Should().Throw<ArgumentException>()
            .WithMessage("Alignment expects both lines to have EmbeddingDim 3; behavior has 3, modal has 3 for users and 4 for items.");
        var fewer = new UserItemEmbeddings(zeros(4, 3), zeros(2, 3));
        FluentActions.Invoking(() => bma.call(Line(1), fewer, null)).Should().Throw<ArgumentException>()
            .WithMessage("Alignment expects both lines to have the same users and items; behavior has 4 and 5, modal has 4 and 2.");
    }

    [Fact]
    public void A_step_leaves_no_tensors()
    {
        using var bma = new BehaviorModalAlignment(3, new BmaOptions { Fusion = new LearnedGate() });
        LiveTensors.ShouldNotGrow(() =>
        {
            using DisposeScope scope = NewDisposeScope();
            var batch = new TrainingBatch([0, 2], [1, 3], [4, 4]);
            AlignmentResult result = bma.call(Line(1), Line(3), batch.Whole);
            result.Loss.Plus(result.Fused.Items.sum()).backward();
        });
    }
}
