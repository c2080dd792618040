using DRepMRec.Data;
using DRepMRec.Graphs;
using DRepMRec.Losses;
using DRepMRec.Tests.Support;
using DRepMRec.Training;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Training;

/// <summary>A training that goes wrong before anything was evaluated leaves the weights that it began with.</summary>
public sealed class DivergenceTests : CheckpointTestBase
{
    private static readonly TrainerOptions Wild = Options with { Adam = new AdamOptions { LearningRate = 1e6 } };

    [Fact]
    public void Before_its_first_evaluation_a_training_that_diverges_leaves_the_first_weights()
    {
        using DRepMRecModel model = Create("LightGCN");
        float[] before = Weights(model);
        Diverges(model, Wild);
        Weights(model).Should().Equal(before);
    }

    [Fact]
    public void Gone_on_from_a_checkpoint_without_an_evaluation_it_leaves_the_weights_of_the_checkpoint()
    {
        TrainerOptions options = Wild with { Checkpoint = With(File).Checkpoint };
        using DRepMRecModel cancelled = Create("LightGCN"), resumed = Create("LightGCN");
        float[] first = Weights(cancelled);
        using var source = new CancellationTokenSource();
        var progress = new Immediate<TrainingProgress>(_ => source.Cancel());
        FluentActions.Invoking(() => new Trainer(cancelled, Board, options).Fit(progress, source.Token))
            .Should().Throw<OperationCanceledException>();
        Weights(cancelled).Should().NotEqual(first, "a cancelled training keeps its current weights");
        Diverges(resumed, options);
        Weights(resumed).Should().Equal(Weights(cancelled));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void What_the_last_step_spoils_is_no_success_where_nothing_validates(int epochs)
    {
        var none = new InteractionSet(Board.Users.Count, Board.Items.Count, []);
        RecDataset unvalidated = new("unvalidated", Board.Users, Board.Items, new InteractionSplits(Board.Train, none, none), []);
        using DRepMRecModel model = DRepMRecModel.Create(
            unvalidated, DRepMRecOptions.LightGcn with { EmbeddingDim = 4, Loss = new Spoiling() });
        float[] before = Weights(model);
        TrainerOptions options = With(File) with { MaxEpochs = epochs, BatchSize = 100_000 };
        FluentActions.Invoking(() => new Trainer(model, unvalidated, options).Fit()).Should().Throw<TrainingDivergedException>()
            .WithMessage("The representations after epoch 1 aren't finite (the weight *");
        Weights(model).Should().Equal(before);
        System.IO.File.Exists(File).Should().BeFalse("a training that failed isn't complete");
    }

    /// <summary>Nobody is ranked by the row that isn't finite: its user has nothing that validates.</summary>
    [Fact]
    public void A_row_that_is_not_finite_is_no_success_although_nobody_is_validated_by_it()
    {
        int user = Enumerable.Range(0, Board.Users.Count).First(u => !Board.Train.ItemsOf(u).IsEmpty);
        InteractionSet Without(InteractionSet set) => new(set.UserCount, set.ItemCount,
            [.. set.ExpandUsers().Zip(set.Items.ToArray()).Where(pair => pair.First != user)]);
        RecDataset data = new("unvalidated", Board.Users, Board.Items,
            new InteractionSplits(Board.Train, Without(Board.Validation), Without(Board.Test)), []);
        using var host = new SpoiledHost(data.Users.Count, data.Items.Count, user);
        using DRepMRecModel model = DRepMRecModel.Create(data, host, DRepMRecOptions.LightGcn);
        FluentActions.Invoking(() => new Trainer(model, data, Options).Fit()).Should().Throw<TrainingDivergedException>()
            .WithMessage($"The representations after epoch 1 aren't finite (User '{data.Users[user]}' (index {user}): the represent*");
    }

    /// <summary>Embeddings of which one user's are infinite at inference.</summary>
    private sealed class SpoiledHost : nn.Module<InteractionGraph, UserItemEmbeddings>, IBehaviorEncoder
    {
        private readonly TorchSharp.Modules.Parameter _users;
        private readonly TorchSharp.Modules.Parameter _items;
        private readonly int _user;

        public SpoiledHost(int users, int items, int user)
            : base(nameof(SpoiledHost))
        {
            (_users, _items) = (new(ones(users, EmbeddingDim)), new(ones(items, EmbeddingDim)));
            _user = user;
            RegisterComponents();
        }

        public int EmbeddingDim => 4;

        public override UserItemEmbeddings forward(InteractionGraph graph)
        {
            Tensor users = _users.clone();
            if (!training)
                users[_user].fill_(float.PositiveInfinity);
            return new UserItemEmbeddings(users, _items.alias());
        }
    }

    /// <summary>A loss of 0 whose slope isn't a number.</summary>
    private sealed record Spoiling : RankingLoss
    {
        public override string Name => "spoiling";

        public override ScoreFunction Score { get; init; } = ScoreFunction.Dot;

        public override int Negatives { get; init; } = 1;

        public override bool SharesNegatives => false;

        protected override Tensor ComputeRows(Tensor users, Tensor items, BatchRows rows)
            => (users.SelectRows(rows.Users).sum() * 0).sqrt() + (items.SelectRows(rows.Positives).sum() * 0);
    }

    private static void Diverges(DRepMRecModel model, TrainerOptions options)
    {
        int? best = null;
        var progress = new Immediate<TrainingProgress>(p => best = p.BestEpoch);
        FluentActions.Invoking(() => new Trainer(model, Board, options).Fit(progress)).Should().Throw<TrainingDivergedException>();
        best.Should().BeNull("nothing was evaluated");
    }

    private static float[] Weights(nn.Module model) => [.. model.state_dict().Values.SelectMany(UserItemEmbeddings.Values)];
}
