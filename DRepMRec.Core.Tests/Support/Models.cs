using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Hosts;
using DRepMRec.Losses;

namespace DRepMRec.Tests.Support;

/// <summary>Every model of the library, small, with and without BMA.</summary>
internal static class Models
{
    private static readonly DRepMRecOptions Aligned = new()
    {
        EmbeddingDim = 8,
        Loss = new RankingLoss.SampledSoftmax { Negatives = 16 },
        Modal = new ModalEncoderOptions { Neighbors = 3 },
        SimilaritySignal = new SssOptions { Weight = 0.1 },
    };

    private static readonly DRepMRecOptions Alone = Aligned with { UseModalLine = false, Loss = new RankingLoss.Bpr() };

    public static IReadOnlyList<string> Names { get; } =
    [
        "DRepMRec", "LightGCN", "BPR-MF", "BPR-MF + BMA", "VBPR", "VBPR + BMA", "FREEDOM", "FREEDOM + BMA", "MGCN", "MGCN + BMA",
    ];

    /// <summary>Creates a model. The features must live as long as the model.</summary>
    public static DRepMRecModel Create(string name, RecDataset data, ModalFeatures features)
    {
        int users = data.Users.Count, items = data.Items.Count;
        IBehaviorEncoder host = name.Split(' ')[0] switch
        {
            "DRepMRec" or "LightGCN" => new LightGcnEncoder(users, items, new() { EmbeddingDim = 8 }),
            "BPR-MF" => new MatrixFactorizationEncoder(users, items, new() { EmbeddingDim = 8 }),
            "VBPR" => new VbprEncoder(users, features, new() { EmbeddingDim = 4 }),
            "FREEDOM" => new FreedomEncoder(users, features, new() { EmbeddingDim = 8, Neighbors = 3, EdgeDropout = 0.3 }),
            "MGCN" => new MgcnEncoder(users, features, new() { EmbeddingDim = 8, Neighbors = 3 }),
            _ => throw new ArgumentException($"There is no model '{name}'; there are {string.Join(", ", Names)}."),
        };
        return DRepMRecModel.Create(data, host, name == "DRepMRec" || name.EndsWith("BMA", StringComparison.Ordinal) ? Aligned : Alone);
    }
}
