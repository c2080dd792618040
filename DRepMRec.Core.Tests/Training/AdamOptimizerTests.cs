using DRepMRec.Kernels;
using DRepMRec.Tests.Support;
using DRepMRec.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Training;

public sealed class AdamOptimizerTests
{
    [Fact]
    public void Steps_follow_the_published_algorithm()
    {
        using DisposeScope scope = NewDisposeScope();
        float[] start = Support.Samples.Floats(19, 1), slope = Support.Samples.Floats(19, 2);
        var parameter = new Parameter(tensor(start));
        using var adam = new AdamOptimizer([parameter], new AdamOptions { LearningRate = 0.01 });
        double[] p = [.. start.Select(x => (double)x)], m = new double[19], v = new double[19];
        for (int step = 1; step <= 5; step++)
        {
            adam.ZeroGradients();
            ((parameter * parameter) * tensor(slope)).sum().backward();
            adam.Step(0.01);
            for (int i = 0; i < p.Length; i++)
            {
                double g = 2 * p[i] * slope[i];
                m[i] = (0.9 * m[i]) + (0.1 * g);
                v[i] = (0.999 * v[i]) + (0.001 * g * g);
                p[i] -= 0.01 * (m[i] / (1 - Math.Pow(0.9, step))) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.999, step))) + 1e-8);
            }
        }

        float[] actual = parameter.data<float>().ToArray();
        for (int i = 0; i < p.Length; i++)
            ((double)actual[i]).Should().BeApproximately(p[i], 1e-5);
    }

    [Theory]
    [InlineData(0.9, 0.99999999)]
    [InlineData(0.99999999, 0.999)]
    [InlineData(0.999999, 0.999999999)]
    public void The_first_step_is_as_long_as_the_learning_rate_says_however_slowly_moments_decay(double beta1, double beta2)
    {
        using DisposeScope scope = NewDisposeScope();
        float[] start = Support.Samples.Floats(37, 1), slope = Support.Samples.Floats(37, 2);
        float[] moved = FirstStep(start, slope, new AdamOptions { LearningRate = 0.01, Beta1 = beta1, Beta2 = beta2 });
        for (int i = 0; i < start.Length; i++)
            ((double)moved[i]).Should().BeApproximately(start[i] - (0.01 * Math.Sign(slope[i])), 1e-5);
    }

    [SkippableFact]
    public void The_usual_step_has_the_bits_that_published_figures_were_made_with()
    {
        Skip.If(OwnKernels.AreOff, LibtorchSide.Reason);
        using DisposeScope scope = NewDisposeScope();
        float[] start = Support.Samples.Floats(37, 1), slope = Support.Samples.Floats(37, 2);
        float beta1 = 0.9f, beta2 = 0.999f, epsilon = 1e-8f;
        float rate = (float)(0.01 / (1 - Math.Pow(0.9, 1))), scale = (float)(1 / Math.Sqrt(1 - Math.Pow(0.999, 1)));
        FirstStep(start, slope, new AdamOptions { LearningRate = 0.01 }).Should().Equal(start.Zip(slope, (p, g) =>
            p - (g * (1 - beta1) * rate / ((MathF.Sqrt(g * g * (1 - beta2)) * scale) + epsilon))));
    }

    private static float[] FirstStep(float[] start, float[] slope, AdamOptions options)
    {
        var parameter = new Parameter(tensor(start).clone());
        using var adam = new AdamOptimizer([parameter], options);
        (parameter * tensor(slope)).sum().backward();
        adam.Step();
        return parameter.data<float>().ToArray();
    }

    [Fact]
    public void Double_precision_takes_the_same_steps()
    {
        using DisposeScope scope = NewDisposeScope();
        float[] start = Support.Samples.Floats(19, 1), slope = Support.Samples.Floats(19, 2);
        Parameter[] parameters = [new(tensor(start)), new(tensor(start).to(ScalarType.Float64))];
        using var adam = new AdamOptimizer(parameters, new AdamOptions { LearningRate = 0.01 });
        for (int step = 0; step < 5; step++)
        {
            adam.ZeroGradients();
            foreach (Parameter parameter in parameters)
                (parameter * parameter * tensor(slope).to(parameter.dtype)).sum().backward();
            adam.Step();
        }

        double[] exact = parameters[1].data<double>().ToArray();
        float[] single = parameters[0].data<float>().ToArray();
        for (int i = 0; i < exact.Length; i++)
            ((double)single[i]).Should().BeApproximately(exact[i], 1e-5);
    }

    [Fact]
    public void Sparse_gradients_are_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        using var embedding = nn.Embedding(5, 3, sparse: true);
        using var adam = new AdamOptimizer(embedding.parameters());
        embedding.call(tensor(new long[] { 1, 2 })).sum().backward();
        FluentActions.Invoking(adam.Step).Should().Throw<NotSupportedException>()
            .WithMessage("Adam takes dense gradients; that of a parameter of [5, 3] is sparse. Create its Embedding with sparse: false.");
    }

    [Fact]
    public void Parameters_without_a_gradient_stay_as_they_are()
    {
        using DisposeScope scope = NewDisposeScope();
        var parameter = new Parameter(tensor(new float[] { 1, 2 }));
        using var adam = new AdamOptimizer([parameter], new AdamOptions());
        adam.Step(1);
        parameter.data<float>().ToArray().Should().Equal(1, 2);
    }

    [Fact]
    public void What_has_moved_goes_on_by_its_momentum_when_a_step_has_no_gradient_for_it()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter none = new(tensor(new float[] { 1, 2 })), zero = new(tensor(new float[] { 1, 2 }));
        using var adam = new AdamOptimizer([none, zero], new AdamOptions());
        (none.sum() + zero.sum()).backward();
        adam.Step(0.1);
        adam.ZeroGradients();
        none.grad.Should().BeNull();
        zero.grad = zeros(2);
        adam.Step(0.1);
        none.data<float>().ToArray().Should().Equal(zero.data<float>().ToArray());
        none.data<float>()[0].Should().BeLessThan(0.9f);
    }

    [Fact]
    public void Steps_leave_no_tensors()
    {
        using var parameter = new Parameter(ones(100));
        using var adam = new AdamOptimizer([parameter], new AdamOptions());
        LiveTensors.ShouldNotGrow(() =>
        {
            using DisposeScope scope = NewDisposeScope();
            adam.ZeroGradients();
            (parameter * parameter).sum().backward();
            adam.Step(0.01);
        });
    }
}
