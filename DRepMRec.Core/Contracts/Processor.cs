using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Contracts;

/// <summary>Where contracts are checked: on the CPU, where the same sums give the same bits.</summary>
internal static class Processor
{
    /// <exception cref="ArgumentException">The module has weights on another device.</exception>
    public static void ThrowIfElsewhere(nn.Module module)
    {
        foreach (var (name, weight) in module.named_parameters())
        {
            if (weight.device_type != DeviceType.CPU)
            {
                throw new ArgumentException(
                    $"Expected the weights of {module.GetType().Name} on the CPU, got '{name}' on the device {weight.device}: "
                    + "contracts are checked on the CPU. Check a part before it's moved.");
            }
        }
    }
}
