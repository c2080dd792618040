namespace DRepMRec.Training;

/// <summary>The mean of each named loss over batches, in the order in which names first came.</summary>
internal sealed class LossMeans
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, double> _sums = [];
    private int _count;

    public void Add(IReadOnlyDictionary<string, double> values)
    {
        _count++;
        foreach (var (name, value) in values)
        {
            if (_sums.TryAdd(name, 0))
                _names.Add(name);
            _sums[name] += value;
        }
    }

    public IReadOnlyDictionary<string, double> ToDictionary() => _names.ToDictionary(n => n, n => _sums[n] / _count);
}
