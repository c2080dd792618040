using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Losses;
using static TorchSharp.torch;

namespace DRepMRec.Encoders;

public sealed partial class ModalEncoder
{
    /// <inheritdoc/>
    /// <remarks>Users are made from the items they have; only these items, the ones asked for and their neighbours are computed.</remarks>
    public UserItemEmbeddings Encode(InteractionGraph graph, ModalFeatures features, RowSet rows, TrainingBatch? hidden)
    {
        ThrowIfUnfit(graph, features);
        ArgumentNullException.ThrowIfNull(rows);
        rows.ThrowIfOutside(graph.UserCount, graph.ItemCount);
        if (rows.IsAll || _options.UserNeighbors > 0)
            return rows.Select(call(hidden is null ? graph : graph.Without(hidden.UserIndices, hidden.PositiveIndices), features));

        ModalMixing mixing = Mixing(features);
        ModalPlan plan = hidden is not null && ReferenceEquals(hidden.Compact.Rows, rows)
            ? hidden.Once((this, graph, mixing), () => Plan(mixing, graph, rows, hidden))
            : Plan(mixing, graph, rows, hidden);
        Tensor items = plan.IsPicked ? CombinePicked(features, plan) : CombineModalities(features);
        Tensor made = plan.Rows.Propagate(items);
        if (plan.ColdUsers is not { } cold)
            return made.Split(rows.Users.Length);
        List<Tensor> parts = made.Split(rows.Users.Length, rows.Items.Length, 1);
        return new UserItemEmbeddings(parts[0].Plus(tensor(cold, cold.Length, 1, device: CPU).to(items.device) * parts[2]), parts[1]);
    }

    /// <summary>Makes what the step of a batch needs and no weight has a say in; on any thread, once the encoder has made a step.</summary>
    internal void Prepare(InteractionGraph graph, TrainingBatch hidden)
    {
        if (_mixing is { } mixing && _options.UserNeighbors == 0)
            hidden.Once((this, graph, mixing), () => Plan(mixing, graph, hidden.Compact.Rows, hidden)).Transpose();
    }

    private ModalPlan Plan(ModalMixing mixing, InteractionGraph graph, RowSet rows, TrainingBatch? hidden)
        => new(mixing, BatchHistory.UserMeans(graph, rows, hidden), rows.Items.ToArray());

    /// <summary><see cref="CombineModalities"/> for the picked items, from the features of the items that they are made of.</summary>
    private Tensor CombinePicked(ModalFeatures features, ModalPlan plan)
        => SparseProduct.Sum([.. plan.Sources.Select((part, m) => (part.Matrix, _gates[m].Filter(features.Values[m], part.Items)))]);
}
