using DRepMRec.Baselines;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.ItemToItem;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Reliability;
using DRepMRec.Tests.Support;
using DRepMRec.Training;
using Microsoft.Extensions.Logging;

namespace DRepMRec.Tests.Training;

/// <summary>The item-to-item part at the end of a training.</summary>
public sealed class ItemToItemTrainingTests
{
    private static readonly ItemToItemOptions Part =
        new() { Enabled = true, L2 = 5, ContentWeight = 5, BlendWeights = [0, 0.3], PopularityWeights = [0] };

    private static RecDataset Data => TinyTraining.Data;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Test_and_validation_figures_are_those_of_both_together(bool content)
    {
        using DRepMRecModel model = Model(Part, content);
        TrainingReport report = new Trainer(model, Data, TinyTraining.Options(2)).Fit();
        ItemToItemBlend blend = report.ItemToItem!;
        model.ItemToItem.Should().BeSameAs(blend);
        blend.Metric.Should().Be(RankingMetric.Recall(20));
        blend.Weight.Should().Be(0.3, "two epochs are few");
        blend.FigureOf(0, 0).Should().BeApproximately(report.History[report.BestEpoch - 1].Validation![RankingMetric.Recall(20)], 1e-12);
        blend.FigureOf(0.3, 0).Should().BeApproximately(report.Validation![RankingMetric.Recall(20)], 1e-12);
        using UserItemEmbeddings final = model.Embed();
        IItemScorer scorer = blend.Over(EmbeddingScorer.Of(final));
        EvaluationResult expected = new Evaluator(new EvaluationOptions { Users = UserFilter.WithTraining })
            .Evaluate(scorer, Data, EvaluationTarget.Test);
        EvaluationResult actual = report.EvaluateTest();
        foreach (int user in expected.EvaluatedUsers)
        {
            actual.PerUser(RankingMetric.Ndcg(20))[Place(actual, user)]
                .Should().Be(expected.PerUser(RankingMetric.Ndcg(20))[Place(expected, user)]);
        }

        report.BuildRecommender().Manifest.Validation["Recall@20"].Should().Be(report.Validation[RankingMetric.Recall(20)]);
    }

    [Fact]
    public void Popularity_alone_is_in_all_figures_too()
    {
        using DRepMRecModel model = Model(Part with { BlendWeights = [0], PopularityWeights = [1000] }, content: false);
        TrainingReport report = new Trainer(model, Data, TinyTraining.Options(1)).Fit();
        (report.ItemToItem!.Weight, report.ItemToItem.PopularityWeight).Should().Be((0, 1000));
        var popularity = new PopularityRecommender(Data.Train);
        EvaluationResult counted = new Evaluator(new EvaluationOptions { Users = UserFilter.WithTraining })
            .Evaluate(popularity, Data, EvaluationTarget.Validation);
        report.Validation![RankingMetric.Recall(20)].Should().BeApproximately(counted[RankingMetric.Recall(20)], 0.05);
        report.Validation[RankingMetric.Recall(20)].Should().BeApproximately(report.ItemToItem.FigureOf(0, 1000), 1e-12);
        Recommender recommender = report.BuildRecommender();
        (recommender.ItemToItemWeight, recommender.PopularityWeight).Should().Be((0, 1000));
    }

    [Fact]
    public void The_weights_and_the_course_of_the_training_are_as_without_it()
    {
        using DRepMRecModel with = Model(Part), without = Model(Part with { Enabled = false });
        TrainingReport a = new Trainer(with, Data, TinyTraining.Options(2)).Fit(),
            b = new Trainer(without, Data, TinyTraining.Options(2)).Fit();
        b.ItemToItem.Should().BeNull();
        using UserItemEmbeddings x = with.Embed(), y = without.Embed();
        UserItemEmbeddings.Values(x.Users).ToArray().Should().Equal(UserItemEmbeddings.Values(y.Users).ToArray());
        a.History.Select(e => e.Validation![RankingMetric.Recall(20)])
            .Should().Equal(b.History.Select(e => e.Validation![RankingMetric.Recall(20)]));
    }

    [Fact]
    public void A_training_that_goes_on_is_by_the_model_alone_and_ends_with_it_again()
    {
        using var folder = new TempFolder();
        TrainerOptions Options(int epochs) => TinyTraining.Options(epochs) with
        {
            Patience = 3,
            Checkpoint = new CheckpointOptions { Path = folder["checkpoint"] },
        };
        using DRepMRecModel whole = Model(Part), parted = Model(Part), other = Model(Part with { L2 = 6 });
        TrainingReport once = new Trainer(whole, Data, TinyTraining.Options(3)).Fit();
        new Trainer(parted, Data, Options(1)).Fit().ItemToItem.Should().NotBeNull();
        TrainingReport twice = new Trainer(parted, Data, Options(3)).Fit();
        twice.ItemToItem!.Trials.Should().Equal(once.ItemToItem!.Trials);
        FluentActions.Invoking(() => new Trainer(other, Data, Options(3)).Fit()).Should().Throw<CheckpointMismatchException>()
            .WithMessage("*ItemToItem.L2*");
    }

    [Theory]
    [InlineData(new[] { 0, 0.3 }, new[] { 0.2 })]
    [InlineData(new[] { 0.3 }, new[] { 0, 0.2 })]
    public void Without_validation_weights_to_choose_from_are_left_out_and_told(double[] weights, double[] popularity)
    {
        using DRepMRecModel model = Unvalidated(weights, popularity, out RecDataset data);
        using var log = new ListLog();
        new Trainer(model, data, TinyTraining.Options(1), log).Fit().ItemToItem.Should().BeNull();
        log.Of(107).Should().ContainSingle(e => e.Level == LogLevel.Warning)
            .Which.Text.Should().StartWith("There are no validation interactions to choose the weights");
    }

