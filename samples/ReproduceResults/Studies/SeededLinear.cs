using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ReproduceResults.Studies;

/// <summary>Linear layers with Xavier-uniform weights and a bias of 0, drawn from a seed.</summary>
internal static class SeededLinear
{
    public static Linear Create(int from, int to, Random random)
    {
        double bound = Math.Sqrt(6.0 / (from + to));
        Linear layer = nn.Linear(from, to);
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        float[] weights = [.. Enumerable.Range(0, to * from).Select(_ => (float)(((2 * random.NextDouble()) - 1) * bound))];
        layer.weight!.copy_(tensor(weights, to, from));
        layer.bias!.zero_();
        return layer;
    }
}
