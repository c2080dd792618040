using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Support;

/// <summary>Compares a function and its gradients with a slow formula in double precision and that formula's central differences.</summary>
internal static class SlowGradients
{
    private const double Step = 1e-5;
    private const int MaxSlopes = 60;

    /// <param name="inputs">The inputs; each is looked at as a matrix.</param>
    /// <param name="own">The library's function.</param>
    /// <param name="slow">The formula.</param>
    /// <param name="tolerance">How far single precision may be off, for numbers of about 1.</param>
    public static void Check(double[][,] inputs, Func<Tensor[], Tensor> own, Func<double[][,], double[,]> slow, double tolerance = 2e-5)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] leaves = [.. inputs.Select(x => ToTensor(x).requires_grad_())];
        Tensor y = own(leaves);
        double[,] expected = slow(inputs);
        double[] values = [.. expected.Cast<double>()], weights = [.. Samples.Floats(values.Length, 99).Select(w => (double)w)];
        if (values.Length == 1)
            weights[0] = 1;
        RequireClose([.. y.detach().contiguous().data<float>()], values, tolerance, "value");
        (y.flatten() * tensor(weights, dtype: ScalarType.Float32)).sum().backward();
        double Weighted() => slow(inputs).Cast<double>().Zip(weights, (v, w) => v * w).Sum();
        for (int n = 0; n < inputs.Length; n++)
        {
            float[] gradient = [.. leaves[n].grad!.contiguous().data<float>()];
            RequireSlopes(gradient, inputs[n], Weighted, tolerance, $"input {n}");
            gradient.Should().Contain(g => g != 0, $"otherwise nothing of input {n} was compared");
        }
    }

    /// <summary>Compares a gradient with the slopes of a number by the elements of a matrix that it is made from.</summary>
    public static void RequireSlopes(float[] gradient, double[,] input, Func<double> value, double tolerance, string of)
    {
        gradient.Should().HaveCount(input.Length);

        // Of a large matrix some elements, at a distance that meets all columns.
        int every = Math.Max(1, input.Length / MaxSlopes) | 1;
        int[] places = [.. Enumerable.Range(0, input.Length).Where(at => at % every == 0)];
        double[] slopes = [.. places.Select(at =>
        {
            ref double element = ref input[at / input.Columns(), at % input.Columns()];
            double before = element;
            element = before + Step;
            double up = value();
            element = before - Step;
            double down = value();
            element = before;
            return (up - down) / (2 * Step);
        })];
        RequireClose([.. places.Select(at => gradient[at])], slopes, tolerance, $"slope of {of}, every {every}th");
    }

    public static Tensor ToTensor(double[,] x)
        => tensor([.. x.Cast<double>().Select(v => (float)v)], x.Rows(), x.Columns()).clone();

    public static void RequireClose(float[] actual, double[] expected, double tolerance, string what)
    {
        actual.Should().HaveSameCount(expected);
        double scale = Math.Max(1, expected.Max(Math.Abs));
        for (int n = 0; n < actual.Length; n++)
        {
            if (!(Math.Abs(actual[n] - expected[n]) <= tolerance * scale))
                actual[n].Should().BeApproximately((float)expected[n], (float)(tolerance * scale), $"that is the {what}, element {n}");
        }
    }
}
