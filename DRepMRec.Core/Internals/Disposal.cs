using TorchSharp.Modules;

namespace DRepMRec.Internals;

/// <summary>What is disposed, and what has to be.</summary>
internal static class Disposal
{
    /// <summary>Makes something out of what was made for it; where it can't be made, that goes.</summary>
    public static T With<T>(IDisposable? made, Func<T> make)
    {
        try
        {
            return make();
        }
        catch
        {
            made?.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Refuses to go on with a weight of a module that is disposed, which tells the module: TorchSharp's own don't say.
    /// </summary>
    /// <returns><paramref name="weight"/>.</returns>
    /// <exception cref="ObjectDisposedException">The owner is disposed.</exception>
    public static Parameter ThrowIfDisposed(this Parameter weight, object owner)
    {
        ObjectDisposedException.ThrowIf(weight.IsInvalid, owner);
        return weight;
    }
}
