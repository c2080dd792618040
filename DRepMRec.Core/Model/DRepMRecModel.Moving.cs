using DRepMRec.Collectives;
using DRepMRec.Features;
using DRepMRec.Internals;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DRepMRec;

public sealed partial class DRepMRecModel
{
    /// <inheritdoc/>
    protected override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
        => Moved(() => base._to(deviceType, deviceIndex, non_blocking), new Device(deviceType, deviceIndex));

    /// <inheritdoc/>
    protected override nn.Module _to(Device device, ScalarType dtype, bool non_blocking)
        => Moved(() => base._to(device, dtype, non_blocking), device);

    /// <inheritdoc/>
    protected override nn.Module _to(ScalarType dtype, bool non_blocking) => Moved(() => base._to(dtype, non_blocking), null);

    /// <summary>Moves the weights, which TorchSharp makes anew, with what is known of them; then the features that parts read.</summary>
    private nn.Module Moved(Func<nn.Module> move, Device? device)
    {
        Dictionary<string, Parameter> before = named_parameters().ToDictionary(p => p.name, p => p.parameter);
        nn.Module moved;
        try
        {
            moved = move();
        }
        finally
        {
            foreach (var (name, weights) in named_parameters())
            {
                if (!before.TryGetValue(name, out Parameter? old))
                    continue;
                Initialization.Hand(old, weights);
                ColumnPartition.Hand(old, weights);
            }
        }

        if (device is not null)
        {
            foreach (ModalFeatures features in FeaturesOfParts.Select(part => part.Features).Distinct())
                features.MoveTo(device);
        }

        return moved;
    }
}
