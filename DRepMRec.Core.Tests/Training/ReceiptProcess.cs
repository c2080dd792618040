using DRepMRec.Data;
using DRepMRec.Training;

namespace DRepMRec.Tests.Training;

/// <summary>The two processes of a receipt: one writes it, another, which has nothing else of the first, trains again.</summary>
internal static class ReceiptProcess
{
    private static readonly RecDataset Data =
        SyntheticDataset.Create(new SyntheticOptions { Users = 40, Items = 30, Clusters = 3, Modalities = [new(Modality.Text, 5)] }).Data;

    public static int Train(string file)
    {
        var (_, receipt) = TrainingReceipt.Train(
            Data.WithoutUsers([Data.Users[1]]), new DRepMRecOptions { EmbeddingDim = 8 }, new() { MaxEpochs = 2 }, before: Data);
        File.WriteAllText(file, DRepMRecJson.Write(receipt));
        Console.WriteLine(receipt.Weights);
        return 0;
    }

    /// <summary>Trains twice: on the same data, and on one interaction more.</summary>
    public static int Replay(string file)
    {
        TrainingReceipt receipt = DRepMRecJson.Read<TrainingReceipt>(File.ReadAllText(file));
        RecDataset same = Data.WithoutUsers([Data.Users[1]]);
        foreach (RecDataset data in new[] { same, WithOneMore(same) })
        {
            ReceiptReplay replay = receipt.Replay(data);
            Console.WriteLine(replay.IsSame ? "same" : "other");
            Console.Write(string.Concat(replay.Differences.Select(difference => difference + "\n")));
        }

        return 0;
    }

    private static RecDataset WithOneMore(RecDataset data)
    {
        InteractionSet train = data.Train;
        bool Has(int item) => train.Contains(0, item) || data.Validation.Contains(0, item) || data.Test.Contains(0, item);
        int more = Enumerable.Range(0, data.Items.Count).First(item => !Has(item));
        (int, int)[] pairs = [.. train.ExpandUsers().Zip(train.Items.ToArray()), (0, more)];
        var grown = new InteractionSet(data.Users.Count, data.Items.Count, pairs);
        return new RecDataset(
            data.Name, data.Users, data.Items, new InteractionSplits(grown, data.Validation, data.Test), data.Features);
    }
}
