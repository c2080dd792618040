using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Losses;
using DRepMRec.Tests.Support;
using TorchSharp;
using static DRepMRec.Tests.Support.Slow;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Encoders;

/// <summary>
/// The modal line against docs/method.md's formulas in double precision, and its gradients against their differences; for all rows and for
/// those of a batch, whose own interactions are hidden.
/// </summary>
public sealed class ModalFormulaTests : IDisposable
{
    private const int D = 4;
    private static readonly TrainingBatch Batch = new([0, 3, 0, 4], [2, 0, 1, 5], [3, 4, 3, 6]);

    private static readonly ModalEncoderOptions Plain = new() { EmbeddingDim = D, Neighbors = 3 };

    private readonly ModalFeatures _features = new(TinyShop.Data.Features);

    public static TheoryData<string> Names => [.. Variants.Keys];

    private static Dictionary<string, ModalEncoderOptions> Variants { get; } = new()
    {
        ["as it is"] = Plain,
        ["many neighbours"] = Plain with { Neighbors = 6 },
        ["no neighbours"] = Plain with { Neighbors = 0 },
        ["without itself"] = Plain with { KeepSelf = false },
        ["no gate"] = Plain with { Gate = FilterGateKind.None },
        ["weights"] = Plain with { ModalityWeights = [1, 3] },
    };

    public void Dispose() => _features.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Rows_and_gradients_are_those_of_the_formulas(string name)
    {
        ModalEncoderOptions options = Variants[name];
        using var encoder = new ModalEncoder(_features, options);
        Shake(encoder);
        Dictionary<string, double[,]> weights = encoder.named_parameters().ToDictionary(
            p => p.name, p => Matrix(p.parameter.detach().data<float>().ToArray(), (int)p.parameter.shape[^1]));
        float[] count = Samples.Floats(400, 5);
        foreach (bool whole in new[] { true, false })
        {
            using DisposeScope scope = NewDisposeScope();
            encoder.zero_grad();
            RowSet rows = whole ? RowSet.All : Batch.Compact.Rows;
            TrainingBatch? hidden = whole ? null : Batch;
            UserItemEmbeddings output = encoder.Encode(TinyShop.Graph, _features, rows, hidden);
            int[] users = [.. whole ? Enumerable.Range(0, TinyShop.Users) : rows.Users.ToArray()];
            int[] items = [.. whole ? Enumerable.Range(0, TinyShop.Items) : rows.Items.ToArray()];
            double[,] Formula()
            {
                double[,] all = Items(options, weights);
                return Over(Users(all, hidden).Select(users), all.Select(items));
            }

            Tensor y = cat([output.Users, output.Items]);
            SlowGradients.RequireClose([.. y.contiguous().data<float>()], [.. Formula().Cast<double>()], 1e-5, "rows");
            (y.flatten() * tensor(count[..(int)y.numel()])).sum().backward();
            foreach (var (key, parameter) in encoder.named_parameters())
            {
                SlowGradients.RequireSlopes(
                    [.. parameter.grad!.contiguous().data<float>()], weights[key],
                    () => Formula().Cast<double>().Zip(count, (v, c) => v * c).Sum(), 3e-5, key);
            }
        }
    }

    private double[,] Items(ModalEncoderOptions options, Dictionary<string, double[,]> w)
    {
        var lines = new double[2][,];
        for (int m = 0; m < 2; m++)
        {
            double[,] x = TinyShop.Features(_features, m);
            double[,] projected = Linear(x, w[$"gates.{m}.projection_weight"], w[$"gates.{m}.projection_bias"]), filtered = projected;
            if (options.Gate != FilterGateKind.None)
            {
                double[,] open = Linear(projected, w[$"gates.{m}.gate_weight"], w[$"gates.{m}.gate_bias"]).Map(Sigmoid);
                filtered = Make(TinyShop.Items, D, (i, d) => projected[i, d] * open[i, d]);
            }

            int[][] near = [.. Enumerable.Range(0, TinyShop.Items).Select(i => TinyShop.Neighbors(x, i, options.Neighbors))];
            double[,] spread = Make(TinyShop.Items, D, (i, d) => near[i].Length == 0 ? 0 : near[i].Average(j => filtered[j, d]));
            lines[m] = options.KeepSelf ? filtered.Plus(spread) : spread;
        }

        // Item 2 has no text.
        IReadOnlyList<double> shares = options.ModalityWeights.Count > 0 ? options.ModalityWeights : [1, 1];
        return Make(TinyShop.Items, D, (i, d) => i == 2
            ? lines[0][i, d]
            : ((shares[0] * lines[0][i, d]) + (shares[1] * lines[1][i, d])) / (shares[0] + shares[1]));
    }

    /// <summary>The mean over a user's items but those of the batch; over all items for a user who has none.</summary>
    private static double[,] Users(double[,] items, TrainingBatch? hidden)
    {
        bool IsHidden(int user, int item) => hidden is not null
            && Enumerable.Range(0, hidden.Count).Any(b => hidden.UserIndices[b] == user && hidden.PositiveIndices[b] == item);
        return Make(TinyShop.Users, D, (u, d) =>
        {
            int[] own = [.. Enumerable.Range(0, TinyShop.Items).Where(i => TinyShop.Has(u, i) && !IsHidden(u, i))];
            return own.Length > 0 ? own.Average(i => items[i, d]) : Sum(TinyShop.Items, i => items[i, d]) / TinyShop.Items;
        });
    }

    private static void Shake(nn.Module module)
    {
        using IDisposable noGradient = no_grad();
        ulong seed = 70;
        foreach (var (_, parameter) in module.named_parameters())
        {
            using Tensor values = tensor(Samples.Floats((int)parameter.numel(), seed++)).reshape(parameter.shape);
            parameter.copy_(values);
        }
    }
}
