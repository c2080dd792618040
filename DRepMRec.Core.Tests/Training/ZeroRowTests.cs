using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Graphs;
using DRepMRec.ItemToItem;
using DRepMRec.Losses;
using DRepMRec.Tests.Support;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Training;

/// <summary>A user who has interactions but a row of zeros gets the same list in figures as from a recommender.</summary>
public sealed class ZeroRowTests
{
    private static readonly RankingMetric First = RankingMetric.Recall(1);

    // Item 1 is in validation for the first user, and all others have it.
    private static readonly RecDataset Shop = Samples.Dataset(
        "shop", 40, 30, [(0, 0), .. Enumerable.Range(1, 39).SelectMany(u => new[] { (u, 1), (u, 2 + (u % 28)) })], [(0, 1)], [], []);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_figure_of_a_user_without_a_row_is_that_of_the_list_that_is_served(bool withItemToItem)
    {
        var options = new DRepMRecOptions
        {
            UseModalLine = false,
            Loss = new RankingLoss.Bpr(),
            ItemToItem = new ItemToItemOptions { Enabled = withItemToItem },
        };
        using DRepMRecModel model = DRepMRecModel.Create(Shop, new HostWithoutFirstUser(), options);
        TrainingReport report = new Trainer(model, Shop, new TrainerOptions
        {
            MaxEpochs = 1,
            BatchSize = 64,
            StoppingMetric = First,
            Evaluation = new EvaluationOptions { Metrics = [First] },
        }).Fit();
        string served = report.BuildRecommender().Recommend("u0", 1).Single().Item;
        served.Should().Be("i1", "nothing but its number of users speaks for an item");
        report.Validation!.EvaluatedUsers.Should().Equal(0);
        report.Validation.PerUser(First).Should().Equal(1);
    }

    private sealed class HostWithoutFirstUser : nn.Module<InteractionGraph, UserItemEmbeddings>, IBehaviorEncoder
    {
        private readonly Parameter _users;
        private readonly Parameter _items;

        public HostWithoutFirstUser()
            : base(nameof(HostWithoutFirstUser))
        {
            _users = new Parameter(tensor(Samples.Floats(40 * 8, 1), 40, 8));
            _items = new Parameter(tensor(Samples.Floats(30 * 8, 2), 30, 8));
            RegisterComponents();
        }

        public int EmbeddingDim => 8;

        public override UserItemEmbeddings forward(InteractionGraph graph)
        {
            using DisposeScope scope = NewDisposeScope();
            float[] others = [0, .. Enumerable.Repeat(1f, 39)];
            return new UserItemEmbeddings(_users * tensor(others, 40, 1), _items.alias()).MoveToOuterDisposeScope();
        }
    }
}
