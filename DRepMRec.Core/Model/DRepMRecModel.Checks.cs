using DRepMRec.Internals;
using static TorchSharp.torch;

namespace DRepMRec;

public sealed partial class DRepMRecModel
{
    /// <summary>The weights that some training has changed, this model's or that of an earlier one that it began from.</summary>
    internal HashSet<string> TrainedNames { get; } = [];

    /// <summary>The weights that take gradients.</summary>
    internal IEnumerable<string> TrainableNames => named_parameters().Where(p => p.parameter.requires_grad).Select(p => p.name);

    private IEnumerable<nn.Module> Parts => new[] { _behaviorModule, _modalModule, _alignmentModule }.OfType<nn.Module>();

    /// <summary>Refuses weights that can't be computed with, before libtorch comes upon them: some of its errors end the process.</summary>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="InvalidOperationException">The weights are on a device without memory, or of another type than Float32.</exception>
    internal void ThrowIfUnusable()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        foreach (nn.Module part in Parts)
        {
            bool isOurs = part.GetType().Assembly == typeof(DRepMRecModel).Assembly;
            foreach (var (name, weights) in part.named_parameters())
            {
                if (weights.device_type == TorchSharp.DeviceType.META)
                {
                    throw new InvalidOperationException(
                        $"The weights '{name}' of {part.GetType().Name} are on the device META, which has no numbers.");
                }

                if (isOurs && weights.dtype != ScalarType.Float32)
                {
                    throw new InvalidOperationException(
                        $"The weights '{name}' of {part.GetType().Name} are expected as Float32; they are {weights.dtype}.");
                }
            }
        }
    }

    /// <summary>
    /// Refuses a model of which a part of the library has its random first weights. What parts of other makers begin with isn't known.
    /// </summary>
    /// <exception cref="InvalidOperationException">A part of the library has weights, and all of them are as they were drawn.</exception>
    internal void ThrowIfUntrained()
    {
        foreach (nn.Module part in Parts)
        {
            bool?[] untouched = [.. part.parameters().Select(Initialization.IsUntouched).Where(u => u is not null)];
            if (untouched.Length > 0 && untouched.All(u => u == true))
            {
                throw new InvalidOperationException(
                    $"{part.GetType().Name} has its random first weights, which nothing should be recommended by: train the model, "
                    + "or load its weights.");
            }
        }
    }
}
