namespace DRepMRec.Kernels;

/// <summary>Takes scores in the order of their indices.</summary>
internal interface IScoreSink
{
    /// <summary>Takes the scores of the indices from <paramref name="first"/> on.</summary>
    void Offer(ReadOnlySpan<float> scores, int first);

    /// <summary>Takes one score.</summary>
    void Offer(float score, int index);
}
