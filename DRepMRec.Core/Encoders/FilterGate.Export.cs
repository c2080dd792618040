namespace DRepMRec.Encoders;

internal sealed partial class FilterGate
{
    /// <summary>W1 [D, d], b1 [D] and, where there is a gate, W2 [D, D], b2 [D].</summary>
    public (float[] Projection, float[] ProjectionBias, float[]? Gate, float[]? GateBias) Weights()
        => (UserItemEmbeddings.Values(_projection), UserItemEmbeddings.Values(_projectionBias), _gate is null ? null : UserItemEmbeddings.Values(_gate), _gateBias is null ? null : UserItemEmbeddings.Values(_gateBias));
}
