using DRepMRec.Contracts;
using DRepMRec.Data;
using DRepMRec.Losses;

namespace DRepMRec.Tests.Contracts;

/// <summary>What checks make of a dataset keeps what its interactions weigh.</summary>
public sealed class ContractDataTests
{
    private static readonly RecDataset Weighted = Data();

    [Fact]
    public void Weights_go_along()
    {
        RecDataset cold = ContractData.WithCold(Weighted);
        Pairs(cold).Should().BeEquivalentTo([("u0", "i0", 1f), ("u0", "i1", 2f), ("u1", "i0", 3f), ("u1", "i1", 4f)]);
        Pairs(ContractData.Grown(cold, 1, 2)).Should().BeEquivalentTo(Pairs(cold));
        Pairs(ContractData.Reordered(cold, [2, 0, 1], [1, 2, 0])).Should().BeEquivalentTo(Pairs(cold));
    }

    [Fact]
    public void A_batch_by_other_numbers_counts_each_interaction_as_before()
    {
        TrainingBatch batch = ContractData.Batch(Weighted);
        batch.Confidences.Should().NotBeEmpty();
        TrainingBatch renamed = ContractData.Renamed(batch, [2, 0, 1], [1, 2, 0]);
        renamed.Confidences.Should().Equal(batch.Confidences);
        var known = new TrainingBatch([0], [0], [1]) { Known = Weighted.Train };
        ContractData.Renamed(known, [0, 1, 2], [0, 1, 2]).Known!.Weights.ToArray().Should().Equal(Weighted.Train.Weights.ToArray());
    }

    private static IEnumerable<(string User, string Item, float Weight)> Pairs(RecDataset data)
        => Enumerable.Range(0, data.Users.Count).SelectMany(user => data.Train.ItemsOf(user).ToArray().Select(
            (item, n) => (data.Users[user], data.Items[item], data.Train.Weights.IsEmpty ? 1 : data.Train.WeightsOf(user)[n])));

    private static RecDataset Data()
    {
        InteractionSet none = new(3, 3, []);
        var train = new InteractionSet(3, 3, [(0, 0), (0, 1), (1, 0), (1, 1), (2, 2)], [1, 2, 3, 4, 5]);
        return new RecDataset("weighted", new IdMap(["u0", "u1", "u2"]), new IdMap(["i0", "i1", "i2"]),
            new InteractionSplits(train, none, none), []);
    }
}
