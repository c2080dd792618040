using DRepMRec.Baselines;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Reliability;

/// <summary>Short versions of the long runs that docs/reliability.md names.</summary>
[Trait("Duration", "Long")]
public sealed class ReliabilityTests
{
    public static TheoryData<string> Models => [.. Support.Models.Names];

    [Theory]
    [MemberData(nameof(Models))]
    public void Memory_stays_flat_over_hundreds_of_steps(string model) => StaysFlat(() => MemoryRun.Train(model, 300));

    [Fact]
    public void Memory_stays_flat_while_serving_and_loading()
    {
        foreach (string what in new[] { "serving", "saving and loading", "baselines" })
            StaysFlat(() => MemoryRun.Repeat(what, 60, () => Scenarios.All[what]()));
    }

    /// <summary>A leak grows each time; what the collector and allocators keep for later doesn't.</summary>
    private static void StaysFlat(Func<MemoryRun> measure)
    {
        MemoryRun run = measure();
        for (int again = 0; again < 2 && !run.IsFlat; again++)
        {
            run.Tensors.End.Should().Be(run.Tensors.Quarter, "tensors are counted, not measured");
            run = measure();
        }

        run.IsFlat.Should().BeTrue(run.ToString());
    }

    [Fact]
    public void Nothing_changes_a_bit_under_a_storm_of_garbage_collections()
    {
        var run = new StormRun();
        run.Round();
        run.Rounds.Should().Be(1);
    }

    [Fact]
    public void Nothing_changes_a_bit_beside_other_threads()
    {
        var run = new RaceRun(seed: 1);
        for (int n = 0; n < 3; n++)
            run.Round();
        run.Rounds.Should().Be(3);
        run.Cancellations.Should().BePositive();
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit()
    {
        // Large enough for every kernel to share its work out.
        RecDataset data = SyntheticDataset.Create(new SyntheticOptions { Users = 3000, Items = 1500, Clusters = 20 }).Data;
        using var features = new ModalFeatures(data.Features);
        foreach (string name in new[] { "DRepMRec", "FREEDOM + BMA", "MGCN + BMA" })
        {
            string Train(int threads)
            {
                using DRepMRecModel model = Support.Models.Create(name, data, features);
                return Fingerprint.Of(model,
                    new Trainer(model, data, TinyTraining.Options(1) with { BatchSize = 4096, Threads = threads }).Fit());
            }

            string one = Train(1);
            Train(2).Should().Be(one, name);
            Train(5).Should().Be(one, name);
        }

        foreach (IItemScorer scorer in new IItemScorer[] { new ItemKnnRecommender(data.Train), new EaseRecommender(data.Train) })
        {
            string Evaluate(int threads)
                => new Evaluator(new EvaluationOptions { Threads = threads }).Evaluate(scorer, data, EvaluationTarget.Test).ToString();
            Evaluate(5).Should().Be(Evaluate(1));
        }
    }
}
