using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Training;

/// <summary>Keeps a copy of a module's weights and puts it back.</summary>
internal sealed class BestWeights(nn.Module module) : IDisposable
{
    private readonly Dictionary<string, Tensor> _copies = [];

    /// <summary>The copies by name; none before the first <see cref="Take"/>.</summary>
    public IReadOnlyDictionary<string, Tensor> Copies => _copies;

    public void Take()
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        foreach (var (name, tensor) in module.state_dict())
        {
            if (_copies.TryGetValue(name, out Tensor? copy))
                copy.copy_(tensor);
            else
                _copies[name] = tensor.detach().clone().DetachFromDisposeScope();
        }
    }

    /// <summary>Puts the last copy back; does nothing if there is none.</summary>
    public void Restore()
    {
        using IDisposable noGradient = no_grad();
        Dictionary<string, Tensor> state = module.state_dict();
        foreach (var (name, copy) in _copies)
            state[name].copy_(copy);
    }

    public void Dispose()
    {
        foreach (Tensor copy in _copies.Values)
            copy.Dispose();
    }
}
