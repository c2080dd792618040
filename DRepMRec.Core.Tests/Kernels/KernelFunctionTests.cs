using System.Runtime.InteropServices;
using DRepMRec.Graphs;
using DRepMRec.Kernels;
using DRepMRec.Losses;
using DRepMRec.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Kernels;

/// <summary>Functions that stand in for libtorch's: the same values and gradients.</summary>
public sealed class KernelFunctionTests
{
    [Fact]
    public void A_gate_is_a_product_with_a_sigmoid()
    {
        using var scope = NewDisposeScope();
        Same([Leaf(9, 700, 1), Leaf(9, 700, 2)], x => GateFunction.Apply(x[0], x[1]), x => x[0] * x[1].sigmoid());
    }

    [Fact]
    public void Sums_of_whole_numbers_are_whole()
    {
        using var scope = NewDisposeScope();
        tensor(new long[] { 1, 2 }).Plus(tensor(new long[] { 3, 4 })).data<long>().Should().Equal(4, 6);
    }

    [Fact]
    public void A_second_derivative_is_refused_where_it_would_be_zero()
    {
        using var scope = NewDisposeScope();
        Tensor x = Leaf(4, 6, 1), y = Leaf(4, 6, 2);
        Tensor first = autograd.grad([x.NormalizeRows().pow(3).sum()], [x], create_graph: true)[0];
        Tensor plain = autograd.grad([y.pow(3).sum()], [y], create_graph: true)[0];
        FluentActions.Invoking(() => Backpropagation.Run(first.Squared().sum())).Should().Throw<NotSupportedException>()
            .WithMessage("The library's kernels have no second derivatives (create_graph)*");
        Tensor error = autograd.grad([SimilarityErrorFunction.Apply(x, Leaf(4, 4, 3).detach()).Squared()], [x], create_graph: true)[0];
        FluentActions.Invoking(() => Backpropagation.Run(error.Squared().sum())).Should().Throw<NotSupportedException>();
        Tensor alone = autograd.grad([x.NormalizeRows().pow(3).sum()], [x])[0];
        first.detach().Equals(alone).Should().BeTrue("the first derivative is as it was");
        Backpropagation.Run(plain.sum());
        y.grad!.allclose(y.detach() * 6).Should().BeTrue();
    }

    [Fact]
    public void Features_may_go_before_the_gradients_of_their_gate_are_computed()
    {
        using var scope = NewDisposeScope();
        Tensor[] leaves = [Leaf(32, 5, 1), Leaf(1, 32, 2), Leaf(32, 32, 3), Leaf(1, 32, 4)];
        float[][] Gradients(bool disposes)
        {
            foreach (Tensor leaf in leaves)
                leaf.grad = null;
            Tensor features = Leaf(300, 5, 5).detach().clone();
            Tensor sum = FilterGateFunction.Apply(features, null, leaves[0], leaves[1].squeeze(0), leaves[2], leaves[3].squeeze(0)).sum();
            if (disposes)
                features.Dispose();
            Backpropagation.Run(sum);
            return [.. leaves.Select(leaf => UserItemEmbeddings.Values(leaf.grad!))];
        }

        foreach (var (kept, gone) in Gradients(disposes: false).Zip(Gradients(disposes: true)))
            gone.Should().Equal(kept);
    }

    [Fact]
    public void Functions_of_no_rows_have_none_and_leave_weights_alone()
    {
        using var scope = NewDisposeScope();
        Tensor rows = torch.zeros(0, 5, requires_grad: true), weight = Leaf(3, 5, 1), bias = Leaf(1, 3, 2), query = Leaf(1, 5, 3);
        Tensor score = torch.zeros(0, 1, requires_grad: true), table = Leaf(4, 5, 4);
        Tensor[] all =
        [
            rows.NormalizeRows(), table.SelectRows([]), table.SelectUnitRows([]), MaskFunction.Apply(rows, []),
            GateFunction.Apply(rows, rows), LinearFunction.Apply(rows, weight, bias.squeeze(0)), AttentionFunction.Apply(rows, query),
            MixtureFunction.Apply([rows, rows], [score, score], [rows, rows]), UnitConcatenationFunction.Apply(rows, rows, 0.5),
            new CsrMatrix(2, 0, []).Propagate(rows), new CsrMatrix(0, 4, []).Propagate(table),
            new CsrMatrix(3, 4, [(0, 1, 1)]).PropagateRows(table, []), rows.Split(0).Users,
            LeafBlockFunction.Apply(table, 0, new LeafGradient()),
        ];
        foreach (Tensor one in all)
            Backpropagation.Run(one.sum());
        new[] { weight, bias, query, table }.Should().AllSatisfy(w => w.grad!.abs().sum().item<float>().Should().Be(0));
        rows.grad!.shape.Should().Equal(0, 5);
    }

