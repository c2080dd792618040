using TorchSharp.Modules;

namespace DRepMRec.Internals;

/// <summary>Tells a module that is disposed by one of its weights: TorchSharp's own modules don't say.</summary>
internal static class Disposal
{
    /// <summary>Refuses to go on with a weight of a module that is disposed.</summary>
    /// <returns><paramref name="weight"/>.</returns>
    /// <exception cref="ObjectDisposedException">The owner is disposed.</exception>
    public static Parameter ThrowIfDisposed(this Parameter weight, object owner)
    {
        ObjectDisposedException.ThrowIf(weight.IsInvalid, owner);
        return weight;
    }
}
