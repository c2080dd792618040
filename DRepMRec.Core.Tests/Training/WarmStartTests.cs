using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Internals;
using DRepMRec.Tests.Data;
using DRepMRec.Training;

namespace DRepMRec.Tests.Training;

/// <summary>Trainings that begin from an earlier model.</summary>
public sealed class WarmStartTests
{
    internal static readonly DRepMRecOptions SmallModel = new() { EmbeddingDim = 8 };

    internal static readonly TrainerOptions Options = new() { MaxEpochs = 2, BatchSize = 128, KeepMoments = true };

    internal static readonly RecDataset All = SyntheticDataset.Create(new SyntheticOptions
    {
        Users = 80,
        Items = 50,
        Clusters = 4,
        Modalities = [new(Modality.Image, 6)],
    }).Data;

    internal static readonly RecDataset Before = Part(All, 60, 40);

    internal static readonly Lazy<EarlierModel> Earlier = new(() => Train(Before).ToEarlierModel());

    [Fact]
    public void Rows_go_over_by_id_new_ones_begin_from_content_and_neighbors_and_the_rest_as_it_is()
    {
        using DRepMRecModel model = DRepMRecModel.Create(All, SmallModel);
        float[][] first = Rows(model);
        WarmStartReport report = new Trainer(model, All, Options).StartFrom(Earlier.Value);
        report.KnownUsers.Should().Be(60);
        report.KnownItems.Should().Be(40);
        report.UsersFromNeighbors.Should().BePositive();
        report.ItemsFromContent.Should().BePositive();
        (report.UsersFromNeighbors + report.ItemsFromContent + report.ItemsFromNeighbors + report.Random).Should().Be(30);
        report.Gone.Should().Be(0);
        report.From.Should().Be(Earlier.Value.Checksum);

        float[] old = Values(Earlier.Value.Weights["behavior.embedding"]);
        float[][] rows = Rows(model);
        for (int user = 0; user < All.Users.Count; user++)
        {
            if (Before.Users.TryGetIndex(All.Users[user], out int place))
                rows[user].Should().Equal(old[(place * 8)..((place + 1) * 8)]);
            else if (!All.Train.ItemsOf(user).IsEmpty)
                rows[user].Should().NotEqual(first[user]);
        }

        for (int item = 0; item < All.Items.Count; item++)
        {
            if (Before.Items.TryGetIndex(All.Items[item], out int place))
                rows[All.Users.Count + item].Should().Equal(old[((60 + place) * 8)..((61 + place) * 8)]);
        }

        foreach (var (name, weights) in model.state_dict().Where(w => w.Key.Contains("gate", StringComparison.Ordinal)))
            UserItemEmbeddings.Values(weights).Should().Equal(Values(Earlier.Value.Weights[name]));

        using DRepMRecModel random = DRepMRecModel.Create(All, SmallModel);
        new Trainer(random, All, Options).StartFrom(Earlier.Value, new WarmStartOptions { NewRows = NewRowStart.Random }).Random
            .Should().Be(30);
        Rows(random)[^1].Should().Equal(first[^1]);
    }

    [Fact]
    public void A_checkpoint_is_a_start_too_but_only_with_its_dataset()
    {
        using var folder = new TempFolder();
        TrainerOptions options = Options with { Checkpoint = new() { Path = folder["run.checkpoint"] } };
        using DRepMRecModel model = DRepMRecModel.Create(Before, SmallModel);
        TrainingReport report = new Trainer(model, Before, options).Fit();
        EarlierModel read = EarlierModel.LoadCheckpoint(folder["run.checkpoint"], Before);
        read.Checksum.Should().Be(EarlierModel.Of(model, Before).Checksum);
        read.HasMoments.Should().BeTrue();
        read.Steps.Should().Be(report.ToEarlierModel().Steps);

        using DRepMRecModel next = DRepMRecModel.Create(All, SmallModel);
        new Trainer(next, All, Options).StartFrom(read, new() { Moments = true }).KnownUsers.Should().Be(60);
        FluentActions.Invoking(() => EarlierModel.LoadCheckpoint(folder["run.checkpoint"], All)).Should()
            .Throw<CheckpointMismatchException>().Which.Differences.Select(d => d.Field).Should().Contain("Dataset.Users");
        File.WriteAllText(folder["other"], "something");
        FluentActions.Invoking(() => EarlierModel.LoadCheckpoint(folder["other"], Before)).Should().Throw<CheckpointFormatException>();
    }

