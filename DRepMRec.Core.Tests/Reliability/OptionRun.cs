using System.Reflection;
using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using DRepMRec.Hosts;
using DRepMRec.Internals;
using DRepMRec.Losses;
using DRepMRec.Tests.Support;
using DRepMRec.Training;

namespace DRepMRec.Tests.Reliability;

/// <summary>
/// Sets every property of every options record to extreme values, one set of values at a time,
/// and trains with the values that aren't refused.
/// </summary>
internal sealed class OptionRun(int seed)
{
    private static readonly int[] Integers = [int.MinValue, -1, 0, 1, 2, 3, 7, 100];
    private static readonly double[] Doubles = [double.NaN, double.NegativeInfinity, double.PositiveInfinity, -1, -0.0, 0, double.Epsilon,
        1e-30, 1e-3, 0.25, 0.5, 0.999, 1, 2, 1e10, 1e30, 1e300];
    private static readonly RecDataset Board = Samples.Checkerboard(12, 10);

    private readonly SeededRandom _random = new((ulong)seed);

    public int Inputs { get; private set; }

    /// <summary>Option values that were refused where they were set.</summary>
    public int Refused { get; private set; }

    /// <summary>Sets of options that the model, the encoder or the trainer refused.</summary>
    public int RefusedTogether { get; private set; }

    public int Diverged { get; private set; }

    public int Trained { get; private set; }

    /// <exception cref="InvalidOperationException">Something that isn't documented came of it; the message has the options.</exception>
    public OptionRun Run(int inputs)
    {
        for (; Inputs < inputs; Inputs++)
        {
            // Few epochs and dimensions, whatever the options say: it's not the time that is tested.
            var trainer = Damage(new TrainerOptions { BatchSize = 16 }) with { MaxEpochs = 2 };
            var model = Damage(new DRepMRecOptions { EmbeddingDim = 4 });
            int host = _random.NextInt(5);
            object hostOptions = host switch
            {
                0 => Damage(new LightGcnOptions { EmbeddingDim = 4 }),
                1 => Damage(new MatrixFactorizationOptions { EmbeddingDim = 4 }),
                2 => Damage(new VbprOptions { EmbeddingDim = 4 }),
                3 => Damage(new FreedomOptions { EmbeddingDim = 4, Neighbors = 3 }),
                _ => Damage(new MgcnOptions { EmbeddingDim = 4, Neighbors = 3 }),
            };
            try
            {
                Train(hostOptions, model, trainer);
                Trained++;
            }
            catch (Exception exception) when (IsDocumented(exception))
            {
                Diverged += exception is TrainingDivergedException ? 1 : 0;
                RefusedTogether += exception is TrainingDivergedException ? 0 : 1;
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"{exception} came from {trainer}, {model}, {hostOptions}");
            }
        }

        return this;
    }

    public override string ToString()
        => $"options: {Inputs} inputs, {Refused} values refused where they were written, {RefusedTogether} sets refused by what they "
            + $"were for, {Diverged} trainings diverged, {Trained} came to their end";

    private static bool IsDocumented(Exception exception)
        => exception is ArgumentException or TrainingDivergedException
            || (exception is InvalidOperationException && exception.Message.StartsWith("UseHostModal needs", StringComparison.Ordinal));

    private static void Train(object hostOptions, DRepMRecOptions options, TrainerOptions trainer)
    {
        using var features = new ModalFeatures(Board.Features);
        IBehaviorEncoder host = hostOptions switch
        {
            LightGcnOptions o => new LightGcnEncoder(12, 10, o),
            MatrixFactorizationOptions o => new MatrixFactorizationEncoder(12, 10, o),
            VbprOptions o => new VbprEncoder(12, features, o),
            FreedomOptions o => new FreedomEncoder(12, features, o),
            _ => new MgcnEncoder(12, features, (MgcnOptions)hostOptions),
        };
        using DRepMRecModel model = DRepMRecModel.Create(Board, host, options);
        TrainingReport report = new Trainer(model, Board, trainer).Fit();
        if (report.History.SelectMany(e => e.Losses.Values.Concat(e.Validation?.Metrics.Values ?? [])).Any(v => !double.IsFinite(v)))
            throw new InvalidOperationException("a figure isn't finite");
    }

    /// <summary>Sets up to three properties of a record, or of the records inside it.</summary>
    private T Damage<T>(T options) where T : class
    {
        PropertyInfo[] properties = [.. options.GetType().GetProperties().Where(p => p.CanWrite && p.GetIndexParameters().Length == 0)];
        for (int changes = _random.NextInt(4); changes > 0; changes--)
        {
            PropertyInfo property = properties[_random.NextInt(properties.Length)];
            object? value = Value(property.PropertyType, property.GetValue(options));
            if (value is null)
                continue;
            try
            {
                property.SetValue(options, value);
            }
            catch (TargetInvocationException exception) when (exception.InnerException is ArgumentException)
            {
                Refused++;
            }
        }

        return options;
    }

    private object? Value(Type type, object? current) => true switch
    {
        _ when type == typeof(int) => Integers[_random.NextInt(Integers.Length)],
        _ when type == typeof(double) => Doubles[_random.NextInt(Doubles.Length)],
        _ when type == typeof(bool) => _random.NextInt(2) == 0,
        _ when type.IsEnum => Enum.ToObject(type, _random.NextInt(5)),
        _ when type == typeof(RankingLoss)
            => Damage<RankingLoss>(_random.NextInt(2) == 0 ? new RankingLoss.Bpr() : new RankingLoss.SampledSoftmax { Negatives = 8 }),
        _ when type == typeof(LearningRateSchedule)
            => Damage<LearningRateSchedule>(_random.NextInt(2) == 0 ? new LearningRateSchedule.Step()
            : new LearningRateSchedule.WarmupCosine()),
        _ when type == typeof(RankingMetric) => RankingMetric.Ndcg(1 + _random.NextInt(30)),
        _ when type == typeof(IReadOnlyList<RankingMetric>) => Enumerable.Range(0, _random.NextInt(3))
            .Select(k => RankingMetric.Recall(1 + k)).ToArray(),
        _ when type == typeof(IReadOnlyList<double>) => Enumerable.Range(0, _random.NextInt(4))
            .Select(_ => Doubles[_random.NextInt(Doubles.Length)]).ToArray(),
        _ when current is AdamOptions o => Damage(o with { }),
        _ when current is NegativeSampling o => Damage(o with { }),
        _ when current is EvaluationOptions o => Damage(o with { }),
        _ when current is ModalEncoderOptions o => Damage(o with { }),
        _ when current is BmaOptions o => Damage(o with { }),
        _ when current is SssOptions o => Damage(o with { }),
        _ => null,
    };
}
