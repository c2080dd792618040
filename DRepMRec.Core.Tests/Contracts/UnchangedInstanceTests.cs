using DRepMRec.Contracts;
using DRepMRec.Data;
using DRepMRec.Graphs;
using DRepMRec.Losses;
using DRepMRec.Tests.Support;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Contracts;

/// <summary>What training moves of an instance, such as the running means of a BatchNorm, is after a check as it was.</summary>
public sealed class UnchangedInstanceTests
{
    private static readonly RecDataset Data = Samples.Checkerboard(9, 8);

    [Fact]
    public void Buffers_of_a_host_are_as_they_were()
    {
        using var host = new CountingHost();
        HostContract.Check(host, Data).Findings.Should().BeEmpty();
        host.Steps.Should().Be(0);
    }

    [Fact]
    public void Buffers_of_an_alignment_are_as_they_were()
    {
        using var alignment = new CountingAlignment();
        AlignmentContract.Check(alignment, 4, Data).Findings.Should().BeEmpty();
        alignment.Steps.Should().Be(0);
    }

    [Fact]
    public void A_module_that_was_left_out_of_training_stays_so()
    {
        using DRepMRecModel model = DRepMRecModel.Create(Data, new DRepMRecOptions { EmbeddingDim = 4 });
        model.train();
        nn.Module[] left = [.. model.modules().Where((_, n) => n % 2 == 0)];
        foreach (nn.Module module in left)
            module.eval();
        bool[] modes = [.. model.modules().Select(module => module.training)];
        modes.Should().Contain(false).And.Contain(true);
        model.Embed().Dispose();
        model.modules().Select(module => module.training).Should().Equal(modes);
        model.training.Should().BeTrue();

        HostContract.Check(model.BehaviorEncoder, Data).Findings.Should().BeEmpty();
        AlignmentContract.Check(model.AlignmentModule!, 4, Data).Findings.Should().BeEmpty();
        model.modules().Select(module => module.training).Should().Equal(modes);
    }

    private static void Count(Tensor steps)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        steps.copy_(steps.Plus(1));
    }

    private sealed class CountingHost : nn.Module<InteractionGraph, UserItemEmbeddings>, IBehaviorEncoder
    {
        private readonly Parameter _users = new(ones(9, 4));
        private readonly Parameter _items = new(ones(8, 4));
        private readonly Tensor _steps = zeros(1);

        public CountingHost()
            : base(nameof(CountingHost)) => RegisterComponents();

        public float Steps => UserItemEmbeddings.Values(_steps)[0];

        public int EmbeddingDim => 4;

        public override UserItemEmbeddings forward(InteractionGraph graph)
        {
            if (training)
                Count(_steps);
            return new UserItemEmbeddings(_users.alias(), _items.alias());
        }
    }

    private sealed class CountingAlignment
        : nn.Module<UserItemEmbeddings, UserItemEmbeddings, BatchRows?, AlignmentResult>, IAlignmentModule
    {
        private readonly Tensor _steps = zeros(1);

        public CountingAlignment()
            : base(nameof(CountingAlignment)) => RegisterComponents();

        public float Steps => UserItemEmbeddings.Values(_steps)[0];

        public int EmbeddingDim => 4;

        public override AlignmentResult forward(UserItemEmbeddings behavior, UserItemEmbeddings modal, BatchRows? batch)
        {
            if (training)
                Count(_steps);
            return new AlignmentResult(
                new UserItemEmbeddings(behavior.Users.Plus(modal.Users), behavior.Items.Plus(modal.Items)), []);
        }
    }
}
