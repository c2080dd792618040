using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Support;

/// <summary>Compares gradients with central differences.</summary>
internal static class Gradients
{
    /// <summary>
    /// Checks the gradient of the sum of the output, weighted by fixed numbers so that no two places count alike, with respect to every
    /// element of the input.
    /// </summary>
    public static void Check(Tensor input, Func<Tensor, Tensor> function, double step = 1e-2, double tolerance = 2e-3)
    {
        using DisposeScope scope = NewDisposeScope();
        float[] start = input.data<float>().ToArray();
        long[] shape = input.shape;

        Tensor Output(float[] values, bool gradient)
        {
            Tensor x = tensor(values).reshape(shape).detach().requires_grad_(gradient);
            Tensor y = function(x);
            Tensor weighted = (y.flatten() * tensor(Samples.Floats((int)y.numel(), 99))).sum();
            if (!gradient)
                return weighted;
            weighted.backward();
            return x.grad!;
        }

        float[] gradient = Output(start, true).data<float>().ToArray();
        for (int i = 0; i < start.Length; i++)
        {
            float[] up = [.. start], down = [.. start];
            up[i] += (float)step;
            down[i] -= (float)step;
            double expected = ((double)Output(up, false).item<float>() - Output(down, false).item<float>()) / (2 * step);
            ((double)gradient[i])
                .Should().BeApproximately(expected, tolerance * Math.Max(1, Math.Abs(expected)), $"that is the slope at element {i}");
        }
    }
}
