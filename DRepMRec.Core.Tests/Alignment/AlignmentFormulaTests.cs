using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Fusions;
using DRepMRec.Losses;
using DRepMRec.Tests.Support;
using ReproduceResults.Studies;
using static DRepMRec.Tests.Support.Slow;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Alignment;

/// <summary>
/// Alignments, fusions and the similarity signal against their formulas in double precision, and their gradients by every row of both lines
/// against the formulas' differences.
/// </summary>
public sealed class AlignmentFormulaTests
{
    private const double T = 0.5;

    // Users 0, 2 and 1 with their first items 1, 3 and 1; distinct items 0, 1, 3; distinct negatives 0, 2, 4.
    private static readonly int[] Users = [0, 1, 2], Items = [0, 1, 3], FirstItems = [1, 1, 3], Negatives = [0, 2, 4];

    private static readonly InteractionSet Known = new(4, 5, [(0, 1), (0, 2), (1, 1), (2, 0), (2, 3)]);

    private static readonly TrainingBatch Batch = new([0, 2, 2, 1], [1, 3, 0, 1], [4, 2, 4, 0]) { Known = Known };

    public static TheoryData<string> Fusions => [.. FusionFormulas.Keys];

    private static Dictionary<string, (Fusion Fusion, Func<double[,], double[,], double[,]> Formula)> FusionFormulas { get; } = new()
    {
        ["sum"] = (new Fusion.Sum { ModalWeight = 0.3 }, (b, m) => b.Plus(m, 0.3)),
        ["concatenation"] = (new Concatenation { ModalWeight = 0.3 }, (b, m) => Beside(b, m.Map(v => 0.3 * v))),
        ["normalized concatenation"] = (new Fusion.NormalizedConcatenation { ModalWeight = 0.3 },
            (b, m) => Beside(b.Units(), m.Units().Map(v => 0.3 * v))),
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Terms_and_their_gradients_are_those_of_the_formulas(bool whole)
    {
        var options = new BmaOptions { IntraWeight = 0.8, InterWeight = 0.6, Temperature = T };
        using var bma = new BehaviorModalAlignment(3, options);
        int[] batchUsers = [0, 1, 2], batchItems = [0, 1, 2, 3, 4];
        Tensor Own(Tensor[] x)
        {
            UserItemEmbeddings behavior = new(x[0], x[1]), modal = new(x[2], x[3]);
            BatchRows rows = whole ? Batch.Whole : Batch.Compact;
            if (!whole)
                (behavior, modal) = (rows.Rows.Select(behavior), rows.Rows.Select(modal));
            return bma.call(behavior, modal, rows).Loss;
        }

        Batch.Compact.Rows.Users.ToArray().Should().Equal(batchUsers);
        Batch.Compact.Rows.Items.ToArray().Should().Equal(batchItems);
        SlowGradients.Check(Lines(), Own, x => Scalar(
            (0.8 * (Intra(x[0], x[1]) + Intra(x[2], x[3])))
            + (0.6 * (Inter(x[0].Select(Users), x[2].Select(Users)) + Inter(x[1].Select(Items), x[3].Select(Items))))));
    }

    [Theory]
    [MemberData(nameof(Fusions))]
    public void Fused_rows_and_their_gradients_are_those_of_the_formulas(string name)
    {
        var (fusion, formula) = FusionFormulas[name];
        SlowGradients.Check([Lines()[1], Lines()[3]], x => fusion.Fuse(x[0], x[1], null), x => formula(x[0], x[1]));
    }

    [Fact]
    public void The_learned_gate_mixes_by_a_layer_over_both_lines()
    {
        var fusion = new LearnedGate();
        using nn.Module weights = fusion.CreateWeights(3, 7)!;
        double[,] gate = Matrix(weights.state_dict()["weight"].data<float>().ToArray(), 6);
        SlowGradients.Check([Lines()[1], Lines()[3]], x => fusion.Fuse(x[0], x[1], weights), x =>
        {
            double[,] open = Linear(Beside(x[0], x[1]), gate, null).Map(Sigmoid);
            return Make(5, 3, (r, c) => (open[r, c] * x[0][r, c]) + ((1 - open[r, c]) * x[1][r, c]));
        });
    }

    [Fact]
    public void The_similarity_signal_and_its_gradient_are_those_of_the_formula()
    {
        using var features = new ModalFeatures(TinyShop.Data.Features);
        var signal = new SimilaritySupervisedSignal(new SssOptions { Weight = 1 });
        var batch = new TrainingBatch([0, 0, 0, 0, 0], [2, 0, 5, 2, 3], [1], sharedNegatives: true);
        int[] items = [0, 2, 3, 5];
        double[,] image = TinyShop.Features(features, 0), text = TinyShop.Features(features, 1);

        // Item 2 has no text: its pairs have the cosine of the images alone.
        double Target(int i, int j) => i == 2 || j == 2
            ? Cosine(image, i, image, j)
            : (Cosine(image, i, image, j) + Cosine(text, i, text, j)) / 2;
        SlowGradients.Check([Matrix(Samples.Floats(7 * 3, 8), 3)], x => signal.Compute(x[0], features, batch.Whole), x =>
        {
            double[,] target = Make(4, 4, (r, c) => Target(items[r], items[c]));
            double[,] modal = Make(4, 4, (r, c) => Cosine(x[0], items[r], x[0], items[c]));
            return Scalar(Sum(16, n => Math.Pow(modal[n / 4, n % 4] - target[n / 4, n % 4], 2)) / 16);
        });
    }

    private static double[][,] Lines() => [.. new[] { 4, 5, 4, 5 }.Select((rows, n) => Matrix(Samples.Floats(rows * 3, (ulong)n + 31), 3))];

    private static double Intra(double[,] users, double[,] items) => Sum(3, n => Surprise(
        Cosine(users, Users[n], items, FirstItems[n]) / T,
        Negatives.Where(i => !Known.Contains(Users[n], i)).Select(i => Cosine(users, Users[n], items, i) / T))) / 3;

    private static double Inter(double[,] a, double[,] b) => (Contrast(a, b, T) + Contrast(b, a, T)) / 2;
}
