using DRepMRec.Evaluation;
using DRepMRec.Losses;
using DRepMRec.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Losses;

public sealed class DistributionLossesTests
{
    private static readonly Dictionary<string, Func<Tensor, Tensor, Tensor>> Losses = new()
    {
        ["means and covariances"] = DistributionLosses.MeanCovariance,
        ["mean discrepancy"] = DistributionLosses.MaximumMeanDiscrepancy,
        ["energy distance"] = DistributionLosses.EnergyDistance,
    };

    public static TheoryData<string> Kinds => [.. Losses.Keys];

    [Fact]
    public void Means_and_covariances_are_compared()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor a = tensor(new float[] { 1, -1 }, 2, 1), b = tensor(new float[] { 4, 0 }, 2, 1);
        DistributionLosses.MeanCovariance(a, b).item<float>().Should().BeApproximately((2 * 2) + (3 * 3), 1e-5f);
    }

    [Fact]
    public void The_mean_discrepancy_of_two_points_is_twice_what_the_kernels_lack()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor a = tensor(new float[] { 0, 0 }, 1, 2), b = tensor(new float[] { 0.6f, 0.8f }, 1, 2);
        double kernel = new[] { 0.5, 1, 2, 4 }.Average(width => Math.Exp(-width));
        DistributionLosses.MaximumMeanDiscrepancy(a, b).item<float>().Should().BeApproximately((float)(2 - (2 * kernel)), 1e-5f);
    }

    [Fact]
    public void The_energy_distance_is_the_one_that_is_reported()
    {
        using DisposeScope scope = NewDisposeScope();
        float[] a = Samples.Floats(12, 1), b = Samples.Floats(9, 2);
        DistributionLosses.EnergyDistance(tensor(a, 4, 3), tensor(b, 3, 3)).item<float>()
            .Should().BeApproximately((float)EnergyDistance.Between(a, b, 3), 1e-4f);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Rows_in_another_order_are_distributed_alike(string kind)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = tensor(Samples.Floats(12, 1), 4, 3);
        Losses[kind](rows, rows.flip(0)).item<float>().Should().BeApproximately(0, 1e-3f);
        Losses[kind](rows, rows.Plus(1)).item<float>().Should().BeGreaterThan(0.1f);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gradients_match_finite_differences(string kind)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor a = tensor(Samples.Floats(12, 1), 4, 3), b = tensor(Samples.Floats(9, 2), 3, 3);
        Gradients.Check(a, x => Losses[kind](x, b).reshape(1));
        Gradients.Check(b, x => Losses[kind](a, x).reshape(1));
    }
}
