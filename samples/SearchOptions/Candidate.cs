namespace SearchOptions;

/// <summary>A combination with its trainings, one per seed.</summary>
internal sealed record Candidate(Setting Setting, int Epochs, IReadOnlyList<Trial> Trials)
{
    /// <summary>The mean of the searched metric over seeds; minus infinity if a training failed.</summary>
    public double Mean => Figures.Average();

    public double Deviation => Trials.Count < 2 ? 0 : Math.Sqrt(Figures.Sum(f => Math.Pow(f - Mean, 2)) / (Trials.Count - 1));

    private IEnumerable<double> Figures
        => Trials.Select(t => t.Valid.GetValueOrDefault(Setting.Metric.ToString(), double.NegativeInfinity));
}
