using System.Numerics;
using System.Security.Cryptography;
using DRepMRec.Data;
using DRepMRec.Internals;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Support;
using DRepMRec.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Training;

/// <summary>Trainings that anybody can do again.</summary>
public sealed class TrainingReceiptTests
{
    private static readonly DRepMRecOptions Model = new() { EmbeddingDim = 8 };

    private static readonly TrainerOptions Options = new() { MaxEpochs = 2, BatchSize = 128 };

    private static readonly RecDataset All = SyntheticDataset.Create(new SyntheticOptions
    {
        Users = 60,
        Items = 40,
        Clusters = 4,
        Modalities = [new(Modality.Image, 6)],
    }).Data;

    [Fact]
    public void A_file_made_with_somebodys_data_and_one_without_are_equal_once_they_are_left_out()
    {
        using var folder = new TempFolder();
        string gone = All.Users[3];
        var (forgot, receipt) = TrainingReceipt.Train(All.WithoutUsers([gone]), Model, Options, before: All);
        var (never, own) = TrainingReceipt.Train(Shuffled(i => i.User != gone), Model, Options);
        receipt.DataBefore.Should().Be(All.Checksum);
        receipt.LeftOutUsers.Should().Be(1);
        receipt.Data.Should().Be(own.Data).And.NotBe(All.Checksum);
        receipt.Weights.Should().Be(own.Weights);
        forgot.Save(folder["forgot"]);
        never.Save(folder["never"]);
        File.ReadAllBytes(folder["forgot"]).Should().Equal(File.ReadAllBytes(folder["never"]));
    }

    [Fact]
    public void A_receipt_is_replayed_from_its_text_and_one_interaction_more_is_seen()
    {
        var (_, receipt) = TrainingReceipt.Train(All, Model, Options);
        string text = DRepMRecJson.Write(receipt);
        text.Should().NotContain(All.Users[0]);
        TrainingReceipt read = DRepMRecJson.Read<TrainingReceipt>(text);
        ReceiptReplay same = read.Replay(Shuffled(_ => true), threads: 1);
        same.Differences.Should().BeEmpty();
        receipt.Processor.Should().EndWith($"vectors of {Vector<float>.Count}");
        same.IsSame.Should().BeTrue();
        same.Recommender.Users.Should().HaveCount(All.Users.Count);

        string item = All.Items.Ids.First(i => !All.Train.Contains(0, All.Items.IndexOf(i)) && !All.Test.Contains(0, All.Items.IndexOf(i))
            && !All.Validation.Contains(0, All.Items.IndexOf(i)));
        ReceiptReplay other = read.Replay(Shuffled(_ => true, new Interaction(All.Users[0], item, Label: 0)));
        other.IsSame.Should().BeFalse();
        other.Differences.Select(d => d.Split(':')[0]).Should().Equal("Data", "Weights");
    }

    [Fact]
    public async Task Another_process_gets_the_same_bits_and_says_what_one_interaction_more_changes()
    {
        using var folder = new TempFolder();
        string weights = (await OwnProcess.RunAsync(folder.Path, "receipt", "train", "receipt.json")).Trim();
        TrainingReceipt receipt = DRepMRecJson.Read<TrainingReceipt>(File.ReadAllText(folder["receipt.json"]));
        receipt.Weights.Should().Be(weights);
        receipt.LeftOutUsers.Should().Be(1);
        string[] said = (await OwnProcess.RunAsync(folder.Path, "receipt", "replay", "receipt.json"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        said.Should().HaveCount(4);
        said[..2].Should().Equal("same", "other");
        said[2].Should().StartWith($"Data: the receipt has {receipt.Data}, now it is ").And.NotEndWith(receipt.Data);
        said[3].Should().StartWith($"Weights: the receipt has {weights}, now it is ").And.NotEndWith(weights);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(24)]
    [InlineData(1000)]
    public void Weights_that_are_hashed_slice_by_slice_have_the_hash_of_whole_arrays(long sliceBytes)
    {
        using DRepMRecModel model = DRepMRecModel.Create(All, Model);
        using DisposeScope scope = NewDisposeScope();
        string whole = WeightsHash.Of(model.state_dict().Select(weights => TensorBytes.Of(weights.Key, weights.Value)));
        WeightsHash.Of(model).Should().Be(whole);
        WeightsHash.Of(model, sliceBytes).Should().Be(whole);
    }

    [Fact]
    public void What_no_receipt_can_tell_is_refused()
    {
        FluentActions.Invoking(() => TrainingReceipt.Train(All, Model, Options with { Checkpoint = new CheckpointOptions { Path = "x" } }))
            .Should().Throw<ArgumentException>().WithMessage("Expected no TrainerOptions.Checkpoint*");
        FluentActions.Invoking(() => TrainingReceipt.Train(All, Model, Options, before: All.WithoutUsers([All.Users[0]])))
            .Should().Throw<ArgumentException>().WithMessage($"Expected all users of the dataset in the one before*'{All.Users[0]}'.*");
    }

    [Fact]
    public void Users_that_came_in_since_are_not_taken_for_those_that_were_left_out()
    {
        RecDataset before = All.WithoutUsers([All.Users[0]]), today = All.WithoutUsers([All.Users[1], All.Users[2]]);
        FluentActions.Invoking(() => TrainingReceipt.Train(today, Model, Options, before: before))
            .Should().Throw<ArgumentException>().WithMessage($"Expected all users of the dataset in the one before*'{All.Users[0]}'.*");
    }

    /// <summary>The same data from rows in another order.</summary>
    private static RecDataset Shuffled(Func<Interaction, bool> keeps, params IEnumerable<Interaction> more)
    {
        var rows = new List<Interaction>(more);
        foreach (var (set, label) in new[] { (All.Train, 0), (All.Validation, 1), (All.Test, 2) })
        {
            for (int user = 0; user < set.UserCount; user++)
            {
                foreach (int item in set.ItemsOf(user))
                    rows.Add(new Interaction(All.Users[user], All.Items[item], Label: label));
            }
        }

        string[] known = [.. rows.Where(keeps).Select(r => r.Item).Distinct()];
        string[] ever = [.. rows.Select(r => r.Item).Distinct()];
        FeatureTable[] tables = [.. All.Features.Select(f =>
        {
            int[] present = [.. Enumerable.Range(0, All.Items.Count)
                .Where(i => f.Present[i] && (known.Contains(All.Items[i]) || !ever.Contains(All.Items[i])))];
            return new FeatureTable(
                f.Modality, [.. present.Select(i => All.Items[i])], f.Dimension, present.SelectMany(i => f[i].ToArray()).ToArray());
        })];
        return RecDataset.FromInteractions(All.Name, rows.Where(keeps).OrderBy(r => Hash(r)), tables,
            new DatasetOptions { Split = SplitStrategy.ByLabel() });
    }

    private static string Hash(Interaction row)
        => Convert.ToHexString(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{row.User} {row.Item}")));
}
