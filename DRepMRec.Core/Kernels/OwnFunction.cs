using System.Runtime.ExceptionServices;
using DRepMRec.Internals;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Kernels;

/// <summary>
/// A function with a gradient of its own, whose errors in the backward pass come out where the pass was asked for. libtorch calls that
/// pass, and an exception that leaves it would end the process.
/// </summary>
internal abstract class OwnFunction<T> : autograd.SingleTensorFunction<T> where T : OwnFunction<T>, new()
{
    /// <inheritdoc/>
    public sealed override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        // Where the next function hands nothing back, neither does this one.
        ctx.set_materialize_grads(false);
        Backpropagation.Note(ctx, vars);
        return ForwardPass(ctx, vars);
    }

    /// <inheritdoc/>
    public sealed override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        try
        {
            return grad_output.IsInvalid ? Backpropagation.None(ctx) : OnceDifferentiable.Of(BackwardPass(ctx, grad_output));
        }
        catch (Exception exception)
        {
            return Backpropagation.Fail(ctx, exception);
        }
    }

    /// <summary>The output; what the way back needs goes into the context.</summary>
    protected abstract Tensor ForwardPass(autograd.AutogradContext ctx, object[] vars);

    /// <summary>The gradients of the inputs by that of the output.</summary>
    protected abstract List<Tensor> BackwardPass(autograd.AutogradContext ctx, Tensor grad_output);
}

/// <summary>The same for a function of several outputs; those that nothing is computed from have a gradient of zeros.</summary>
internal abstract class OwnMultiFunction<T> : autograd.MultiTensorFunction<T> where T : OwnMultiFunction<T>, new()
{
    [ThreadStatic]
    private static List<Tensor>? _made;

    /// <summary>
    /// Computes the outputs. By TorchSharp's own <c>apply</c> a tensor like each of them, which zeros are made by, belongs to the dispose
    /// scope that is open: if that ends before the backward pass, the process does.
    /// </summary>
    protected static List<Tensor> Compute(params object[] vars)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> outputs = apply(vars);
        List<Tensor> made = _made!;
        _made = null;

        // TorchSharp disposes them with the graph.
        IEnumerable<object> own = outputs.Concat(made);
        scope.Detach(scope.DisposablesView.Where(tensor => !own.Contains(tensor, ReferenceEqualityComparer.Instance)).ToArray());
        outputs.ForEach(output => output.MoveToOuterDisposeScope());
        return outputs;
    }

    /// <inheritdoc/>
    public sealed override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using DisposeScope scope = NewDisposeScope();
        Backpropagation.Note(ctx, vars);
        return _made = ForwardPass(ctx, vars).ConvertAll(output => output.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public sealed override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        try
        {
            return OnceDifferentiable.Of(BackwardPass(ctx, grad_outputs));
        }
        catch (Exception exception)
        {
            return Backpropagation.Fail(ctx, exception);
        }
    }

    /// <summary>The outputs; what the way back needs, which are no tensors, goes into the context.</summary>
    protected abstract List<Tensor> ForwardPass(autograd.AutogradContext ctx, object[] vars);

    /// <summary>The gradients of the inputs by those of the outputs, zeros for outputs that nothing was computed from.</summary>
    protected abstract List<Tensor> BackwardPass(autograd.AutogradContext ctx, List<Tensor> grad_outputs);
}

/// <summary>Runs backward passes, and throws what goes wrong in them.</summary>
internal static class Backpropagation
{
    private const string InputsKey = "inputs of an own function";

    [ThreadStatic]
    private static Exception? _failure;

    [ThreadStatic]
    private static bool _isRunning;

    /// <summary>Whether the backward pass that goes on on this thread was asked for by <see cref="Run"/>.</summary>
    public static bool IsRunning => _isRunning;

    /// <summary>Computes all gradients of a loss. What goes wrong in a function of ours is thrown as it is.</summary>
    public static void Run(Tensor loss)
    {
        _failure = null;
        bool before = _isRunning;
        _isRunning = true;
        try
        {
            loss.backward();
        }
        catch (Exception) when (_failure is not null)
        {
            // What libtorch made of it.
        }
        finally
        {
            _isRunning = before;
        }

        if (Interlocked.Exchange(ref _failure, null) is { } failure)
            ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>Takes down which inputs are tensors, and which of these have more than one number.</summary>
    public static void Note(autograd.AutogradContext context, object[] inputs)
        => context.save_data(InputsKey, Array.ConvertAll(inputs, input => input is Tensor tensor ? Math.Min(2, tensor.numel()) : -1));

    /// <summary>No gradient for any input.</summary>
    public static List<Tensor> None(autograd.AutogradContext context) => [.. new Tensor[((long[])context.get_data(InputsKey)).Length]];

    /// <summary>
    /// Keeps an error and answers with gradients that nobody can take for right: of a shape that libtorch refuses, with an error that
    /// TorchSharp throws; or, where any shape would do, not a number.
    /// </summary>
    public static List<Tensor> Fail(autograd.AutogradContext context, Exception exception)
    {
        _failure ??= exception;
        return
        [
            .. ((long[])context.get_data(InputsKey))
                .Select(count => count < 0 ? null! : count == 2 ? FloatTensors.Empty(0) : tensor(float.NaN, device: CPU)),
        ];
    }
}
