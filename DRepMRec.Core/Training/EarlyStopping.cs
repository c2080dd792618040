using DRepMRec.Evaluation;

namespace DRepMRec.Training;

/// <summary>Remembers the best validation figure and says when there hasn't been a better one for too long.</summary>
/// <param name="metric">The figure.</param>
/// <param name="patience">How many epochs may pass without a better one.</param>
/// <param name="smoothed">Over how many validations a figure is averaged.</param>
internal sealed class EarlyStopping(RankingMetric metric, int patience, int smoothed = 1)
{
    private readonly Queue<double> _last = new();
    private int _epoch;

    public int? BestEpoch { get; private set; }

    public double BestValue { get; private set; } = double.NegativeInfinity;

    public bool ShouldStop => BestEpoch is { } best && _epoch - best >= patience;

    /// <summary>Takes the figures of an epoch in.</summary>
    /// <returns>Whether they are the best so far.</returns>
    public bool Update(int epoch, EvaluationResult validation)
    {
        _epoch = epoch;
        _last.Enqueue(validation[metric]);
        if (_last.Count > smoothed)
            _last.Dequeue();
        double value = _last.Count == 1 ? validation[metric] : _last.Average();
        if (value <= BestValue)
            return false;
        (BestEpoch, BestValue) = (epoch, value);
        return true;
    }
}
