using DRepMRec.Evaluation;

namespace DRepMRec.Training;

/// <summary>Remembers the best validation figure and says when there hasn't been a better one for too long.</summary>
internal sealed class EarlyStopping(RankingMetric metric, int patience)
{
    private int _epoch;

    public int? BestEpoch { get; private set; }

    public double BestValue { get; private set; } = double.NegativeInfinity;

    public bool ShouldStop => BestEpoch is { } best && _epoch - best >= patience;

    /// <summary>Takes the figures of an epoch in.</summary>
    /// <returns>Whether they are the best so far.</returns>
    public bool Update(int epoch, EvaluationResult validation)
    {
        _epoch = epoch;
        double value = validation[metric];
        if (value <= BestValue)
            return false;
        (BestEpoch, BestValue) = (epoch, value);
        return true;
    }
}
