using DRepMRec.Data;
using DRepMRec.ItemToItem;
using DRepMRec.Losses;

namespace DRepMRec.Tests.Training;

public sealed class PresetTests
{
    [Theory]
    [InlineData(10_000, 0.25)]
    [InlineData(10_001, 0.15)]
    public void Beside_the_part_the_temperature_follows_the_catalogue(int items, double temperature)
    {
        Interaction[] interactions = [.. Enumerable.Range(0, items).Select(n => new Interaction($"u{n % 3}", $"i{n}"))];
        RecDataset data = RecDataset.FromInteractions(
            "shop", interactions, options: new DatasetOptions { Split = SplitStrategy.None });

        var (model, training) = DRepMRecPreset.For(data);

        model.Should().Be(new DRepMRecOptions
        {
            Loss = new RankingLoss.SampledSoftmax { Temperature = temperature },
            ItemToItem = new ItemToItemOptions { Enabled = true },
        });
        training.Should().BeEquivalentTo(new TrainerOptions());
    }
}
