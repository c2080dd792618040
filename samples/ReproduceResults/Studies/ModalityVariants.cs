using DRepMRec.Data;

namespace ReproduceResults.Studies;

/// <summary>The dataset with one modality more that says nothing, or nothing new: what must cost nothing.</summary>
internal static class ModalityVariants
{
    private const int NoiseSeed = 2024;

    public static IEnumerable<(string Name, RecDataset Data)> All(RecDataset data)
    {
        ItemFeatures first = data.Features[0];
        yield return ("with a modality of noise", With(data, Noise(data.Items.Count, first.Dimension)));
        yield return ($"with {first.Modality} twice",
            With(data, new ItemFeatures(new Modality("copy"), first.ItemCount, first.Dimension, first.Values)));
    }

    private static RecDataset With(RecDataset data, ItemFeatures added)
        => new(data.Name, data.Users, data.Items, data.Splits, [.. data.Features, added]);

    /// <summary>Independent numbers of the normal distribution for every item, by Box and Muller.</summary>
    private static ItemFeatures Noise(int items, int dimension)
    {
        var random = new Random(NoiseSeed);
        var values = new float[items * dimension];
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble()));
        return new ItemFeatures(new Modality("noise"), items, dimension, values);
    }
}
