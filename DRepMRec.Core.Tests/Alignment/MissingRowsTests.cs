using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Graphs;
using DRepMRec.Losses;
using DRepMRec.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Alignment;

/// <summary>Rows of a step that stand for nothing, and alignments that leave them out.</summary>
public sealed class MissingRowsTests
{
    // User 0 has items 0 and 1, user 1 item 2, user 2 items 3 (no content) and 4.
    private static readonly InteractionSet Train = new(3, 6, [(0, 0), (0, 1), (1, 2), (2, 3), (2, 4)]);
    private static readonly bool[] HasContent = [true, true, true, false, true, true];

    private static TrainingBatch Batch() => new([0, 1, 2], [0, 2, 4], [5, 3, 1], sharedNegatives: true) { Known = Train };

    private static MissingRows Of(TrainingBatch batch, bool hidesTargets = true)
        => MissingRows.Of(new InteractionGraph(Train), batch, hidesTargets, HasContent, [1, 1, 0, 1, 1, 0]);

    private static UserItemEmbeddings Line(ulong seed)
        => new(tensor(Samples.Floats(9, seed), 3, 3), tensor(Samples.Floats(18, seed + 1), 6, 3));

    private static float Term(BmaOptions options, TrainingBatch batch, string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using var bma = new BehaviorModalAlignment(3, options);
        return bma.call(Line(1), Line(3), batch.Whole).Terms.Single(t => t.Name == name).Value.item<float>();
    }

