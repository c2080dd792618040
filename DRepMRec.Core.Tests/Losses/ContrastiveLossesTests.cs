using DRepMRec.Kernels;
using DRepMRec.Losses;
using DRepMRec.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Losses;

public sealed class ContrastiveLossesTests
{
    private static Tensor Rows(int count, int dimension, ulong seed)
        => tensor(Support.Samples.Floats(count * dimension, seed), count, dimension);

    [Fact]
    public void InfoNce_is_the_cross_entropy_of_finding_the_partner_in_both_directions()
    {
        using DisposeScope scope = NewDisposeScope();
        const int n = 5, d = 4;
        float[] a = Support.Samples.Floats(n * d, 1), b = Support.Samples.Floats(n * d, 2);
        double Cos(int i, int j)
        {
            double ab = 0, aa = 0, bb = 0;
            for (int k = 0; k < d; k++)
            {
                ab += a[(i * d) + k] * b[(j * d) + k];
                aa += a[(i * d) + k] * a[(i * d) + k];
                bb += b[(j * d) + k] * b[(j * d) + k];
            }

            return ab / Math.Sqrt(aa * bb) / 0.2;
        }

        double expected = 0;
        for (int i = 0; i < n; i++)
        {
            expected += Math.Log(Enumerable.Range(0, n).Sum(j => Math.Exp(Cos(i, j)))) - Cos(i, i);
            expected += Math.Log(Enumerable.Range(0, n).Sum(j => Math.Exp(Cos(j, i)))) - Cos(i, i);
        }

        ContrastiveLosses.InfoNce(tensor(a, n, d), tensor(b, n, d), 0.2).item<float>()
            .Should().BeApproximately((float)(expected / (2 * n)), 1e-4f);
    }

    [Fact]
    public void Gradients_match_finite_differences()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor b = Rows(4, 3, 12);
        Gradients.Check(Rows(4, 3, 11), a => ContrastiveLosses.InfoNce(a, b, 0.5).reshape(1), step: 3e-3, tolerance: 1e-2);
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.05)]
    [InlineData(0.004)]
    public void Doubles_and_low_temperatures_have_the_values_of_the_formula(double temperature)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor a = Rows(5, 3, 7), b = Rows(5, 3, 8), logits = Units(a).matmul(Units(b).t()) / temperature;
        Tensor own = logits.diagonal(), expected = (logits.logsumexp(1) - own).mean() + (logits.logsumexp(0) - own).mean();
        foreach (ScalarType type in new[] { ScalarType.Float32, ScalarType.Float64 })
        {
            ContrastiveLosses.InfoNce(a.to(type), b.to(type), temperature).to(ScalarType.Float64).item<double>()
                .Should().BeApproximately(expected.item<double>() / 2, 1e-4 / temperature);
        }

        static Tensor Units(Tensor rows) => nn.functional.normalize(rows.to(ScalarType.Float64));
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(1e9)]
    [InlineData(1e30)]
    public void A_negative_that_is_left_out_counts_for_nothing_at_any_temperature(double temperature)
    {
        using DisposeScope scope = NewDisposeScope();
        (float Loss, float[] Slope) Step()
        {
            Tensor users = Rows(3, 4, 1).requires_grad_();
            Tensor loss = ContrastiveLosses.SampledSoftmax(users, Rows(3, 4, 2), Rows(3, 4, 3), ExcludedPairs.Diagonal(3), temperature);
            loss.backward();
            return (loss.item<float>(), UserItemEmbeddings.Values(users.grad!.Times(temperature)));
        }

        var (own, slope) = Step();
        if (temperature > 1)
            own.Should().BeApproximately((float)Math.Log(3), 1e-6f, "two negatives count as much as the positive");
        using IDisposable off = OwnKernels.SwitchOff();
        var (other, slopeOfOther) = Step();
        other.Should().BeApproximately(own, 1e-5f);
        for (int n = 0; n < slope.Length; n++)
            slopeOfOther[n].Should().BeApproximately(slope[n], 1e-5f);
    }

    [Fact]
    public void Sampled_softmax_of_doubles_has_the_value_of_the_formula_with_and_without_users_of_several_pairs()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor users = Rows(4, 3, 1).to(ScalarType.Float64), negatives = Rows(6, 3, 3).to(ScalarType.Float64);
        var excluded = ExcludedPairs.Of(4, [(0, 5), (2, 0)]);
        foreach (int[]? userOfPair in new int[]?[] { null, [0, 0, 2, 3, 1] })
        {
            Tensor positives = Rows(userOfPair?.Length ?? 4, 3, 2).to(ScalarType.Float64);
            int[] of = userOfPair ?? [0, 1, 2, 3];
            double expected = 0;
            for (int pair = 0; pair < of.Length; pair++)
            {
                double positive = Dot(users, of[pair], positives, pair);
                double sum = Math.Exp(positive / 0.5);
                for (int n = 0; n < 6; n++)
                    sum += (of[pair], n) is (0, 5) or (2, 0) ? 0 : Math.Exp(Dot(users, of[pair], negatives, n) / 0.5);
                expected += (Math.Log(sum) - (positive / 0.5)) / of.Length;
            }

            ContrastiveLosses.SampledSoftmax(users, positives, negatives, excluded, 0.5, userOfPair).item<double>()
                .Should().BeApproximately(expected, 1e-9);
            ContrastiveLosses.SampledSoftmax(
                users.to(ScalarType.Float32), positives.to(ScalarType.Float32), negatives.to(ScalarType.Float32), excluded, 0.5, userOfPair)
                .item<float>().Should().BeApproximately((float)expected, 1e-5f);
        }

        static double Dot(Tensor a, int i, Tensor b, int j) => (a[i] * b[j]).sum().item<double>();
    }
}