    [Fact]
    public void A_file_is_the_same_start_and_the_model_file_and_the_fingerprint_say_from_what()
    {
        using var folder = new TempFolder();
        Earlier.Value.Save(folder["weights"]);
        EarlierModel loaded = EarlierModel.Load(folder["weights"]);
        loaded.Checksum.Should().Be(Earlier.Value.Checksum);
        loaded.Users.Ids.Should().Equal(Before.Users.Ids);
        loaded.HasMoments.Should().BeTrue();
        TrainerOptions kept = Options with { Checkpoint = new CheckpointOptions { Path = folder["checkpoint"] } };
        float[][][] ends = [.. new[] { Earlier.Value, loaded }.Select(earlier =>
        {
            using DRepMRecModel model = DRepMRecModel.Create(All, SmallModel);
            var trainer = new Trainer(model, All, ReferenceEquals(earlier, loaded) ? kept : Options);
            trainer.StartFrom(earlier, new WarmStartOptions { Moments = true });
            TrainingReport report = trainer.Fit();
            report.BuildRecommender().Manifest.Options.Should().Contain("WarmStart.From", earlier.Checksum);
            return Rows(model);
        })];
        ends[0].Zip(ends[1]).Should().AllSatisfy(rows => rows.First.Should().Equal(rows.Second));

        using DRepMRecModel cold = DRepMRecModel.Create(All, SmallModel);
        FluentActions.Invoking(() => new Trainer(cold, All, kept).Fit()).Should().Throw<CheckpointMismatchException>()
            .Which.Differences.Select(d => d.Field).Should().Contain("WarmStart.From");
    }

    [Fact]
    public void What_does_not_fit_is_refused_and_the_model_stays()
    {
        using DRepMRecModel wider = DRepMRecModel.Create(All, SmallModel with { EmbeddingDim = 9 });
        float[][] before = Rows(wider);
        FluentActions.Invoking(() => new Trainer(wider, All).StartFrom(Earlier.Value)).Should().Throw<ArgumentException>()
            .WithMessage("The weights 'behavior.embedding' are F32 [130, 9]; those of the earlier model are F32 [100, 8].");
        Rows(wider).Zip(before).Should().AllSatisfy(r => r.First.Should().Equal(r.Second));
        using DRepMRecModel other = DRepMRecModel.Create(All, new MatrixFactorizationEncoder(80, 50, new() { EmbeddingDim = 8 }),
            DRepMRecOptions.LightGcn);
        FluentActions.Invoking(() => new Trainer(other, All).StartFrom(Earlier.Value)).Should().Throw<ArgumentException>()
            .WithMessage("The earlier model has no weights 'behavior.user_embedding'*");
        using DRepMRecModel model = DRepMRecModel.Create(Before, SmallModel);
        FluentActions.Invoking(() => new Trainer(model, Before)
            .StartFrom(EarlierModel.Of(model, Before), new WarmStartOptions { Moments = true })).Should().Throw<ArgumentException>()
            .WithMessage("*TrainerOptions.KeepMoments*");
        using var folder = new TempFolder();
        File.WriteAllText(folder["text"], "nothing of the kind, but long enough");
        FluentActions.Invoking(() => EarlierModel.Load(folder["text"])).Should().Throw<FormatException>()
            .WithMessage("*text: expected a safetensors file*");
    }

