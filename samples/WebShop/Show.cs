using System.Globalization;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using DRepMRec.Training;

namespace WebShop;

/// <summary>Progress as lines of text, from whatever thread it comes.</summary>
internal static class Show
{
    public static IProgress<EmbeddingProgress> Embedding(EmbeddingEncoder encoder) => new Lines<EmbeddingProgress>(
        p => $"{encoder.GeneratorName}: {p.Done} of {p.Total}{(p.FromCache > 0 ? $", {p.FromCache} of them from the cache" : "")}");

    public static IProgress<TrainingProgress> Training() => new Lines<TrainingProgress>(
        p => p.Epoch % 10 == 0 && p.Validation is { } validation
        ? string.Create(CultureInfo.InvariantCulture,
            $"epoch {p.Epoch}: loss {p.Losses["loss"]:F4}, validation {RankingMetric.Recall(20)} {validation[RankingMetric.Recall(20)]:F4}")
        : null);

    private sealed class Lines<T>(Func<T, string?> line) : IProgress<T>
    {
        public void Report(T value)
        {
            if (line(value) is { } text)
                Console.WriteLine(text);
        }
    }
}
