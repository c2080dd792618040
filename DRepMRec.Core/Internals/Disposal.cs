using TorchSharp.Modules;

namespace DRepMRec.Internals;

/// <summary>Tells a module that is disposed by one of its weights: TorchSharp's own modules don't say.</summary>
internal static class Disposal
{
    /// <summary>The weight, if its owner isn't disposed.</summary>
    /// <exception cref="ObjectDisposedException">The owner is disposed.</exception>
    public static Parameter Of(this Parameter weight, object owner)
    {
        ObjectDisposedException.ThrowIf(weight.IsInvalid, owner);
        return weight;
    }
}
