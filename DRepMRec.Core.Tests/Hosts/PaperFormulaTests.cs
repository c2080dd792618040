using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Hosts;
using DRepMRec.Losses;
using DRepMRec.Tests.Support;
using TorchSharp;
using static DRepMRec.Tests.Support.Slow;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Hosts;

/// <summary>
/// Every host against the formulas of its paper, written down in double precision over its weights; and the gradient of all that it gives,
/// terms and penalty too, against the formulas' differences.
/// </summary>
public sealed class PaperFormulaTests : IDisposable
{
    private const int D = 4;
    private const double L2 = 0.3;
    private static readonly TrainingBatch Batch = new([0, 3, 0, 2], [2, 0, 1, 4], [3, 4, 3, 6, 2, 2, 1, 0]);

    private readonly ModalFeatures _features = new(TinyShop.Data.Features);

    public static TheoryData<string> Names
        => ["LightGCN", "LightGCN without layers", "BPR-MF", "VBPR", "FREEDOM", "FREEDOM of two steps", "FREEDOM with many neighbours",
            "MGCN", "MGCN of two steps", "MGCN with many neighbours"];

    public void Dispose() => _features.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Rows_terms_and_gradients_are_those_of_the_paper(string name)
    {
        var (host, formula) = Create(name);
        using var module = (nn.Module)host;
        Shake(module);
        Dictionary<string, double[,]> weights = module.named_parameters().ToDictionary(p => p.name, p => Values(p.parameter));
        float[] count = Samples.Floats(2000, 5);
        foreach (bool whole in new[] { true, false })
        {
            using DisposeScope scope = NewDisposeScope();
            module.zero_grad();
            BatchRows batch = whole ? Batch.Whole : Batch.Compact;
            EncoderOutput output = host.Encode(TinyShop.Graph, whole ? RowSet.All : batch.Rows, batch);
            int[] users = [.. whole ? Enumerable.Range(0, TinyShop.Users) : batch.Rows.Users.ToArray()];
            int[] items = [.. whole ? Enumerable.Range(0, TinyShop.Items) : batch.Rows.Items.ToArray()];

            // What is learned from: each place of the rows that are there counts by a number of its own.
            double Slow(Output made) => Weighted(made.Users, users, count, 0) + Weighted(made.Items, items, count, 1)
                + made.Term + (L2 * made.Penalty);
            Tensor Weigh(Tensor rows, int[] places, int which)
            {
                int width = (int)rows.shape[1];
                float[] counts = [.. places.SelectMany(p => Enumerable.Range(0, width).Select(d => count[Place(p, d, which)]))];
                return (rows * tensor(counts).reshape(rows.shape)).sum();
            }

            Tensor value = output.Terms.Aggregate(
                Weigh(output.Embeddings.Users, users, 0).Plus(Weigh(output.Embeddings.Items, items, 1)),
                (sum, term) => sum.Plus(term.Value, term.Weight));
            value = value.Plus(DRepMRecModel.SquaredLength(output.Ego!.Value, batch), L2);

            Output expected = formula(weights);
            SlowGradients.RequireClose(
                [.. output.Embeddings.Users.contiguous().data<float>()], [.. expected.Users.Select(users).Cast<double>()], 1e-5, "users");
            SlowGradients.RequireClose(
                [.. output.Embeddings.Items.contiguous().data<float>()], [.. expected.Items.Select(items).Cast<double>()], 1e-5, "items");
            ((double)value.item<float>()).Should().BeApproximately(Slow(expected), 2e-5);
            value.backward();
            foreach (var (key, parameter) in module.named_parameters())
            {
                SlowGradients.RequireSlopes(
                    [.. parameter.grad!.contiguous().data<float>()], weights[key], () => Slow(formula(weights)), 3e-5, key);
            }
        }
    }