    [Fact]
    public void A_filter_gate_of_no_rows_leaves_its_weights_alone()
    {
        using var scope = NewDisposeScope();
        Tensor[] weights = [Leaf(32, 300, 1), Leaf(1, 32, 2).squeeze(0).detach().requires_grad_(), Leaf(32, 32, 3),
            Leaf(1, 32, 4).squeeze(0).detach().requires_grad_()];
        Tensor none = FilterGateFunction.Apply(Leaf(7, 300, 5).detach(), [], weights[0], weights[1], weights[2], weights[3]);
        none.shape.Should().Equal(0, 32);
        Backpropagation.Run(none.sum());
        weights.Should().AllSatisfy(w => w.grad!.abs().sum().item<float>().Should().Be(0));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(37, 5, 33)]
    [InlineData(300, 70, 64)]
    public void A_linear_layer_is_a_product_and_a_bias(int rows, int inputs, int outputs)
    {
        using var scope = NewDisposeScope();
        Same(
            [Leaf(rows, inputs, 1), Leaf(outputs, inputs, 2), Leaf(1, outputs, 3)],
            x => LinearFunction.Apply(x[0], x[1], x[2].squeeze(0)),
            x => nn.functional.linear(x[0], x[1], x[2].squeeze(0)));
        Same(
            [Leaf(rows, inputs, 1), Leaf(outputs, inputs, 2)],
            x => LinearFunction.Apply(x[0], x[1], null),
            x => nn.functional.linear(x[0], x[1]));
        LinearFunction.Apply(Leaf(rows, inputs, 1).detach(), Leaf(outputs, inputs, 2), null).sum().backward();
    }

    [Fact]
    public void Rows_of_length_one_are_those_of_libtorch_and_a_row_of_zeros_stays_and_takes_no_gradient()
    {
        using var scope = NewDisposeScope();
        Same([Leaf(37, 21, 1)], x => x[0].NormalizeRows(), x => nn.functional.normalize(x[0], p: 2, dim: 1));
        Tensor zeros = torch.zeros(1, 5, requires_grad: true), rows = cat([zeros, Leaf(2, 5, 2)]).NormalizeRows();
        rows.sum().backward();
        rows[0].abs().sum().item<float>().Should().Be(0);
        zeros.grad!.abs().sum().item<float>().Should().Be(0);
    }

    [Fact]
    public void The_contrast_in_both_directions_is_the_mean_of_both_directions()
    {
        using var scope = NewDisposeScope();
        Tensor OneWay(Tensor x, Tensor y, double temperature)
            => nn.functional.cross_entropy(matmul(x, y.t()).Times(1 / temperature), arange(x.shape[0]));
        foreach (double temperature in new[] { 0.2, InfoNceFunction.LowestTemperature, InfoNceFunction.LowestTemperature / 2 })
        {
            Same([Leaf(30, 9, 1), Leaf(30, 9, 2)], x => ContrastiveLosses.InfoNce(x[0], x[1], temperature), x =>
            {
                Tensor a = nn.functional.normalize(x[0], p: 2, dim: 1), b = nn.functional.normalize(x[1], p: 2, dim: 1);
                return OneWay(a, b, temperature).Plus(OneWay(b, a, temperature)).Times(0.5);
            });
        }
    }

    [Fact]
    public void The_error_of_similarities_is_the_mean_square()
    {
        using var scope = NewDisposeScope();
        Tensor target = Leaf(12, 12, 3).detach();
        target = target.Plus(target.t());
        Same([Leaf(12, 7, 1)], x => SimilarityErrorFunction.Apply(x[0], target), x => (matmul(x[0], x[0].t()) - target).Squared().mean());
    }

