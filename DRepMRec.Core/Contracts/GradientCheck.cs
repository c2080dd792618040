using DRepMRec.Internals;
using DRepMRec.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Contracts;

/// <summary>
/// Compares gradients with central differences along two directions of each weight: that of the gradient itself, and a random one, which
/// shows what a gradient leaves out.
/// </summary>
/// <remarks>
/// Each output is summed up with fixed coefficients, so that no two of its numbers count alike. Differences of two step widths are
/// extrapolated; by what they differ the slope isn't known, as at the corner of a rectifier.
/// </remarks>
internal sealed class GradientCheck(
    ContractRun run, IReadOnlyList<(string Name, Tensor Tensor)> weights, Func<IReadOnlyList<(string Name, Tensor Value)>> compute)
{
    private const double Step = 0.02, Tolerance = 0.02, Precision = 2e-6;

    // How far weights are from where they begin when it's looked again which are used.
    private const double Nudge = 0.01;

    /// <summary>
    /// The weights that no output has a gradient for: neither where they begin, nor beside it, where factors that begin at zero aren't any
    /// more.
    /// </summary>
    public IReadOnlyList<string> Unused()
    {
        string[] unused = [.. UnusedHere()];
        if (unused.Length == 0)
            return unused;
        float[][] start = [.. weights.Select(w => UserItemEmbeddings.Values(w.Tensor))];
        try
        {
            for (int w = 0; w < start.Length; w++)
            {
                var random = new SeededRandom((ulong)(w + 1), 5);
                Set(w, [.. start[w].Select(x => (float)(x + (Nudge * ((2 * random.NextDouble()) - 1))))]);
            }

            return [.. unused.Intersect(UnusedHere())];
        }
        finally
        {
            for (int w = 0; w < start.Length; w++)
                Set(w, start[w]);
        }
    }

    private IEnumerable<string> UnusedHere()
    {
        float[][][] all = [.. Enumerable.Range(0, Values().Count).Select(output => Gradients(output).Gradients)];
        return weights.Where((_, w) => all.All(gradients => Length(gradients[w]) == 0)).Select(w => w.Name);
    }

    /// <summary>Checks all outputs with respect to all weights, which are as they were afterwards, without gradients.</summary>
    public void Run()
    {
        int outputs = Values().Count;
        for (int output = 0; output < outputs; output++)
        {
            var (name, gradients) = Gradients(output);
            for (int w = 0; w < weights.Count; w++)
            {
                float[] gradient = gradients[w];
                var random = new SeededRandom((ulong)(w + 1), 3, (ulong)output);
                float[] any = [.. gradient.Select(_ => (random.NextSingle() * 2) - 1)];
                Compare(output, $"the gradient of {name} for the weight '{weights[w].Name}'", w, gradient, any);
                if (Length(gradient) > 0)
                    Compare(output, $"the gradient of {name} for the weight '{weights[w].Name}'", w, gradient, gradient);
            }
        }
    }

    private void Compare(int output, string where, int weight, float[] gradient, float[] direction)
    {
        float[] start = UserItemEmbeddings.Values(weights[weight].Tensor);
        double length = Math.Max(Length(start), 0.1 * Math.Sqrt(start.Length)) / Length(direction);
        double slope = 0;
        for (int i = 0; i < start.Length; i++)
            slope += gradient[i] * length * direction[i];
        var (wide, size) = Difference(output, weight, start, direction, length, Step);
        var (near, _) = Difference(output, weight, start, direction, length, Step / 2);
        double expected = ((4 * near) - wide) / 3;
        double allowed = (Tolerance * Math.Max(Math.Abs(expected), Math.Abs(slope))) + (2 * Math.Abs(near - wide))
            + (Precision * size / Step);
        run.Require(Math.Abs(expected - slope) <= allowed, where,
            $"a slope of {ContractRun.Shown(expected)} by finite differences", $"one of {ContractRun.Shown(slope)}");
    }

    /// <summary>The central difference of an output, and the sum of the sizes that went into it.</summary>
    private (double Slope, double Size) Difference(
        int output, int weight, float[] start, float[] direction, double length, double step)
    {
        double At(double h, out double size)
        {
            Set(weight, [.. start.Select((x, i) => (float)(x + (h * length * direction[i])))]);
            float[] values = Values()[output];
            double sum = size = 0;
            for (int i = 0; i < values.Length; i++)
            {
                sum += Coefficient(i) * values[i];
                size += Math.Abs(Coefficient(i) * values[i]);
            }

            return sum;
        }

        try
        {
            double slope = (At(step, out double size) - At(-step, out _)) / (2 * step);
            return (slope, size);
        }
        finally
        {
            Set(weight, start);
        }
    }

    private void Set(int weight, float[] values)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor target = weights[weight].Tensor;
        target.copy_(tensor(values, target.shape, device: CPU));
    }

    private List<float[]> Values()
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        return [.. ContractRun.Seeded(compute).Select(o => UserItemEmbeddings.Values(o.Value))];
    }

    private (string Name, float[][] Gradients) Gradients(int output)
    {
        using DisposeScope scope = NewDisposeScope();
        Forget();
        var (name, value) = ContractRun.Seeded(compute)[output];
        if (value.requires_grad)
        {
            float[] numbers = [.. Enumerable.Range(0, (int)value.numel()).Select(i => (float)Coefficient(i))];
            Tensor coefficients = tensor(numbers, value.shape, device: CPU);
            Backpropagation.Run((value * coefficients.to(value.device)).sum());
        }

        float[][] gradients =
            [.. weights.Select(w => w.Tensor.grad is { } g ? UserItemEmbeddings.Values(g.to_dense()) : new float[w.Tensor.numel()])];
        Forget();
        return (name, gradients);
    }

    private void Forget()
    {
        foreach (var (_, weight) in weights)
            weight.grad = null;
    }

    /// <summary>From 0.5 to 1.5, with either sign.</summary>
    private static double Coefficient(int place)
        => (float)((0.5 + (place * 0.618034 % 1)) * ((place * 7 % 3) == 1 ? -1 : 1));

    private static double Length(float[] values) => Math.Sqrt(values.Sum(x => (double)x * x));
}
