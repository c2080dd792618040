namespace DRepMRec.Training;

/// <summary>The mean of each named loss over batches, in the order in which names first came.</summary>
internal sealed class LossMeans
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, double> _sums = [];
    private int _count;

    public LossMeans()
    {
    }

    /// <summary>Goes on from sums over a number of batches.</summary>
    public LossMeans(IReadOnlyList<KeyValuePair<string, double>> sums, int count)
    {
        _count = count;
        foreach (var (name, sum) in sums)
        {
            _sums[name] = sum;
            _names.Add(name);
        }
    }

    /// <summary>The sum of each loss, in the order of the names.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> Sums => [.. _names.Select(n => KeyValuePair.Create(n, _sums[n]))];

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
