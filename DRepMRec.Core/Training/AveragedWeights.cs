using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Training;

/// <summary>
/// The mean of a module's weights after each epoch, the last ones counting most: after epoch e, mean += (weights - mean) / min(e, n). It
/// doesn't follow the noise of single epochs.
/// </summary>
/// <param name="module">The module.</param>
/// <param name="epochs">The number n; 1 for the weights as they are.</param>
internal sealed class AveragedWeights(nn.Module module, int epochs) : IDisposable
{
    private readonly Dictionary<string, Tensor> _means = [];

    /// <summary>The means by name; none before the first <see cref="Add"/>, or where nothing is averaged.</summary>
    public IReadOnlyDictionary<string, Tensor> Means => _means;

    /// <summary>Takes the weights at the end of an epoch in.</summary>
    /// <param name="epoch">The number of the epoch, from 1.</param>
    public void Add(int epoch)
    {
        if (epochs == 1)
            return;
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        foreach (var (name, tensor) in module.state_dict())
        {
            if (_means.TryGetValue(name, out Tensor? mean))
                mean.copy_(mean.Plus(tensor.Plus(mean, -1), 1.0 / Math.Min(epoch, epochs)));
            else
                _means[name] = tensor.detach().clone().DetachFromDisposeScope();
        }
    }

    /// <summary>Puts the means in the place of the weights until the result is disposed.</summary>
    public IDisposable Use() => new Exchange(module, _means);

    /// <summary>Puts the means in the place of the weights; does nothing if there are none.</summary>
    public void Restore()
    {
        using IDisposable noGradient = no_grad();
        Dictionary<string, Tensor> state = module.state_dict();
        foreach (var (name, mean) in _means)
            state[name].copy_(mean);
    }

    public void Dispose()
    {
        foreach (Tensor mean in _means.Values)
            mean.Dispose();
    }

    private sealed class Exchange : IDisposable
    {
        private readonly List<(Tensor Place, Tensor Weights)> _own = [];

        public Exchange(nn.Module module, IReadOnlyDictionary<string, Tensor> means)
        {
            using IDisposable noGradient = no_grad();
            Dictionary<string, Tensor> state = means.Count == 0 ? [] : module.state_dict();
            foreach (var (name, mean) in means)
            {
                _own.Add((state[name], state[name].detach().clone().DetachFromDisposeScope()));
                state[name].copy_(mean);
            }
        }

        public void Dispose()
        {
            using IDisposable noGradient = no_grad();
            foreach (var (place, weights) in _own)
            {
                place.copy_(weights);
                weights.Dispose();
            }
        }
    }
}
