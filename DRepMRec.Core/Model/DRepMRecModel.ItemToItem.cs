using DRepMRec.Collectives;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using DRepMRec.Internals;
using DRepMRec.ItemToItem;

namespace DRepMRec;

public sealed partial class DRepMRecModel
{
    private readonly FeatureScaling _scaling;
    private readonly DRepMRecOptions _options;
    private ModalityChoice? _modalities;
    private ItemToItemModel? _itemToItemModel;

    /// <summary>The item-to-item part that stands beside the model's scores in test figures and recommenders, if there is one.</summary>
    /// <remarks>
    /// The <see cref="Trainer"/> makes it at the end of a training where <see cref="ItemToItemOptions.Enabled"/> says so; in a loop of your
    /// own, <see cref="FitItemToItem"/> does. It belongs to the weights that it was chosen for.
    /// </remarks>
    public ItemToItemBlend? ItemToItem { get; private set; }

    internal ItemToItemOptions ItemToItemOptions { get; }

    /// <summary>
    /// Solves for the item-to-item part, where that wasn't done before, and chooses its weight and that of popularity for the model as
    /// it is now, on validation. Nothing is trained.
    /// </summary>
    /// <param name="data">
    /// The dataset that the model was made for, with validation interactions but where the options have one weight of each kind.
    /// </param>
    /// <param name="metric">What is to be highest, or <see langword="null"/> for Recall@20.</param>
    /// <param name="evaluation">Which users are evaluated, by how many threads; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Stops within a step; the model is as it was.</param>
    /// <returns>What is in <see cref="ItemToItem"/> from now on.</returns>
    /// <exception cref="ArgumentException">
    /// The dataset isn't the model's, or there are weights to choose from and nobody to validate on.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="OperationCanceledException">The token asked to stop.</exception>
    public ItemToItemBlend FitItemToItem(
        RecDataset data, RankingMetric? metric = null, EvaluationOptions? evaluation = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ThrowIfUnusable();
        if (!ReferenceEquals(Graph.Interactions, data.Train))
        {
            throw new ArgumentException(
                $"The model was made for another training set ({Graph}) than that of the dataset {Shown.Text(data.Name)}.", nameof(data));
        }

        SolveItemToItem(data, cancellationToken);
        EmbeddingScorer scorer;
        using (UserItemEmbeddings final = Embed())
            scorer = EmbeddingScorer.Of(final);
        ItemToItemBlend? chosen = null;
        Collective.Together(
            "to choose the weights of the item-to-item part",
            stop => chosen = ItemToItemBlend.Choose(scorer, _itemToItemModel!, data, ItemToItemOptions, metric, evaluation, stop),
            cancellationToken);
        return ItemToItem = chosen!;
    }

    /// <summary>Solves for the item-to-item part of the model's dataset, where that wasn't done before; it depends on no weight.</summary>
    internal void SolveItemToItem(RecDataset data, CancellationToken cancellationToken)
    {
        IReadOnlyList<ItemFeatures> content = ModalitiesThatCount(data);
        Collective.Together(
            "to solve for the item-to-item part",
            stop => _itemToItemModel ??= ItemToItemModel.Solve(data.Train, content, ItemToItemOptions, _scaling, stop), cancellationToken);
    }

    /// <summary>How the features are made by which the item-to-item part is solved.</summary>
    internal string ItemToItemFeatures
        => $"{nameof(FeatureScaling)} {_scaling}, {nameof(_options.ChooseModalityWeights)} {_options.ChooseModalityWeights}";

    /// <summary>What items are compared by: what the modal line reads, if there is one, but for modalities that weigh nothing.</summary>
    internal IReadOnlyList<ItemFeatures> ModalitiesThatCount(RecDataset data)
        => [.. (_line?.Features?.Sources ?? data.Features).Where(f => !ModalitiesOf(data).LeftOut.Contains(f.Modality))];

    /// <summary>Sentences on modalities that weigh less than others in what a training makes.</summary>
    internal IReadOnlyList<string> NotesOnModalities(RecDataset data)
        => _line?.Modalities is not null || ItemToItemOptions.Enabled ? ModalitiesOf(data).Notes : [];

    /// <summary>The choice of the modal line, else that for the part alone, which is made when somebody asks for the part.</summary>
    private ModalityChoice ModalitiesOf(RecDataset data)
        => _modalities ??= _line?.Modalities ?? (_line?.Encoder is null
            ? ModalityChoice.OfPart(data, _options, _line?.Features ?? BehaviorEncoder.Features) : ModalityChoice.None);

    /// <summary>Leaves the model alone again, when its weights begin to change.</summary>
    internal void LeaveItemToItem() => ItemToItem = null;
}
