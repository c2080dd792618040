namespace DRepMRec.Internals;

/// <summary>The purpose of a stream of random numbers (seed, purpose, index): so no purpose shifts the draws of another.</summary>
internal static class RandomPurpose
{
    public const ulong Initialization = 1;
    public const ulong EdgeDropout = 2;
    public const ulong Shuffle = 3;
    public const ulong Negatives = 4;
    public const ulong BehaviorDropout = 5;
    public const ulong EntitySample = 6;
    public const ulong Batch = 7;
    public const ulong Exploration = 8;
    public const ulong PrincipalComponents = 21;
    public const ulong LineDiagnostics = 22;
    public const ulong Drift = 23;
    public const ulong ModalitySignal = 24;
}
