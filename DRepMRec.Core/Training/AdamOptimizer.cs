using DRepMRec.Collectives;
using DRepMRec.Kernels;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DRepMRec.Training;

/// <summary>
/// Adam (Kingma and Ba, ICLR 2015, algorithm 1) in one pass over each parameter on the CPU. It converts no number behind the collector's
/// back, unlike torch.optim.
/// </summary>
/// <remarks>Owns its moments until it is disposed; the parameters stay the caller's. Not safe for use by many threads.</remarks>
/// <example>
/// <code>
/// using var adam = new AdamOptimizer(model.parameters(), new AdamOptions { LearningRate = 0.01 });
/// adam.ZeroGradients();
/// loss.backward();
/// adam.Step();
/// </code>
/// </example>
public sealed class AdamOptimizer : IDisposable
{
    private readonly AdamOptions _options;
    private readonly (Parameter Parameter, Tensor First, Tensor Second)[] _slots;
    private int _step;
    private bool _isDisposed;

    /// <summary>Creates an optimiser for the parameters that take gradients.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    public AdamOptimizer(IEnumerable<Parameter> parameters, AdamOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        _options = options ?? new AdamOptions();
        _slots =
        [
            .. parameters.Where(p => p.requires_grad)
                .Select(p => (p, zeros_like(p).DetachFromDisposeScope(), zeros_like(p).DetachFromDisposeScope())),
        ];
    }

    /// <summary>The number of steps made, for checkpoints.</summary>
    internal int StepCount { get => _step; set => _step = value; }

    /// <summary>The first and the second moment of each parameter in turn, for checkpoints. They stay the optimiser's.</summary>
    internal IEnumerable<Tensor> Moments => _slots.SelectMany(s => new[] { s.First, s.Second });

    /// <summary>For each of <see cref="Moments"/> in turn, what it has of a table; <see langword="null"/> where it's whole.</summary>
    internal IEnumerable<ColumnShare?> SharesOfMoments
        => _slots.SelectMany(s => Enumerable.Repeat(ColumnPartition.ShareOf(s.Parameter), 2));

    /// <summary>Whether a parameter is one of those that steps change.</summary>
    internal bool Has(Parameter parameter) => _slots.Any(slot => ReferenceEquals(slot.Parameter, parameter));

    /// <summary>Makes one step for all parameters, at the learning rate of the options.</summary>
    public void Step() => Step(_options.LearningRate);

    /// <summary>Makes one step for all parameters. One without a gradient counts as having a gradient of zero.</summary>
    /// <param name="learningRate">The learning rate of this step.</param>
    /// <exception cref="ObjectDisposedException">The optimiser is disposed.</exception>
    /// <exception cref="NotSupportedException">A gradient is sparse.</exception>
    public void Step(double learningRate)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _step++;
        double firstCorrection = 1 - Math.Pow(_options.Beta1, _step), secondCorrection = 1 - Math.Pow(_options.Beta2, _step);
        using IDisposable noGradient = no_grad();
        foreach (var (parameter, first, second) in _slots)
        {
            using DisposeScope scope = NewDisposeScope();

            // What has moved goes on by its momentum; what never moved stays, as its moments are zero.
            Tensor gradient = parameter.grad ?? zeros_like(parameter);
            if (gradient.is_sparse)
            {
                throw new NotSupportedException(
                    $"Adam takes dense gradients; that of a parameter of [{string.Join(", ", parameter.shape)}] is sparse. "
                    + "Create its Embedding with sparse: false.");
            }

            double rate = learningRate / firstCorrection, secondScale = 1 / Math.Sqrt(secondCorrection);
            if (OwnKernels.Run(parameter) && parameter.is_contiguous())
                StepOnCpu(parameter, gradient.contiguous(), first, second, (float)rate, (float)secondScale);
            else
                StepByTensors(parameter, gradient, first, second, rate, secondScale);
        }
    }

    /// <summary>Forgets all gradients, so that the next backward pass begins at zero.</summary>
    public void ZeroGradients()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        foreach (var (parameter, _, _) in _slots)
            parameter.grad = null;
    }

    /// <summary>Releases the moments.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        foreach (var (_, first, second) in _slots)
        {
            first.Dispose();
            second.Dispose();
        }
    }

    private unsafe void StepOnCpu(Parameter parameter, Tensor gradient, Tensor first, Tensor second, float rate, float secondScale)
    {
        nint p = (nint)parameter.Floats(), g = (nint)gradient.Floats(), m = (nint)first.Floats(), v = (nint)second.Floats();
        var step = new AdamKernel(_options.Beta1, _options.Beta2, (float)_options.Epsilon, rate, secondScale);
        Passes.ForBlocks(parameter.numel(), (from, length) =>
            step.Run((float*)p + from, (float*)g + from, (float*)m + from, (float*)v + from, length, SimdPaths.Best));
    }

    private void StepByTensors(Parameter parameter, Tensor gradient, Tensor first, Tensor second, double rate, double secondScale)
    {
        first.copy_(first.Times(_options.Beta1).Plus(gradient, 1 - _options.Beta1));
        second.copy_(second.Times(_options.Beta2).Plus(gradient.Squared(), 1 - _options.Beta2));
        parameter.copy_(parameter.Plus(first / second.sqrt().Times(secondScale).Plus(_options.Epsilon), -rate));
    }
}
