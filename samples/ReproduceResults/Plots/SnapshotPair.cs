using ReproduceResults.Trainings;

namespace ReproduceResults.Plots;

/// <summary>The lines of two variants, trained from one seed, to be drawn side by side.</summary>
internal sealed record SnapshotPair((string Variant, LineSnapshot Lines) First, (string Variant, LineSnapshot Lines) Second, int Seed);
