using DRepMRec.Graphs;
using DRepMRec.Kernels;
using DRepMRec.Losses;
using static TorchSharp.torch;

namespace DRepMRec.Alignment;

public sealed partial class BehaviorModalAlignment
{
    /// <summary>The loss terms, from the rows of the batch's own users and items.</summary>
    private List<LossTerm> Terms(UserItemEmbeddings behavior, UserItemEmbeddings modal, BatchRows batch)
    {
        if (_options is { IntraWeight: 0, InterWeight: 0 })
            return [];
        BatchRows rows = batch.Batch.Compact;
        if (batch.Rows.IsAll)
            (behavior, modal) = (rows.Rows.Select(behavior), rows.Rows.Select(modal));
        (behavior, modal) = (Units(behavior), Units(modal));
        var terms = new List<LossTerm>();
        void Add(string name, Tensor value, double weight) => terms.Add(new LossTerm(name, value.MoveToOuterDisposeScope(), weight));
        if (_options.IntraWeight > 0)
            Add("intra", Intra(rows, behavior).Plus(Intra(rows, modal)), _options.IntraWeight);
        if (_options.InterWeight > 0)
            Add("inter", Inter(rows, behavior, modal), _options.InterWeight);
        return terms;
    }

    private static UserItemEmbeddings Units(UserItemEmbeddings line) => new(line.Users.NormalizeRows(), line.Items.NormalizeRows());

    void IBatchPreparation.Prepare(InteractionGraph graph, TrainingBatch batch)
    {
        if (_options.IntraWeight > 0)
            Contrasted(batch.Compact);
        if (_options.InterWeight > 0)
        {
            Users(batch.Compact);
            Items(batch.Compact);
        }
    }

    /// <summary>The intra-alignment of one line, of rows of length 1.</summary>
    private Tensor Intra(BatchRows batch, UserItemEmbeddings line)
    {
        ContrastedPairs chosen = Contrasted(batch);
        return ContrastiveLosses.SampledSoftmax(line.Users, line.Items, chosen.Pairs, chosen.Excluded, _options.Temperature);
    }

    private ContrastedPairs Contrasted(BatchRows batch) => batch.Batch.Once((this, nameof(Contrasted)), () =>
    {
        var (users, items) = batch.OnePerUser();
        var (negatives, excluded) = batch.NegativesPerUser(_options.MaxEntities);
        var pairs = new PairIndices(users, items, negatives, Shared: true)
        {
            Offsets = batch.Batch.Correction?.OfDistinct(Array.ConvertAll(negatives, place => batch.Rows.Items[place])),
        };
        return new ContrastedPairs(pairs, excluded);
    });

    /// <summary>The inter-alignment, of the same users and of the same items; of rows of length 1.</summary>
    private Tensor Inter(BatchRows batch, UserItemEmbeddings behavior, UserItemEmbeddings modal)
    {
        int[] users = Users(batch), items = Items(batch);
        return ContrastiveLosses
            .InfoNceOfUnits(behavior.Users.SelectRows(users), modal.Users.SelectRows(users), _options.Temperature)
            .Plus(ContrastiveLosses.InfoNceOfUnits(behavior.Items.SelectRows(items), modal.Items.SelectRows(items), _options.Temperature));
    }

    private int[] Users(BatchRows batch)
        => batch.Batch.Once((this, nameof(Users)), () => batch.SampleDistinctUsers(_options.MaxEntities));

    private int[] Items(BatchRows batch)
        => batch.Batch.Once((this, nameof(Items)), () => batch.SampleDistinctItems(_options.MaxEntities));

    private sealed record ContrastedPairs(PairIndices Pairs, ExcludedPairs Excluded);
}
