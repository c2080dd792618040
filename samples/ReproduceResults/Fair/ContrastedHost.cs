using DRepMRec;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Losses;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace ReproduceResults.Fair;

/// <summary>
/// The control "intra-alignment without content": a host whose rows have length 1, as those of a line in the fused row have, and that
/// beside the ranking loss has BMA's intra-alignment on these rows, and nothing of a modal line. What BMA brings beyond it comes from
/// content.
/// </summary>
internal sealed class ContrastedHost : nn.Module<InteractionGraph, UserItemEmbeddings>, IBehaviorEncoder
{
    private const int MaxEntities = 512;
    private readonly double _weight;
    private readonly double _temperature;

    [ComponentName(Name = "host")]
    private readonly nn.Module _module;

    public ContrastedHost(IBehaviorEncoder host, double weight, double temperature)
        : base(nameof(ContrastedHost))
    {
        (_module, _weight, _temperature) = ((nn.Module)host, weight, temperature);
        RegisterComponents();
    }

    public int EmbeddingDim => Host.EmbeddingDim;

    public object Options
        => new { Host = Host.GetType().FullName, HostOptions = Host.Options, Weight = _weight, Temperature = _temperature };

    public ModalFeatures? Features => Host.Features;

    public UserItemEmbeddings? Ego => Host.Ego;

    public bool KnowsColdItems => Host.KnowsColdItems;

    private IBehaviorEncoder Host => (IBehaviorEncoder)_module;

    public InteractionGraph GraphForEpoch(InteractionGraph graph, int epoch) => Host.GraphForEpoch(graph, epoch);

    public override UserItemEmbeddings forward(InteractionGraph graph)
    {
        using DisposeScope scope = NewDisposeScope();
        return Encode(graph, RowSet.All, null).Embeddings.MoveToOuterDisposeScope();
    }

    public EncoderOutput Encode(InteractionGraph graph, RowSet rows, BatchRows? batch)
    {
        EncoderOutput output = Host.Encode(graph, rows, batch);
        var units = new UserItemEmbeddings(output.Embeddings.Users.NormalizeRows(), output.Embeddings.Items.NormalizeRows());
        return new EncoderOutput(units)
        {
            Ego = output.Ego,
            Terms = batch is null ? output.Terms : [.. output.Terms, new LossTerm("intra", Contrast(units, batch), _weight)],
        };
    }

    public void ReleaseBuffers() => Host.ReleaseBuffers();

    private Tensor Contrast(UserItemEmbeddings units, BatchRows batch)
    {
        var (users, items) = batch.OnePerUser();
        var (negatives, excluded) = batch.NegativesPerUser(MaxEntities);
        return ContrastiveLosses.SampledSoftmax(units.Users.SelectRows(users), units.Items.SelectRows(items),
            units.Items.SelectRows(negatives), excluded, _temperature);
    }
}
