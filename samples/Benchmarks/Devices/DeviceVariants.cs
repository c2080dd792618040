using DRepMRec;
using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Fusions;
using DRepMRec.Hosts;
using DRepMRec.Losses;

namespace Benchmarks.Devices;

/// <summary>Every built-in encoder, host, fusion, gate, alignment and loss at least once, small.</summary>
internal static class DeviceVariants
{
    private const int Dimension = 16;

    private static readonly DRepMRecOptions Small = new()
    {
        EmbeddingDim = Dimension,
        Modal = new ModalEncoderOptions { EmbeddingDim = Dimension },
    };

    public static IEnumerable<(string Name, Func<RecDataset, ModalFeatures, DRepMRecModel> Create)> All()
        => [.. Kinds().Select(k => (k.Name, Of(k.Options))), .. Hosts()];

    private static IEnumerable<(string Name, DRepMRecOptions Options)> Kinds()
    {
        yield return ("default", Small);
        yield return ("LightGCN, BPR", Small with { UseModalLine = false, Loss = new RankingLoss.Bpr() });
        yield return ("LightGCN, softmax", Small with { UseModalLine = false });
        yield return ("BPR", Small with { Loss = new RankingLoss.Bpr() });
        yield return ("dot products", Small with { Loss = new RankingLoss.SampledSoftmax { Score = ScoreFunction.Dot, Temperature = 1 } });
        yield return ("item-to-item part", Small with { ItemToItem = new() { Enabled = true } });
        yield return ("user neighbors", Small with { Modal = Small.Modal with { UserNeighbors = 5 } });
        yield return ("targets seen, no dropout", Small with { HideTargets = false, BehaviorDropout = 0 });
        yield return ("8 components", Small with { FeatureComponents = 8 });
        yield return ("fusion Sum", Small with { Alignment = new BmaOptions { Fusion = new Fusion.Sum() } });
        foreach (FilterGateKind gate in Enum.GetValues<FilterGateKind>())
            yield return ($"gate {gate}", Small with { Modal = Small.Modal with { Gate = gate } });
        yield return ("SSS", Small with { SimilaritySignal = new SssOptions { Weight = 0.1 } });
    }

    private static Func<RecDataset, ModalFeatures, DRepMRecModel> Of(DRepMRecOptions options)
        => (data, _) => DRepMRecModel.Create(data, options);

    private static IEnumerable<(string Name, Func<RecDataset, ModalFeatures, DRepMRecModel> Create)> Hosts()
    {
        var hosts = new (string Name, Func<RecDataset, ModalFeatures, IBehaviorEncoder> Create)[]
        {
            ("BPR-MF", (data, _) => new MatrixFactorizationEncoder(
                data.Users.Count, data.Items.Count, new() { EmbeddingDim = Dimension })),
            ("VBPR", (data, features) => new VbprEncoder(data.Users.Count, features, new() { EmbeddingDim = Dimension })),
            ("FREEDOM", (data, features) => new FreedomEncoder(data.Users.Count, features, new() { EmbeddingDim = Dimension })),
            ("MGCN", (data, features) => new MgcnEncoder(data.Users.Count, features, new() { EmbeddingDim = Dimension })),
        };
        foreach (var (name, create) in hosts)
        {
            foreach (bool bma in new[] { false, true })
            {
                foreach (RankingLoss loss in new RankingLoss[] { new RankingLoss.Bpr(), new RankingLoss.SampledSoftmax() })
                {
                    DRepMRecOptions options = Small with { UseModalLine = bma, Loss = loss };
                    yield return ($"{name}{(bma ? " + BMA" : "")}, {loss.Name}",
                        (data, features) => DRepMRecModel.Create(data, create(data, features), options));
                }
            }
        }
    }
}
