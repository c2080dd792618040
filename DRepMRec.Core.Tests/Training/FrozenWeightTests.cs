using DRepMRec.Graphs;
using DRepMRec.Losses;
using DRepMRec.Tests.Support;
using DRepMRec.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Training;

/// <summary>Which weights are trained is settled when a training begins, and is the same when it goes on.</summary>
public sealed class FrozenWeightTests : CheckpointTestBase
{
    [Fact]
    public void A_weight_that_comes_with_the_first_step_is_refused_by_name()
        => FluentActions.Invoking(() => Fit(new ChangingHost { MakesWeight = true }, Options)).Should().Throw<InvalidOperationException>()
            .WithMessage("The weights 'behavior.late' take gradients since after the training began, and would never be trained: *");

    [Fact]
    public void A_weight_that_is_thawed_in_a_later_epoch_is_refused_by_name()
    {
        int epochs = 0;
        var progress = new Immediate<TrainingProgress>(p => epochs = p.Epoch);
        FluentActions.Invoking(() => Fit(new ChangingHost("other") { ThawsIn = 2 }, Options, progress))
            .Should().Throw<InvalidOperationException>().WithMessage("The weights 'behavior._other' take gradients since*");
        epochs.Should().Be(1);
    }

    [Fact]
    public void A_weight_that_stays_frozen_is_none_that_was_forgotten()
        => FluentActions.Invoking(() => Fit(new ChangingHost("other"), Options)).Should().NotThrow();

    [Fact]
    public void A_checkpoint_with_other_weights_frozen_is_another_training()
    {
        Fit(new ChangingHost("one"), With(File));
        CheckpointDifference[] differences =
        [
            .. FluentActions.Invoking(() => Fit(new ChangingHost("other"), With(File))).Should().Throw<CheckpointMismatchException>()
                .Which.Differences,
        ];
        differences.Select(d => d.Field).Order().Should().Equal("Weights.behavior._one", "Weights.behavior._other");
        differences.Should().OnlyContain(d => d.Current!.EndsWith(", frozen") != d.Checkpoint!.EndsWith(", frozen"));
        Fit(new ChangingHost("one"), With(File) with { MaxEpochs = 9 });
    }

    [Fact]
    public void Where_all_weights_are_trained_the_fields_are_as_they_were()
    {
        using DRepMRecModel model = Create("DRepMRec");
        TrainingFingerprint.Of(model, Board, Options).Where(f => f.Key.StartsWith("Weights.")).Select(f => f.Value)
            .Should().NotBeEmpty().And.OnlyContain(text => text.EndsWith(']'));
    }

    private static void Fit(ChangingHost host, TrainerOptions options, IProgress<TrainingProgress>? progress = null)
    {
        using DRepMRecModel model = DRepMRecModel.Create(Board, host, Small with { UseModalLine = false, Loss = new RankingLoss.Bpr() });
        new Trainer(model, Board, options with { Patience = 100 }).Fit(progress);
    }

    /// <summary>Has two weights of one shape, of which one may be frozen; thaws it, or makes another, while it's trained.</summary>
    private sealed class ChangingHost : nn.Module<InteractionGraph, UserItemEmbeddings>, IBehaviorEncoder
    {
        private readonly Parameter _users;
        private readonly Parameter _one;
        private readonly Parameter _other;

        public ChangingHost(string frozen = "none")
            : base(nameof(ChangingHost))
        {
            random.manual_seed(7);
            _users = new Parameter(rand(40, 8));
            _one = new Parameter(rand(30, 8), frozen != "one");
            _other = new Parameter(rand(30, 8), frozen != "other");
            RegisterComponents();
        }

        public bool MakesWeight { get; init; }

        public int ThawsIn { get; init; } = int.MaxValue;

        public int EmbeddingDim => 8;

        public InteractionGraph GraphForEpoch(InteractionGraph graph, int epoch)
        {
            if (epoch >= ThawsIn)
                _other.requires_grad_();
            return graph;
        }

        public override UserItemEmbeddings forward(InteractionGraph graph)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor items = _one.Plus(_other);
            if (MakesWeight)
                items = items.Plus(Late());
            return new UserItemEmbeddings(_users.alias(), items).MoveToOuterDisposeScope();
        }

        private Parameter Late()
        {
            if (!has_parameter("late"))
            {
                var late = new Parameter(rand(30, 8));
                late.DetachFromDisposeScope();
                register_parameter("late", late);
            }

            return get_parameter("late")!;
        }
    }
}
