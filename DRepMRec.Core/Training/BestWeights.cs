using System.Collections.ObjectModel;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Training;

/// <summary>Keeps a copy of a module's weights and puts it back: of the best ones and, until there are any, of the first.</summary>
internal sealed class BestWeights(nn.Module module) : IDisposable
{
    private readonly Dictionary<string, Tensor> _copies = [];
    private bool _hasBest;

    /// <summary>The copies of the best weights by name; none before the first <see cref="Take"/>.</summary>
    public IReadOnlyDictionary<string, Tensor> Copies => _hasBest ? _copies : ReadOnlyDictionary<string, Tensor>.Empty;

    /// <summary>Takes the weights that a training begins with, unless there are best ones.</summary>
    public void TakeFirst()
    {
        if (!_hasBest)
            Copy();
    }

    public void Take()
    {
        Copy();
        _hasBest = true;
    }

    /// <summary>Puts the best weights back; does nothing if there are none.</summary>
    public void Restore()
    {
        if (_hasBest)
            RestoreFirst();
    }

    /// <summary>Puts the best weights back, or the first if there are none.</summary>
    public void RestoreFirst()
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

    private void Copy()
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
}