    [Fact]
    public void A_pairwise_loss_takes_items_without_a_gradient()
    {
        using var scope = NewDisposeScope();
        var batch = new PairIndices([0, 2, 2], [1, 0, 3], [2, 2, 1], false);
        Tensor items = Leaf(4, 6, 2);
        Same([Leaf(3, 6, 1)], x => BprFunction.Apply(x[0], items.detach(), batch), x => BprFunction.Apply(x[0], items, batch));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_pairwise_loss_leads_to_items_that_are_not_contiguous(bool shared)
    {
        using var scope = NewDisposeScope();
        var batch = new PairIndices([0, 2, 2], [1, 0, 3], [2, 2, 1], shared);
        Same(
            [Leaf(3, 6, 1), Leaf(6, 4, 2)],
            x => BprFunction.Apply(x[0], x[1].t(), batch),
            x => RankingLoss.Bpr.MeanByTensors(x[0], x[1].t(), batch, 1));
    }

    [Fact]
    public void A_linear_layer_leads_to_inputs_that_are_not_contiguous()
    {
        using var scope = NewDisposeScope();
        Same([Leaf(3, 6, 1), Leaf(4, 3, 2)], x => LinearFunction.Apply(x[0].t(), x[1], null), x => matmul(x[0].t(), x[1].t()));
    }

    [Fact]
    public void Weights_of_another_type_than_their_input_are_not_read_as_if_they_were_of_its_own()
    {
        using var scope = NewDisposeScope();
        Tensor x = Leaf(7, 5, 1).detach(), weight = Leaf(32, 5, 2), bias = Leaf(1, 32, 3).squeeze(0), gate = Leaf(32, 32, 4);
        static Tensor Wide(Tensor weights) => weights.to(ScalarType.Float64);
        foreach (Action one in new Action[]
        {
            () => LinearFunction.Apply(x, Wide(weight), null), () => FilterGateFunction.Apply(x, null, Wide(weight), bias, gate, bias),
            () => FilterGateFunction.Apply(x, null, weight, bias, Wide(gate), bias),
        })
            one.Should().Throw<ArgumentException>().WithMessage("Expected numbers of one type on one device*");
        Action[] mixed =
        [
            () => LinearFunction.Apply(x, weight, Wide(bias)),
            () => AttentionFunction.Apply(x, Wide(Leaf(1, 5, 5))),
        ];
        foreach (Action one in mixed)
            one.Should().Throw<ExternalException>("libtorch refuses them");
    }

    [Fact]
    public void A_pairwise_loss_divides_scores_by_its_temperature()
    {
        using var scope = NewDisposeScope();
        var batch = new PairIndices([0, 2, 2], [1, 0, 3], [2, 2, 1], false);
        Same(
            [Leaf(3, 6, 1), Leaf(4, 6, 2)],
            x => BprFunction.Apply(x[0], x[1], batch, 0.25),
            x => BprFunction.Apply(x[0].Times(4), x[1], batch));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(8, 300, 32)]
    [InlineData(9, 600, 33)]
    [InlineData(100, 3, 65)]
    public void A_dense_product_is_that_of_libtorch_whichever_side_is_transposed(int m, int depth, int n)
    {
        using var scope = NewDisposeScope();
        foreach (bool transposeA in new[] { false, true })
        {
            foreach (bool transposeB in new[] { false, true })
            {
                Tensor a = transposeA ? Leaf(depth, m, 4) : Leaf(m, depth, 4), b = transposeB ? Leaf(n, depth, 5) : Leaf(depth, n, 5);
                Tensor expected = matmul(transposeA ? a.t() : a, transposeB ? b.t() : b);
                DenseProduct.Multiply(a, b, transposeA, transposeB).allclose(expected, 1e-4, 1e-4).Should().BeTrue();
            }
        }
    }

    [Fact]
    public void A_dense_product_has_the_same_bits_on_every_path()
    {
        float[] rows = Samples.Floats(70 * 520, 1), queries = Samples.Floats(13 * 520, 2);
        var packed = new PackedMatrix(rows, 70, 520);
        float[][] results = [.. SimdPathsHere.All.Select(path =>
        {
            var scores = new float[13 * 70];
            packed.Multiply(queries, 13, 0, 70, scores, path);
            return scores;
        })];
        results.Should().OnlyContain(r => r.SequenceEqual(results[0]));
        var part = new float[13 * 38];
        packed.Multiply(queries, 13, 32, 38, part);
        part.Should().Equal(Enumerable.Range(0, 13).SelectMany(q => results[0].Skip((q * 70) + 32).Take(38)));
    }

    private static Tensor Leaf(int rows, int columns, ulong seed)
        => tensor(Samples.Floats(rows * columns, seed), rows, columns).clone().detach().requires_grad_();

    private static void Same(Tensor[] inputs, Func<Tensor[], Tensor> actual, Func<Tensor[], Tensor> expected)
    {
        Tensor[] others = [.. inputs.Select(x => x.detach().clone().requires_grad_())];
        Tensor y = actual(inputs), z = expected(others);
        y.allclose(z, 1e-4, 1e-5).Should().BeTrue();
        Tensor weights = tensor(Samples.Floats((int)y.numel(), 9)).reshape(y.shape);
        (y * weights).sum().backward();
        (z * weights).sum().backward();
        foreach (var (own, other) in inputs.Zip(others))
            own.grad!.allclose(other.grad!, 1e-3, 1e-4).Should().BeTrue();
    }
}