    private (IBehaviorEncoder Host, Func<Dictionary<string, double[,]>, Output> Formula) Create(string name)
    {
        double[][,] features = [.. Enumerable.Range(0, 2).Select(m => TinyShop.Features(_features, m))];
        int itemLayers = name.EndsWith("two steps", StringComparison.Ordinal) ? 2 : 1;
        int neighbors = name.EndsWith("many neighbours", StringComparison.Ordinal) ? 6 : 3;
        switch (name.Split(' ')[0])
        {
            case "LightGCN":
                int layers = name == "LightGCN" ? 2 : 0;
                return (new LightGcnEncoder(TinyShop.Users, TinyShop.Items, new() { EmbeddingDim = D, Layers = layers }),
                    w => Split(TinyShop.LayerMean(w["embedding"], layers)) with { Penalty = Penalty(Split(w["embedding"])) });
            case "BPR-MF":
                return (new MatrixFactorizationEncoder(TinyShop.Users, TinyShop.Items, new() { EmbeddingDim = D }),
                    w => new Output(w["user_embedding"], w["item_embedding"])
                    {
                        Penalty = Penalty(new(w["user_embedding"], w["item_embedding"])),
                    });
            case "VBPR":
                return (new VbprEncoder(TinyShop.Users, _features, new() { EmbeddingDim = D }), w =>
                {
                    double[,] content = Linear(features[0], w["projections.0.weight"], w["projections.0.bias"])
                        .Plus(Linear(features[1], w["projections.1.weight"], w["projections.1.bias"]));
                    return new(w["user_embedding"], Beside(w["item_embedding"], content))
                    {
                        Penalty = Penalty(new(w["user_embedding"], w["item_embedding"])),
                    };
                }
                );
            case "FREEDOM":
                var freedom = new FreedomOptions
                {
                    EmbeddingDim = D,
                    Neighbors = neighbors,
                    ItemLayers = itemLayers,
                    ModalityWeights = [1, 3],
                    ModalLossWeight = 0.7,
                };
                double[,] graph = TinyShop.ItemGraph(features[0], neighbors, weighted: false).Map(v => 0.25 * v)
                    .Plus(TinyShop.ItemGraph(features[1], neighbors, weighted: false), 0.75);
                return (new FreedomEncoder(TinyShop.Users, _features, freedom), w =>
                {
                    Output mean = Split(TinyShop.LayerMean(w["embedding"], 2)), ego = Split(w["embedding"]);
                    double[,] similar = ego.Items;
                    for (int l = 0; l < itemLayers; l++)
                        similar = graph.Product(similar);
                    double term = Sum(2, m => Bpr(mean.Users, Linear(features[m], w[$"projections.{m}.weight"], null)));
                    return new(mean.Users, mean.Items.Plus(similar)) { Term = 0.7 * term, Penalty = Penalty(ego) };
                }
                );
            default:
                var mgcn = new MgcnOptions
                {
                    EmbeddingDim = D,
                    Neighbors = neighbors,
                    ItemLayers = itemLayers,
                    ContrastWeight = 0.9,
                    Temperature = 0.4,
                };
                double[][,] graphs = [.. features.Select(f => TinyShop.ItemGraph(f, neighbors, weighted: true))];
                return (new MgcnEncoder(TinyShop.Users, _features, mgcn), w => Mgcn(w, features, graphs, itemLayers));
        }
    }

