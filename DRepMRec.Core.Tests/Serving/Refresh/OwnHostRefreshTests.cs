using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Graphs;
using DRepMRec.Serving;
using DRepMRec.Tests.Support;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Serving;

/// <summary>What hosts of one's own say for a refresh is looked at before memory is read by it.</summary>
public sealed class OwnHostRefreshTests
{
    private static readonly RecDataset Data = Samples.Checkerboard(9, 8);

    [Theory]
    [InlineData(8, 8, null)]
    [InlineData(0, 8, null)]
    [InlineData(1, 8, "OffsetHost with EmbeddingDim 4 is expected to return by ItemOffset Float32 [9, 4] for 9 users and Float32 [8, 4] "
        + "for 8 items; it returned Float32 [9, 4] and Float32 [1, 4].")]
    [InlineData(0, 3, "OffsetHost with EmbeddingDim 4 is expected to return by KnownEgo Float32 [9, 4] for 9 users and Float32 [8, 4] "
        + "for 8 items; it returned Float32 [9, 4] and Float32 [3, 4].")]
    public void Rows_of_other_numbers_are_refused(int offsets, int known, string? message)
    {
        using DRepMRecModel model = DRepMRecModel.Create(Data, new OffsetHost(offsets, known), DRepMRecOptions.LightGcn);
        new Trainer(model, Data, new TrainerOptions { MaxEpochs = 1 }).Fit();
        Func<Recommender> build = () => model.BuildRecommender(Data, new RecommenderOptions { IncludeRefresh = true });
        if (message is null)
            build().RefreshKind.Should().Be(RefreshKind.Exact);
        else
            build.Should().Throw<ArgumentException>().WithMessage(message);
    }

    /// <summary>LightGCN, and zeros added to items.</summary>
    private sealed class OffsetHost : nn.Module<InteractionGraph, UserItemEmbeddings>, IBehaviorEncoder
    {
        private readonly LightGcnEncoder _inner = new(9, 8, new LightGcnOptions { EmbeddingDim = 4, Layers = 1 });
        private readonly int _offsets;
        private readonly int _known;

        public OffsetHost(int offsets, int known)
            : base(nameof(OffsetHost))
        {
            (_offsets, _known) = (offsets, known);
            RegisterComponents();
        }

        public int EmbeddingDim => 4;

        public int? PropagationLayers => 1;

        public UserItemEmbeddings? Ego => _inner.Ego;

        public UserItemEmbeddings? KnownEgo(InteractionGraph graph)
            => new UserItemEmbeddings(Ego!.Value.Users, Ego!.Value.Items.narrow(0, 0, _known));

        public Tensor? ItemOffset(InteractionGraph graph) => _offsets == 0 ? null : zeros(_offsets, 4);

        public override UserItemEmbeddings forward(InteractionGraph graph) => _inner.call(graph);
    }
}
