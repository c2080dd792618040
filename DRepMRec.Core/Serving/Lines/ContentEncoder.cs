using System.Numerics.Tensors;
using DRepMRec.Kernels;

namespace DRepMRec.Serving;

/// <summary>One modality of <see cref="Encoders.ModalEncoder"/> without libtorch, for items that training never saw.</summary>
/// <param name="Form">The numbers of the modality in the manifest.</param>
/// <param name="Mean">[d], the means to subtract.</param>
/// <param name="Deviation">[d], the deviations to divide by; 0 drops the column.</param>
/// <param name="Projection">W1, [D, d].</param>
/// <param name="ProjectionBias">b1, [D].</param>
internal sealed record ContentEncoder(
    ModalityForm Form,
    Block<float> Mean,
    Block<float> Deviation,
    Block<float> Projection,
    Block<float> ProjectionBias)
{
    /// <summary>W2, [D, D].</summary>
    public Block<float>? Gate { get; init; }

    /// <summary>b2, [D].</summary>
    public Block<float>? GateBias { get; init; }

    /// <summary>The scaled features of the known items, [I, d], among which neighbours are sought.</summary>
    public RowStore? Features { get; init; }

    /// <summary>The rows that neighbours bring, [I, D].</summary>
    public RowStore? NeighborValues { get; init; }

    /// <summary>Encodes an item.</summary>
    /// <param name="features">d raw features.</param>
    /// <param name="isNeighbor">Which of the known items may be neighbours.</param>
    /// <returns><see langword="null"/> where all features are 0 or one isn't finite: the item doesn't have the modality.</returns>
    public EncodedContent? Encode(ReadOnlySpan<float> features, Func<int, bool> isNeighbor)
        => Encode([features.ToArray()], (_, other) => isNeighbor(other))[0];

    /// <summary>Encodes items as each would be alone, by one pass over the known ones for as many as a scan takes at once.</summary>
    /// <param name="features">d raw features of each; empty for an item without the modality.</param>
    /// <param name="isNeighbor">By the place of the item, which of the known ones may be its neighbours.</param>
    public EncodedContent?[] Encode(ReadOnlyMemory<float>[] features, Func<int, int, bool> isNeighbor)
    {
        var encoded = new EncodedContent?[features.Length];
        (int Place, float[] Scaled)[] present =
        [
            .. features.Select((row, place) => (Place: place, Row: row))
                .Where(f => TensorPrimitives.IsFiniteAll(f.Row.Span) && f.Row.Span.ContainsAnyExcept(0))
                .Select(f => (f.Place, Scale(f.Row.Span))),
        ];
        foreach ((int Place, float[] Scaled)[] block in present.Chunk(RowScan.MaxQueries))
        {
            TopK[] nearest = [.. block.Select(item => new TopK(
                Form.Neighbors, float.Epsilon, other => isNeighbor(item.Place, other), finiteOnly: true))];
            if (Features is not null)
                RowScan.All([Features], block.SelectMany(item => item.Scaled).ToArray(), nearest);
            for (int n = 0; n < block.Length; n++)
                encoded[block[n].Place] = Of(block[n].Scaled, [.. nearest[n].Ranked.ToArray().Select(found => found.Index)]);
        }

        return encoded;
    }

    /// <summary>Encodes an item that has the modality, by neighbours that are known.</summary>
    /// <param name="features">d raw features.</param>
    /// <param name="neighbors">The items.</param>
    public EncodedContent Encode(ReadOnlySpan<float> features, ReadOnlySpan<int> neighbors) => Of(Scale(features), neighbors);

    private EncodedContent Of(float[] scaled, ReadOnlySpan<int> neighbors)
    {
        float[] own = Filter(scaled);
        if (Features is null || NeighborValues is null)
            return new EncodedContent(own, scaled, own);
        float[] row = Form.KeepSelf ? [.. own] : new float[own.Length];
        foreach (int index in neighbors)
            TensorPrimitives.MultiplyAdd(NeighborValues[index], 1f / neighbors.Length, row, row);
        return new EncodedContent(row, scaled, own);
    }

    /// <summary>Scaled to a length of sqrt(d), in double precision, so that large numbers neither overflow nor lose direction.</summary>
    private float[] Scale(ReadOnlySpan<float> features)
    {
        var values = new double[features.Length];
        double squares = 0;
        for (int d = 0; d < values.Length; d++)
        {
            values[d] = Deviation[d] > 0 ? ((double)features[d] - Mean[d]) / Deviation[d] : 0;
            squares += values[d] * values[d];
        }

        double factor = squares > 0 ? Math.Sqrt(values.Length / squares) : 0;
        return Array.ConvertAll(values, value => (float)(value * factor));
    }

    private float[] Filter(ReadOnlySpan<float> scaled)
    {
        float[] projected = Linear(scaled, Projection, ProjectionBias);
        if (Gate is null)
            return projected;
        float[] gate = Linear(projected, Gate, GateBias!);
        TensorPrimitives.Sigmoid(gate, gate);
        TensorPrimitives.Multiply(projected, gate, projected);
        return projected;
    }

    private static float[] Linear(ReadOnlySpan<float> x, Block<float> weight, Block<float> bias)
    {
        var y = new float[bias.Length];
        for (int d = 0; d < y.Length; d++)
            y[d] = TensorPrimitives.Dot(x, weight.Row(d, x.Length)) + bias[d];
        return y;
    }
}

/// <summary>An item's content in one modality.</summary>
/// <param name="Row">Its representation, [D].</param>
/// <param name="Features">Its scaled features, [d], by which later items find it.</param>
/// <param name="NeighborValue">The row that the item brings to its neighbours, [D].</param>
internal sealed record EncodedContent(float[] Row, float[] Features, float[] NeighborValue)
{
    /// <summary>Whether all three are finite.</summary>
    public bool IsFinite
        => TensorPrimitives.IsFiniteAll<float>(Row) && TensorPrimitives.IsFiniteAll<float>(Features)
            && TensorPrimitives.IsFiniteAll<float>(NeighborValue);
}