    /// <summary>MGCN, eq. 1 to 14.</summary>
    private static Output Mgcn(Dictionary<string, double[,]> w, double[][,] features, double[][,] graphs, int itemLayers)
    {
        Output content = Split(TinyShop.LayerMean(w["embedding"], 2)), ego = Split(w["embedding"]);
        double[][,] items = new double[2][,], users = new double[2][,];
        for (int m = 0; m < 2; m++)
        {
            double[,] projected = Linear(features[m], w[$"projections.{m}.weight"], w[$"projections.{m}.bias"]);
            double[,] gate = Linear(projected, w[$"purifiers.{m}.weight"], w[$"purifiers.{m}.bias"]).Map(Sigmoid);
            items[m] = Make(TinyShop.Items, D, (i, d) => ego.Items[i, d] * gate[i, d]);
            for (int l = 0; l < itemLayers; l++)
                items[m] = graphs[m].Product(items[m]);
            users[m] = TinyShop.Normalized().Product(items[m]);
        }

        double[,] Side(double[][,] modal, double[,] behavior)
        {
            double[][,] scores = [.. modal.Select(x
                => Linear(Linear(x, w["attention.weight"], w["attention.bias"]).Map(Math.Tanh), w["attention_query.weight"], null))];
            double[][,] prefers = [.. modal.Select((_, m)
                => Linear(behavior, w[$"preferences.{m}.weight"], w[$"preferences.{m}.bias"]).Map(Sigmoid))];
            return Make(behavior.Rows(), D, (r, d) =>
            {
                double common = Sum(2, m => Math.Exp(scores[m][r, 0]) * modal[m][r, d]) / Sum(2, m => Math.Exp(scores[m][r, 0]));
                return (common + Sum(2, m => prefers[m][r, d] * (modal[m][r, d] - common))) / 3;
            });
        }

        double[,] sideUsers = Side(users, content.Users), sideItems = Side(items, content.Items);
        int[] ownUsers = [0, 2, 3], ownItems = [0, 1, 2, 4];
        double contrast = Contrast(sideItems.Select(ownItems), content.Items.Select(ownItems), 0.4)
            + Contrast(sideUsers.Select(ownUsers), content.Users.Select(ownUsers), 0.4);
        return new(content.Users.Plus(sideUsers), content.Items.Plus(sideItems)) { Term = 0.9 * contrast, Penalty = Penalty(ego) };
    }

    private static double Bpr(double[,] users, double[,] items) => -Sum(8, n => LogSigmoid(
        Dot(users, Batch.UserIndices[n / 2], items, Batch.PositiveIndices[n / 2])
            - Dot(users, Batch.UserIndices[n / 2], items, Batch.NegativeIndices[n]))) / 8;

    /// <summary>Half the squares of the ego rows of the batch, as often as they occur, by the number of interactions.</summary>
    private static double Penalty(Output ego)
        => (Batch.UserIndices.ToArray().Sum(u => Dot(ego.Users, u, ego.Users, u))
            + Batch.PositiveIndices.ToArray().Concat(Batch.NegativeIndices.ToArray()).Sum(i => Dot(ego.Items, i, ego.Items, i)))
            / 2 / Batch.Count;

    private static Output Split(double[,] nodes) => new(
        nodes.Select([.. Enumerable.Range(0, TinyShop.Users)]), nodes.Select([.. Enumerable.Range(TinyShop.Users, TinyShop.Items)]));

    private static int Place(int row, int column, int which) => (((row * 37) + column) * 2) + which;

    private static double Weighted(double[,] rows, int[] places, float[] count, int which)
        => places.Sum(p => Sum(rows.Columns(), d => rows[p, d] * count[Place(p, d, which)]));

    /// <summary>Biases that are 0 and rows that are small would hide their part.</summary>
    private static void Shake(nn.Module module)
    {
        using IDisposable noGradient = no_grad();
        ulong seed = 50;
        foreach (var (_, parameter) in module.named_parameters())
        {
            using Tensor values = tensor(Samples.Floats((int)parameter.numel(), seed++)).reshape(parameter.shape);
            parameter.copy_(values);
        }
    }

    private static double[,] Values(Tensor weight)
    {
        using Tensor plain = weight.detach();
        return Matrix(plain.data<float>().ToArray(), (int)weight.shape[^1]);
    }

    private sealed record Output(double[,] Users, double[,] Items)
    {
        public double Term { get; init; }

        public double Penalty { get; init; }
    }
}
