namespace DRepMRec;

/// <summary>What serving needs to know of one modality of a modal line.</summary>
/// <param name="Part">What the modality adds to the line, [U, D] and [I, D]; all parts add up to what the encoder returns.</param>
public sealed record ModalityExport(UserItemEmbeddings Part)
{
    /// <summary>How a new item's features become its row; <see langword="null"/> if the catalogue takes no new items.</summary>
    public ContentExport? Content { get; init; }
}

/// <summary>
/// How the scaled features x of an item become its row in a modality: h = (W1 x + b1) ⊙ sigmoid(W2 (W1 x + b1) + b2), plus the mean of
/// <see cref="NeighborValues"/> over the most similar known items. Without a gate, h = W1 x + b1.
/// </summary>
/// <param name="Projection">W1, D rows of as many numbers as there are features.</param>
/// <param name="ProjectionBias">b1, D numbers.</param>
public sealed record ContentExport(float[] Projection, float[] ProjectionBias)
{
    /// <summary>W2, D rows of D numbers, or <see langword="null"/> without a gate.</summary>
    public float[]? Gate { get; init; }

    /// <summary>b2, D numbers, or <see langword="null"/> without a gate.</summary>
    public float[]? GateBias { get; init; }

    /// <summary>The weight of the modality among the modalities that an item has.</summary>
    /// <value>The default is 1.</value>
    public double Weight { get; init; } = 1;

    /// <summary>The number of most similar known items, by the cosine of scaled features.</summary>
    /// <value>The default is 0: none.</value>
    public int Neighbors { get; init; }

    /// <summary>Whether h counts beside what similar items bring.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool KeepSelf { get; init; } = true;

    /// <summary>What each known item brings to items similar to it, I rows of D numbers; only with <see cref="Neighbors"/>.</summary>
    public float[]? NeighborValues { get; init; }
}
