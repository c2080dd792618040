namespace DRepMRec.Training;

/// <summary>Remembers the best validation figure and says when there hasn't been a better one for too long.</summary>
/// <param name="patience">How many epochs may pass without a better one.</param>
/// <param name="smoothed">Over how many validations a figure is averaged.</param>
internal sealed class EarlyStopping(int patience, int smoothed = 1)
{
    private readonly Queue<double> _last = new();
    private int _epoch;

    public int? BestEpoch { get; private set; }

    public double BestValue { get; private set; } = double.NegativeInfinity;

    public bool ShouldStop => BestEpoch is { } best && _epoch - best >= patience;

    /// <summary>Takes the figure of an epoch in.</summary>
    /// <returns>Whether it is the best so far.</returns>
    public bool Update(int epoch, double figure)
    {
        _epoch = epoch;
        _last.Enqueue(figure);
        if (_last.Count > smoothed)
            _last.Dequeue();
        double value = _last.Average();
        if (value <= BestValue)
            return false;
        (BestEpoch, BestValue) = (epoch, value);
        return true;
    }
}