    [Fact]
    public void Without_validation_given_weights_are_taken()
    {
        using DRepMRecModel model = Unvalidated([0.3, 0.3], [0.2], out RecDataset data);
        using var log = new ListLog();
        TrainingReport report = new Trainer(model, data, TinyTraining.Options(1), log).Fit();
        (report.ItemToItem!.Weight, report.ItemToItem.PopularityWeight).Should().Be((0.3, 0.2));
        report.ItemToItem.Trials.Should().BeEmpty();
        report.Validation.Should().BeNull();
        Recommender recommender = report.BuildRecommender();
        (recommender.ItemToItemWeight, recommender.PopularityWeight).Should().Be((0.3, 0.2));
        log.Of(110).Should().ContainSingle().Which.Text.Should().Be(
            "Item-to-item part of weight 0.3, popularity of weight 0.2, as given: there are no validation interactions");
    }

    private static DRepMRecModel Unvalidated(double[] weights, double[] popularity, out RecDataset data)
    {
        data = new RecDataset("unvalidated", Data.Users, Data.Items, new InteractionSplits(
            Data.Train, new InteractionSet(Data.Users.Count, Data.Items.Count, []), Data.Test), Data.Features);
        ItemToItemOptions part = Part with { BlendWeights = weights, PopularityWeights = popularity };
        return DRepMRecModel.Create(data, new DRepMRecOptions { EmbeddingDim = 8, ItemToItem = part });
    }

    [Fact]
    public void A_start_from_other_weights_leaves_it_and_one_that_is_refused_does_not()
    {
        using DRepMRecModel model = Model(Part);
        var trainer = new Trainer(model, Data, TinyTraining.Options(1));
        TrainingReport report = trainer.Fit();
        EarlierModel earlier = report.ToEarlierModel();
        trainer.Invoking(t => t.StartFrom(earlier, new WarmStartOptions { Moments = true })).Should().Throw<ArgumentException>();
        model.ItemToItem.Should().BeSameAs(report.ItemToItem).And.NotBeNull();
        trainer.StartFrom(earlier);
        model.ItemToItem.Should().BeNull();
    }

    [Fact]
    public void The_log_says_what_the_model_reaches_alone_also_where_weights_are_given()
    {
        using DRepMRecModel model = Model(Part with { BlendWeights = [0.3], PopularityWeights = [0.2] });
        using var log = new ListLog();
        TrainingReport report = new Trainer(model, Data, TinyTraining.Options(1), log).Fit();
        double alone = report.History[report.BestEpoch - 1].Validation![RankingMetric.Recall(20)];
        log.Of(106).Should().ContainSingle().Which.Text.Should().EndWith(FormattableString.Invariant($", {alone} without them"));
    }

    [Fact]
    public void A_training_that_is_refused_leaves_it_too()
    {
        using var folder = new TempFolder();
        TrainerOptions Kept(double l2) => TinyTraining.Options(1) with
        {
            L2 = l2,
            Checkpoint = new CheckpointOptions { Path = folder["run.checkpoint"] },
        };
        using DRepMRecModel model = Model(Part);
        TrainingReport report = new Trainer(model, Data, Kept(1e-4)).Fit();
        new Trainer(model, Data, Kept(1e-3)).Invoking(t => t.Fit()).Should().Throw<CheckpointMismatchException>();
        model.ItemToItem.Should().BeSameAs(report.ItemToItem).And.NotBeNull();
        report.BuildRecommender().ItemToItemWeight.Should().Be(0.3);
    }

    [Fact]
    public void What_can_not_be_solved_is_said_before_the_first_epoch()
    {
        RecDataset twins = Samples.Dataset("twins", 3, 3, [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1)], [(0, 2)], [(1, 2)], []);
        var options = new DRepMRecOptions { EmbeddingDim = 8, ItemToItem = Part with { L2 = 1e-25 } };
        using DRepMRecModel model = DRepMRecModel.Create(twins, options);
        int epochs = 0;
        var trainer = new Trainer(model, twins, TinyTraining.Options(1));
        trainer.Invoking(t => t.Fit(new Counting(() => epochs++))).Should().Throw<ArgumentException>().WithMessage("*L2*");
        epochs.Should().Be(0);
    }

    [Fact]
    public void A_loop_of_ones_own_asks_for_it()
    {
        using DRepMRecModel model = Model(Part with { Enabled = false });
        new Trainer(model, Data, TinyTraining.Options(1)).Fit();
        model.BuildRecommender(Data).ItemToItemWeight.Should().Be(0);
        ItemToItemBlend blend = model.FitItemToItem(Data, RankingMetric.Ndcg(10));
        blend.Metric.Should().Be(RankingMetric.Ndcg(10));
        model.BuildRecommender(Data).ItemToItemWeight.Should().Be(blend.Weight);
        FluentActions.Invoking(() => model.FitItemToItem(Samples.Checkerboard(40, 30))).Should().Throw<ArgumentException>();
    }

    private static int Place(EvaluationResult result, int user) => result.EvaluatedUsers.ToList().IndexOf(user);

    private static DRepMRecModel Model(ItemToItemOptions part, bool content = true)
        => DRepMRecModel.Create(Data, new DRepMRecOptions { EmbeddingDim = 8, UseModalLine = content, ItemToItem = part });

    private sealed class Counting(Action count) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => count();
    }
}
