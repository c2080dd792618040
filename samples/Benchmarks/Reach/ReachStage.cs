namespace Benchmarks;

/// <summary>A stage of the suite of reach.</summary>
/// <param name="Name">The stage.</param>
/// <param name="Seconds">On the clock.</param>
/// <param name="PeakMegabytes">The most memory of the process while it ran, libtorch and what earlier stages left included.</param>
internal sealed record ReachStage(string Name, double Seconds, double PeakMegabytes);