    [Fact]
    public void Users_of_whom_nothing_is_left_and_items_without_behavior_or_content_are_found()
    {
        // The batch's items are 0 to 5, so places are indices.
        MissingRows missing = Of(Batch());
        new[] { 0, 1, 2 }.Select(missing.UserHasContent).Should().Equal(true, false, false);
        Enumerable.Range(0, 6).Select(missing.ItemHasBehavior).Should().Equal(true, true, false, true, true, false);
        Enumerable.Range(0, 6).Select(missing.ItemHasContent).Should().Equal(HasContent);
        MissingRows seen = Of(Batch(), hidesTargets: false);
        new[] { 0, 1, 2 }.Select(seen.UserHasContent).Should().Equal(true, true, true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void They_are_found_out_only_where_somebody_leaves_them_out(bool leaveOut)
    {
        RecDataset data = Samples.Checkerboard(6, 8);
        var options = new DRepMRecOptions { EmbeddingDim = 4, Alignment = new() { LeaveOutHiddenUsers = leaveOut } };
        using DRepMRecModel model = DRepMRecModel.Create(data, options);
        using DisposeScope scope = NewDisposeScope();
        TrainingBatch batch = new BatchSampler(data.Train, model.Loss, batchSize: 8).Epoch(1).First();
        model.train();
        model.ComputeLoss(batch, l2: 0);
        batch.Missing!.IsValueCreated.Should().Be(leaveOut);
    }

    [Fact]
    public void Inter_alignment_leaves_them_out()
    {
        TrainingBatch batch = Batch();
        var options = new BmaOptions { IntraWeight = 0, Inter = InterAlignmentKind.Cosine };
        batch.Missing = new(() => Of(batch));
        float all = Term(options, batch, "inter");
        float some = Term(options with { LeaveOutHiddenUsers = true, LeaveOutDroppedItems = true }, batch, "inter");
        using DisposeScope scope = NewDisposeScope();
        UserItemEmbeddings b = Line(1), m = Line(3);
        float Cosine(int[] users, int[] items) => ContrastiveLosses.Cosine(b.Users.SelectRows(users), m.Users.SelectRows(users))
            .Plus(ContrastiveLosses.Cosine(b.Items.SelectRows(items), m.Items.SelectRows(items))).item<float>();
        all.Should().BeApproximately(Cosine([0, 1, 2], [0, 2, 4]), 1e-5f);
        some.Should().BeApproximately(Cosine([0], [0, 4]), 1e-5f);
        Term(options with { LeaveOutHiddenUsers = true }, batch, "inter").Should().BeApproximately(Cosine([0], [0, 2, 4]), 1e-5f);
        Term(options with { LeaveOutDroppedItems = true }, batch, "inter").Should().BeApproximately(Cosine([0, 1, 2], [0, 4]), 1e-5f);
    }

    [Fact]
    public void What_is_made_ahead_of_a_step_changes_no_term()
    {
        foreach (bool leavesOut in new[] { false, true })
        {
            float Loss(bool ahead)
            {
                using DisposeScope scope = NewDisposeScope();
                using var bma = new BehaviorModalAlignment(3, new BmaOptions { LeaveOutDroppedItems = leavesOut });
                TrainingBatch batch = Batch();
                batch.Missing = new(() => Of(batch));
                if (ahead)
                    ((IBatchPreparation)bma).Prepare(new InteractionGraph(Train), batch);
                return bma.call(Line(1), Line(3), batch.Whole).Loss.item<float>();
            }

            Loss(ahead: true).Should().Be(Loss(ahead: false)).And.BeGreaterThan(0.1f);
        }
    }

    [Theory]
    [InlineData(IntraAlignmentKind.InfoNce, 0.1, false, "Contrasted Users Items")]
    [InlineData(IntraAlignmentKind.InfoNce, 0, false, "Contrasted")]
    [InlineData(IntraAlignmentKind.Cosine, 0.1, false, "Users Items")]
    [InlineData(IntraAlignmentKind.InfoNce, 0.1, true, "")]
    public void What_a_step_draws_is_drawn_ahead_of_it_where_all_rows_count(
        IntraAlignmentKind intra, double interWeight, bool leavesOut, string expected)
    {
        using var bma = new BehaviorModalAlignment(
            3, new BmaOptions { Intra = intra, InterWeight = interWeight, LeaveOutHiddenUsers = leavesOut });
        TrainingBatch batch = Batch();
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
    }

    [Fact]
    public void Contrast_inside_the_lines_corrects_for_how_negatives_were_drawn()
    {
        using DisposeScope scope = NewDisposeScope();
        var train = new InteractionSet(3, 6, [(0, 0), (0, 1), (1, 2), (1, 0), (2, 0), (2, 4)]);
        TrainingBatch batch = new BatchSampler(train, new RankingLoss.SampledSoftmax { Negatives = 8 },
            new NegativeSampling { Distribution = NegativeDistribution.Popularity, Corrected = true }, 6, 1).Epoch(1).Single();
        var (users, items) = batch.Whole.OnePerUser();
        var (negatives, excluded) = batch.Whole.NegativesPerUser(512);
        float Contrast(UserItemEmbeddings line, float[]? offsets) => ContrastiveLosses.SampledSoftmaxByTensors(
            line.Users.SelectRows(users).NormalizeRows(), line.Items.SelectRows(items).NormalizeRows(),
            line.Items.SelectRows(negatives).NormalizeRows(), excluded, 0.5, offsets: offsets).item<float>();
        float[] offsets = batch.Correction!.OfDistinct(negatives);
        float expected = Contrast(Line(1), offsets) + Contrast(Line(3), offsets);
        Term(new BmaOptions { InterWeight = 0, Temperature = 0.5 }, batch, "intra").Should().BeApproximately(expected, 1e-4f);
        expected.Should().NotBeApproximately(Contrast(Line(1), null) + Contrast(Line(3), null), 1e-3f);
    }

    [Fact]
    public void Intra_alignment_leaves_each_out_of_its_own_line()
    {
        TrainingBatch batch = Batch();
        var options = new BmaOptions { InterWeight = 0, Temperature = 0.5, LeaveOutHiddenUsers = true, LeaveOutDroppedItems = true };
        batch.Missing = new(() => Of(batch));
        using DisposeScope scope = NewDisposeScope();
        float Contrast(UserItemEmbeddings line, int[] users, int[] items, int[] negatives, params (int, int)[] excluded)
            => ContrastiveLosses.SampledSoftmax(
                line.Users.SelectRows(users).NormalizeRows(), line.Items.SelectRows(items).NormalizeRows(),
                line.Items.SelectRows(negatives).NormalizeRows(), ExcludedPairs.Of(users.Length, excluded), 0.5).item<float>();

        // In the behaviour line items 2 and 5 stand for nothing, in the modal line users 1 and 2 and item 3. User 0 has item 1, user 2
        // item 3.
        float expected = Contrast(Line(1), [0, 2], [0, 4], [1, 3], (0, 0), (1, 1)) + Contrast(Line(3), [0], [0], [1, 5], (0, 0));
        Term(options, batch, "intra").Should().BeApproximately(expected, 1e-4f);
    }

    [Theory]
    [InlineData(IntraAlignmentKind.InfoNce, InterAlignmentKind.InfoNce)]
    [InlineData(IntraAlignmentKind.Cosine, InterAlignmentKind.MeanVariance)]
    public void Where_nobody_is_left_the_terms_are_0(IntraAlignmentKind intra, InterAlignmentKind inter)
    {
        var batch = new TrainingBatch([1], [2], [5], sharedNegatives: true) { Known = Train };
        batch.Missing = new(() => Of(batch));
        var options = new BmaOptions
        {
            Intra = intra,
            Inter = inter,
            LeaveOutHiddenUsers = true,
            LeaveOutDroppedItems = true,
            DistributionWeight = 1,
        };
        Term(options, batch, "intra").Should().Be(0);
        Term(options, batch, "inter").Should().Be(0);
        Term(options, batch, "distribution").Should().Be(0);
    }

    [Theory]
    [InlineData(DistributionAlignmentKind.MeanCovariance)]
    [InlineData(DistributionAlignmentKind.MaximumMeanDiscrepancy)]
    [InlineData(DistributionAlignmentKind.EnergyDistance)]
    public void The_distance_of_the_distributions_is_that_of_unit_rows(DistributionAlignmentKind kind)
    {
        using DisposeScope scope = NewDisposeScope();
        UserItemEmbeddings b = Line(1), m = Line(3);
        Func<Tensor, Tensor, Tensor> distance = kind switch
        {
            DistributionAlignmentKind.MeanCovariance => DistributionLosses.MeanCovariance,
            DistributionAlignmentKind.MaximumMeanDiscrepancy => DistributionLosses.MaximumMeanDiscrepancy,
            _ => DistributionLosses.EnergyDistance,
        };
        int[] items = [0, 2, 4];
        float expected = distance(b.Users.NormalizeRows(), m.Users.NormalizeRows())
            .Plus(distance(b.Items.SelectRows(items).NormalizeRows(), m.Items.SelectRows(items).NormalizeRows())).item<float>();
        var options = new BmaOptions { Distribution = kind, DistributionWeight = 2 };
        Term(options, Batch(), "distribution").Should().BeApproximately(expected, 1e-4f);
        Term(options with { IntraWeight = 0, InterWeight = 0 }, Batch(), "distribution").Should().BeApproximately(expected, 1e-4f);
    }
}
