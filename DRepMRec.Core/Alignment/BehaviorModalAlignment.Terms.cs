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
        BatchRows rows = batch.Batch.Compact;
        if (batch.Rows.IsAll)
            (behavior, modal) = (rows.Rows.Select(behavior), rows.Rows.Select(modal));
        var (behaviorUnits, modalUnits) = IntraContrasts || InterContrasts ? (Units(behavior), Units(modal)) : (behavior, modal);
        var terms = new List<LossTerm>();
        void Add(string name, Tensor value, double weight) => terms.Add(new LossTerm(name, value.MoveToOuterDisposeScope(), weight));
        if (_options.IntraWeight > 0)
        {
            var (own, content) = IntraContrasts ? (behaviorUnits, modalUnits) : (behavior, modal);
            Add("intra", Intra(rows, own).Plus(Intra(rows, content)), _options.IntraWeight);
        }

        if (_options.InterWeight > 0)
        {
            var (own, content) = InterContrasts ? (behaviorUnits, modalUnits) : (behavior, modal);
            Add("inter", Inter(rows, own, content), _options.InterWeight);
        }

        return terms;
    }

    private bool IntraContrasts => _options.IntraWeight > 0 && _options.Intra == IntraAlignmentKind.InfoNce;

    private bool InterContrasts => _options.InterWeight > 0 && _options.Inter == InterAlignmentKind.InfoNce;

    private static UserItemEmbeddings Units(UserItemEmbeddings line) => new(line.Users.NormalizeRows(), line.Items.NormalizeRows());

    void IBatchPreparation.Prepare(InteractionGraph graph, TrainingBatch batch)
    {
        if (IntraContrasts)
            Contrasted(batch.Compact);
        if (_options.InterWeight > 0)
        {
            Users(batch.Compact);
            Items(batch.Compact);
        }
    }

    private Tensor Intra(BatchRows batch, UserItemEmbeddings line)
        => _options.Intra == IntraAlignmentKind.InfoNce ? Contrast(batch, line) : Align(batch, line);

    /// <summary>The contrastive intra-alignment of one line, of rows of length 1.</summary>
    private Tensor Contrast(BatchRows batch, UserItemEmbeddings line)
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

    /// <summary>The intra-alignment of one line where it isn't contrastive.</summary>
    private Tensor Align(BatchRows batch, UserItemEmbeddings line)
    {
        var (users, items) = batch.OnePerUser();
        Tensor distance = ContrastiveLosses.Cosine(line.Users.SelectRows(users), line.Items.SelectRows(items));
        if (_options.Intra == IntraAlignmentKind.Cosine)
            return distance;
        Tensor spread = ContrastiveLosses.Uniformity(line.Users.SelectRows(Users(batch)))
            .Plus(ContrastiveLosses.Uniformity(line.Items.SelectRows(Items(batch))));

        // On the unit sphere the squared distance is twice 1 - cos.
        return distance.Times(2).Plus(spread, 0.5);
    }

    /// <summary>The inter-alignment, of the same users and of the same items; of rows of length 1 where it is contrastive.</summary>
    private Tensor Inter(BatchRows batch, UserItemEmbeddings behavior, UserItemEmbeddings modal)
    {
        int[] users = Users(batch), items = Items(batch);
        return Compare(behavior.Users.SelectRows(users), modal.Users.SelectRows(users))
            .Plus(Compare(behavior.Items.SelectRows(items), modal.Items.SelectRows(items)));
    }

    private Tensor Compare(Tensor behavior, Tensor modal) => _options.Inter switch
    {
        InterAlignmentKind.InfoNce => ContrastiveLosses.InfoNceOfUnits(behavior, modal, _options.Temperature),
        InterAlignmentKind.Cosine => ContrastiveLosses.Cosine(behavior, modal),
        _ => ContrastiveLosses.MeanVariance(behavior, modal),
    };

    private int[] Users(BatchRows batch)
        => batch.Batch.Once((this, nameof(Users)), () => batch.SampleDistinctUsers(_options.MaxEntities));

    private int[] Items(BatchRows batch)
        => batch.Batch.Once((this, nameof(Items)), () => batch.SampleDistinctItems(_options.MaxEntities));

    private sealed record ContrastedPairs(PairIndices Pairs, ExcludedPairs Excluded);
}
