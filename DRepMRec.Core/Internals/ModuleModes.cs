using static TorchSharp.torch;

namespace DRepMRec.Internals;

/// <summary>Which modules of a tree were training, to be put back: some of them may have been left out of training on purpose.</summary>
internal sealed class ModuleModes(nn.Module root) : IDisposable
{
    // Modules come before those that they have.
    private readonly (nn.Module Module, bool Training)[] _modes =
        [.. root.modules().Where(module => module != root).Prepend(root).Select(module => (module, module.training))];

    public void Dispose()
    {
        foreach (var (module, training) in _modes)
            module.train(training);
    }
}
