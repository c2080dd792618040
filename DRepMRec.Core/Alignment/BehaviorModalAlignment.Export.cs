namespace DRepMRec.Alignment;

public sealed partial class BehaviorModalAlignment
{
    /// <summary>The options, for whoever fuses without libtorch.</summary>
    internal BmaOptions Options => _options;
}
