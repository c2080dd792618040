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
        var meaningful = new Meaningful(LeavesOut ? rows.Batch.Missing?.Value : null, _options);
        bool contrasts = IntraContrasts || InterContrasts || _options.DistributionWeight > 0;
        var (behaviorUnits, modalUnits) = contrasts ? (Units(behavior), Units(modal)) : (behavior, modal);
        var terms = new List<LossTerm>();
        void Add(string name, Tensor value, double weight) => terms.Add(new LossTerm(name, value.MoveToOuterDisposeScope(), weight));
        if (_options.IntraWeight > 0)
        {
            var (own, content) = IntraContrasts ? (behaviorUnits, modalUnits) : (behavior, modal);
            Add("intra", Intra(rows, own, meaningful.InBehavior).Plus(Intra(rows, content, meaningful.InModal)), _options.IntraWeight);
        }

        if (_options.InterWeight > 0)
        {
            var (own, content) = InterContrasts ? (behaviorUnits, modalUnits) : (behavior, modal);
            Add("inter", Inter(rows, own, content, meaningful), _options.InterWeight);
        }

        if (_options.DistributionWeight > 0)
            Add("distribution", Across(rows, behaviorUnits, modalUnits, meaningful, Distance), _options.DistributionWeight);
        return terms;
    }

    private bool IntraContrasts => _options.IntraWeight > 0 && _options.Intra == IntraAlignmentKind.InfoNce;

    private bool InterContrasts => _options.InterWeight > 0 && _options.Inter == InterAlignmentKind.InfoNce;

    private bool LeavesOut => _options.LeaveOutHiddenUsers || _options.LeaveOutDroppedItems;

    private static UserItemEmbeddings Units(UserItemEmbeddings line) => new(line.Users.NormalizeRows(), line.Items.NormalizeRows());

    void IBatchPreparation.Prepare(InteractionGraph graph, TrainingBatch batch)
    {
        if (LeavesOut)
            return;
        if (IntraContrasts)
            Contrasted(batch.Compact, LinePlaces.All);
        if (_options.InterWeight > 0)
        {
            Users(batch.Compact, LinePlaces.All);
            Items(batch.Compact, LinePlaces.All);
        }
    }

    private Tensor Intra(BatchRows batch, UserItemEmbeddings line, LinePlaces counts)
        => _options.Intra == IntraAlignmentKind.InfoNce ? Contrast(batch, line, counts) : Align(batch, line, counts);

    /// <summary>The contrastive intra-alignment of one line, of rows of length 1.</summary>
    private Tensor Contrast(BatchRows batch, UserItemEmbeddings line, LinePlaces counts)
    {
        ContrastedPairs chosen = Contrasted(batch, counts);
        return chosen.Pairs.Users.Length == 0
            ? Nothing(line.Users)
            : ContrastiveLosses.SampledSoftmax(line.Users, line.Items, chosen.Pairs, chosen.Excluded, _options.Temperature);
    }

    private ContrastedPairs Contrasted(BatchRows batch, LinePlaces counts) => OncePerBatch(batch, nameof(Contrasted), () =>
    {
        var (users, items) = Pairs(batch, counts);
        var (negatives, excluded) = batch.NegativesPerUser(_options.MaxEntities, counts.Item);
        var pairs = new PairIndices(users, items, negatives, Shared: true)
        {
            Offsets = batch.Batch.Correction?.OfDistinct(Array.ConvertAll(negatives, place => batch.Rows.Items[place])),
        };
        return new ContrastedPairs(pairs, excluded);
    });

    /// <summary>What no weight has a say in is made once, unless lines and steps differ in what they leave out.</summary>
    private T OncePerBatch<T>(BatchRows batch, string what, Func<T> make) where T : class
        => LeavesOut ? make() : batch.Batch.Once((this, what), make);

    /// <summary>The intra-alignment of one line where it isn't contrastive.</summary>
    private Tensor Align(BatchRows batch, UserItemEmbeddings line, LinePlaces counts)
    {
        var (users, items) = Pairs(batch, counts);
        if (users.Length == 0)
            return Nothing(line.Users);
        Tensor distance = ContrastiveLosses.Cosine(line.Users.SelectRows(users), line.Items.SelectRows(items));
        if (_options.Intra == IntraAlignmentKind.Cosine)
            return distance;
        Tensor spread = ContrastiveLosses.Uniformity(line.Users.SelectRows(Users(batch, counts)))
            .Plus(ContrastiveLosses.Uniformity(line.Items.SelectRows(Items(batch, counts))));

        // On the unit sphere the squared distance is twice 1 - cos.
        return distance.Times(2).Plus(spread, 0.5);
    }

    /// <summary>The inter-alignment; of rows of length 1 where it is contrastive.</summary>
    private Tensor Inter(BatchRows batch, UserItemEmbeddings behavior, UserItemEmbeddings modal, Meaningful meaningful)
        => Across(batch, behavior, modal, meaningful, (a, b) => _options.Inter switch
        {
            InterAlignmentKind.InfoNce => ContrastiveLosses.InfoNceOfUnits(a, b, _options.Temperature),
            InterAlignmentKind.Cosine => ContrastiveLosses.Cosine(a, b),
            _ => ContrastiveLosses.MeanVariance(a, b),
        });

    /// <summary>What compares the two lines' rows of the same users, and of the same items, summed.</summary>
    private Tensor Across(
        BatchRows batch, UserItemEmbeddings behavior, UserItemEmbeddings modal, Meaningful meaningful, Func<Tensor, Tensor, Tensor> compare)
    {
        Tensor Compare(Tensor behaviorRows, Tensor modalRows, int[] places) => places.Length == 0
            ? Nothing(behaviorRows)
            : compare(behaviorRows.SelectRows(places), modalRows.SelectRows(places));
        return Compare(behavior.Users, modal.Users, Users(batch, meaningful.InBoth))
            .Plus(Compare(behavior.Items, modal.Items, Items(batch, meaningful.InBoth)));
    }

    private Tensor Distance(Tensor a, Tensor b) => _options.Distribution switch
    {
        DistributionAlignmentKind.MeanCovariance => DistributionLosses.MeanCovariance(a, b),
        DistributionAlignmentKind.MaximumMeanDiscrepancy => DistributionLosses.MaximumMeanDiscrepancy(a, b),
        _ => DistributionLosses.EnergyDistance(a, b),
    };

    private int[] Users(BatchRows batch, LinePlaces counts)
        => OncePerBatch(batch, nameof(Users), () => Array.FindAll(batch.SampleDistinctUsers(_options.MaxEntities), counts.User));

    private int[] Items(BatchRows batch, LinePlaces counts)
        => OncePerBatch(batch, nameof(Items), () => Array.FindAll(batch.SampleDistinctItems(_options.MaxEntities), counts.Item));

    private static (int[] Users, int[] Items) Pairs(BatchRows batch, LinePlaces counts)
    {
        var (users, items) = batch.OnePerUser();
        int[] kept = [.. Enumerable.Range(0, users.Length).Where(n => counts.User(users[n]) && counts.Item(items[n]))];
        return (Array.ConvertAll(kept, n => users[n]), Array.ConvertAll(kept, n => items[n]));
    }

    /// <summary>0, where there is nothing to compare.</summary>
    private static Tensor Nothing(Tensor rows) => rows.sum().Times(0);

    /// <summary>Which users' and items' rows of a line count.</summary>
    private sealed record LinePlaces(Predicate<int> User, Predicate<int> Item)
    {
        public static LinePlaces All { get; } = new(_ => true, _ => true);
    }

    private sealed record ContrastedPairs(PairIndices Pairs, ExcludedPairs Excluded);

    /// <summary>The rows that stand for something, line by line.</summary>
    private sealed class Meaningful(MissingRows? missing, BmaOptions options)
    {
        private readonly MissingRows? _content = options.LeaveOutHiddenUsers ? missing : null;
        private readonly MissingRows? _behavior = options.LeaveOutDroppedItems ? missing : null;

        public LinePlaces InBehavior => new(_ => true, HasBehavior);

        public LinePlaces InModal => new(HasOwnContent, HasContent);

        public LinePlaces InBoth => new(HasOwnContent, item => HasBehavior(item) && HasContent(item));

        private bool HasOwnContent(int user) => _content?.UserHasContent(user) ?? true;

        private bool HasContent(int item) => _content?.ItemHasContent(item) ?? true;

        private bool HasBehavior(int item) => _behavior?.ItemHasBehavior(item) ?? true;
    }
}