    [Fact]
    public void Features_of_another_width_are_said_to_be_the_reason()
    {
        // Today's catalogue has a category more than yesterday's, and the encoder was made anew.
        ItemFeatures own = All.Features[0];
        float[] values = [.. Enumerable.Range(0, All.Items.Count).SelectMany(i => own[i].ToArray().Append(i % 3f))];
        var wider = new RecDataset("wider", All.Users, All.Items, All.Splits,
            [new ItemFeatures(own.Modality, All.Items.Count, own.Dimension + 1, values)]);
        using DRepMRecModel model = DRepMRecModel.Create(wider, SmallModel);
        float[][] before = Rows(model);
        FluentActions.Invoking(() => new Trainer(model, wider).StartFrom(Earlier.Value)).Should().Throw<ArgumentException>()
            .WithMessage("The weights 'modal.gates.0.projection_weight' are F32 [8, 7]; those of the earlier model are F32 [8, 6]. "
                + "Features of another width: encode with the encoders of the earlier training.");
        Rows(model).Zip(before).Should().AllSatisfy(r => r.First.Should().Equal(r.Second));
    }

    [Fact]
    public void A_bit_that_flipped_in_the_file_is_no_weight_and_a_file_from_before_there_was_a_checksum_loads()
    {
        using var folder = new TempFolder();
        Earlier.Value.Save(folder["weights"]);
        byte[] bytes = File.ReadAllBytes(folder["weights"]);
        var (metadata, tensors) = Safetensors.Read(new MemoryStream(bytes), "weights");
        using (FileStream file = File.Create(folder["old"]))
            Safetensors.Write(file, metadata.Where(m => m.Key != TensorChecksum.Key).ToDictionary(), [.. tensors.Values]);
        EarlierModel.Load(folder["old"]).Checksum.Should().Be(Earlier.Value.Checksum);
        bytes[^100] ^= 1;
        File.WriteAllBytes(folder["flipped"], bytes);
        FluentActions.Invoking(() => EarlierModel.Load(folder["flipped"])).Should().Throw<FormatException>()
            .WithMessage("*flipped: the file is damaged: its content doesn't have the checksum*");
    }

    [Fact]
    public void Hosts_with_tables_of_their_own_begin_by_id_too()
    {
        DRepMRecModel Create(RecDataset data) => DRepMRecModel.Create(
            data, new MatrixFactorizationEncoder(data.Users.Count, data.Items.Count, new() { EmbeddingDim = 8 }), DRepMRecOptions.LightGcn);
        using DRepMRecModel old = Create(Before);
        EarlierModel earlier = EarlierModel.Of(old, Before);
        using DRepMRecModel model = Create(All);
        new Trainer(model, All).StartFrom(earlier).KnownItems.Should().Be(40);
        float[] users = UserItemEmbeddings.Values(model.state_dict()["behavior.user_embedding"]);
        float[] before = Values(earlier.Weights["behavior.user_embedding"]);
        int place = All.Users.IndexOf(Before.Users[5]);
        users[(place * 8)..((place + 1) * 8)].Should().Equal(before[40..48]);
    }

    private static TrainingReport Train(RecDataset data)
    {
        DRepMRecModel model = DRepMRecModel.Create(data, SmallModel);
        return new Trainer(model, data, Options).Fit();
    }

    internal static float[][] Rows(DRepMRecModel model)
    {
        var table = model.state_dict()["behavior.embedding"];
        return [.. UserItemEmbeddings.Values(table).Chunk((int)table.shape[1])];
    }

    internal static float[] Values(DRepMRec.Internals.SafeTensor tensor)
        => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(tensor.Data.Span).ToArray();

    /// <summary>The dataset of some users and items, in the reverse order.</summary>
    private static RecDataset Part(RecDataset data, int users, int items)
    {
        InteractionSet Set(InteractionSet set) => new(users, items, [.. Enumerable.Range(0, users).SelectMany(
            user => set.ItemsOf(user).ToArray().Where(item => item < items).Select(item => (users - 1 - user, items - 1 - item)))]);
        return new RecDataset("part", new IdMap(data.Users.Ids.Take(users).Reverse()), new IdMap(data.Items.Ids.Take(items).Reverse()),
            new InteractionSplits(Set(data.Train), Set(data.Validation), Set(data.Test)),
            [.. data.Features.Select(f => new ItemFeatures(
                f.Modality, items, f.Dimension, Enumerable.Range(0, items).SelectMany(i => f[items - 1 - i].ToArray()).ToArray()))]);
    }
}
