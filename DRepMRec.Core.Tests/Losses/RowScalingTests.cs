using DRepMRec.Losses;
using DRepMRec.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Losses;

public sealed class RowScalingTests
{
    private static Tensor Rows => tensor(Samples.Floats(40 * 3, 5), 40, 3);

    [Fact]
    public void Centred_rows_have_mean_0_wherever_they_lie()
    {
        using DisposeScope scope = NewDisposeScope();
        RowScaling.Center(Rows).mean([0]).abs().max().item<float>().Should().BeLessThan(1e-6f);
        RowScaling.Center(Rows.Plus(7)).allclose(RowScaling.Center(Rows), 1e-4, 1e-5).Should().BeTrue();
    }

    [Fact]
    public void Whitened_rows_have_almost_unit_covariance()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor white = RowScaling.Whiten(matmul(Rows, tensor(new float[] { 3, 0, 0, 1, 1, 0, 2, 0, 1 }, 3, 3)));
        Tensor covariance = matmul(white.t(), white).Times(1.0 / 40);
        (covariance - eye(3)).abs().max().item<float>().Should().BeLessThan(0.3f, "a ridge keeps it finite");
        white.mean([0]).abs().max().item<float>().Should().BeLessThan(1e-5f);
    }

    [Fact]
    public void Rows_of_lower_rank_stay_finite()
    {
        using DisposeScope scope = NewDisposeScope();
        RowScaling.Whiten(tensor(Samples.Floats(2 * 3, 5), 2, 3)).isfinite().all().item<bool>().Should().BeTrue();
        RowScaling.Whiten(ones(2, 3)).isfinite().all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void Gradients_match_finite_differences()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = tensor(Samples.Floats(6 * 2, 5), 6, 2);
        Gradients.Check(rows, RowScaling.Center);
        Gradients.Check(rows, RowScaling.Whiten, step: 3e-3, tolerance: 1e-2);
    }
}
