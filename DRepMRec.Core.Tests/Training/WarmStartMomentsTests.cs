using DRepMRec.Data;
using DRepMRec.Internals;
using DRepMRec.Tests.Data;
using DRepMRec.Training;
using static DRepMRec.Tests.Training.WarmStartTests;

namespace DRepMRec.Tests.Training;

/// <summary>Trainings that begin with an earlier one's moments of Adam too.</summary>
public sealed class WarmStartMomentsTests
{
    [Fact]
    public void With_moments_a_training_over_the_same_data_goes_on_as_if_it_had_not_stopped()
    {
        // Without validation the weights are the last ones, and the draws of an epoch follow from its number alone.
        RecDataset data = WithoutValidation(Before);
        TrainerOptions one = new() { MaxEpochs = 1, BatchSize = 10_000, KeepMoments = true };
        using DRepMRecModel model = DRepMRecModel.Create(data, SmallModel);
        EarlierModel earlier = new Trainer(model, data, one).Fit().ToEarlierModel();
        earlier.HasMoments.Should().BeTrue();
        float[][] With(bool moments)
        {
            using DRepMRecModel next = DRepMRecModel.Create(data, SmallModel);
            var trainer = new Trainer(next, data, one);
            trainer.StartFrom(earlier, new WarmStartOptions { Moments = moments });
            Rows(next).Zip(Rows(model)).Should().AllSatisfy(r => r.First.Should().Equal(r.Second));
            trainer.Fit().ToEarlierModel().Steps.Should().Be(moments ? 2 : 1);
            float[][] rows = Rows(next);
            trainer.Fit().ToEarlierModel().Steps.Should().Be(1, "the earlier model's moments aren't of these weights");
            return rows;
        }

        With(true)[0].Should().NotEqual(With(false)[0]);
    }

    [Fact]
    public void Moments_go_over_by_id_as_rows_do_and_those_of_new_rows_are_zero()
    {
        using DRepMRecModel model = DRepMRecModel.Create(All, SmallModel);
        using var adam = new AdamOptimizer(model.parameters());
        var start = new WarmStart(Earlier.Value, model, All, new() { Moments = true });
        start.Apply();
        start.ApplyMoments(adam);
        adam.StepCount.Should().Be(Earlier.Value.Steps).And.BePositive();
        string[] names = [.. model.named_parameters().Where(p => p.parameter.requires_grad).Select(p => p.name)];
        float[][] moments = [.. adam.Moments.Select(UserItemEmbeddings.Values)], before = [.. Earlier.Value.Moments.Select(Values)];
        moments.Should().HaveCount(2 * names.Length).And.HaveSameCount(before);
        for (int n = 0; n < moments.Length; n++)
        {
            float[][] old = [.. before[n].Chunk(8)];
            float[] Row(IdMap earlier, string id, int first) => earlier.TryGetIndex(id, out int place) ? old[first + place] : new float[8];
            IEnumerable<float> byId = All.Users.Ids.SelectMany(id => Row(Before.Users, id, 0))
                .Concat(All.Items.Ids.SelectMany(id => Row(Before.Items, id, 60)));
            moments[n].Should().Equal(names[n / 2] == "behavior.embedding" ? byId : before[n], "it is a moment of {0}", names[n / 2]);
        }

        moments[2 * Array.IndexOf(names, "behavior.embedding")].Should().Contain(moment => moment != 0);
    }

    [Fact]
    public void Moments_of_other_shapes_are_refused_before_anything_is_put_in_place()
    {
        using var folder = new TempFolder();
        Earlier.Value.Save(folder["weights"]);
        var (metadata, tensors) = Safetensors.Read(new MemoryStream(File.ReadAllBytes(folder["weights"])), "weights");
        using (FileStream file = File.Create(folder["others"]))
        {
            TensorChecksum.Write(file, metadata,
                [.. tensors.Values.Select(t => t.Name == "adam.1" ? SafeTensor.Of<float>("adam.1", [1, 2, 3]) : t)]);
        }

        EarlierModel others = EarlierModel.Load(folder["others"]);
        using DRepMRecModel model = DRepMRecModel.Create(All, SmallModel);
        float[][] before = Rows(model);
        var trainer = new Trainer(model, All, Options);
        FluentActions.Invoking(() => trainer.StartFrom(others, new WarmStartOptions { Moments = true })).Should()
            .Throw<ArgumentException>()
            .WithMessage("The moments of 'behavior.embedding' are F32 [130, 8]; those of the earlier model are F32 [3].");
        Rows(model).Zip(before).Should().AllSatisfy(r => r.First.Should().Equal(r.Second));
        trainer.StartFrom(others).KnownUsers.Should().Be(60, "without moments the weights are enough");
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Moments_go_to_no_other_weights_than_theirs(bool fromFile, bool fromCheckpoint)
    {
        using var folder = new TempFolder();
        RecDataset data = SyntheticDataset.Create(new SyntheticOptions
        {
            Users = 40,
            Items = 30,
            Clusters = 3,
            Modalities = [new(Modality.Image, 6), new(Modality.Text, 6)],
        }).Data;
        TrainerOptions options = Options with { MaxEpochs = 1, Checkpoint = fromCheckpoint ? new() { Path = folder["state"] } : null };
        using DRepMRecModel first = DRepMRecModel.Create(data, SmallModel), same = DRepMRecModel.Create(data, SmallModel);
        using DRepMRecModel swapped = DRepMRecModel.Create(data, SmallModel);
        string[] alike = [.. first.named_parameters().GroupBy(p => string.Join(",", p.parameter.shape)).First(g => g.Count() > 1)
            .Select(p => p.name).Take(2)];
        Freeze(first, alike[0]);
        Freeze(same, alike[0]);
        Freeze(swapped, alike[1]);
        EarlierModel earlier = new Trainer(first, data, options).Fit().ToEarlierModel();
        if (fromFile)
        {
            earlier.Save(folder["weights"]);
            earlier = EarlierModel.Load(folder["weights"]);
        }

        if (fromCheckpoint)
            earlier = EarlierModel.LoadCheckpoint(folder["state"], data);
        var moments = new WarmStartOptions { Moments = true };
        FluentActions.Invoking(() => new Trainer(swapped, data, Options).StartFrom(earlier, moments)).Should().Throw<ArgumentException>()
            .WithMessage($"The earlier model has moments of the weights that were trained; '{alike[0]}' is trained here, and wasn't there. "
                + "Freeze the same, or begin without Moments.");
        var trainer = new Trainer(same, data, Options);
        trainer.StartFrom(earlier, moments).KnownUsers.Should().Be(data.Users.Count);
        Freeze(same, alike[1]);
        trainer.Invoking(t => t.Fit()).Should().Throw<ArgumentException>().WithMessage($"*'{alike[1]}' was trained there, and is frozen*");

        static void Freeze(DRepMRecModel model, string name)
            => model.named_parameters().Single(p => p.name == name).parameter.requires_grad = false;
    }

    [Fact]
    public void A_checkpoint_is_of_the_moments_that_its_training_began_with()
    {
        using var folder = new TempFolder();
        Earlier.Value.Save(folder["weights"]);
        var (metadata, tensors) = Safetensors.Read(new MemoryStream(File.ReadAllBytes(folder["weights"])), "weights");
        using (FileStream file = File.Create(folder["longer"]))
        {
            TensorChecksum.Write(
                file, metadata.ToDictionary(m => m.Key, m => m.Key == "steps" ? "1000" : m.Value), [.. tensors.Values]);
        }

        EarlierModel longer = EarlierModel.Load(folder["longer"]), same = EarlierModel.Load(folder["weights"]);
        (longer.Checksum, longer.Steps).Should().Be((Earlier.Value.Checksum, 1000));
        same.ChecksumOfMoments.Should().Be(Earlier.Value.ChecksumOfMoments).And.NotBe(longer.ChecksumOfMoments);
        void Train(EarlierModel earlier)
        {
            using DRepMRecModel model = DRepMRecModel.Create(All, SmallModel);
            var trainer = new Trainer(model, All, Options with { Checkpoint = new() { Path = folder["run.checkpoint"] } });
            trainer.StartFrom(earlier, new WarmStartOptions { Moments = true });
            trainer.Fit();
        }

        Train(Earlier.Value);
        FluentActions.Invoking(() => Train(longer)).Should().Throw<CheckpointMismatchException>()
            .Which.Differences.Should().ContainSingle(d => d.Field == "WarmStart.MomentsFrom");
        Train(same);
    }

    private static RecDataset WithoutValidation(RecDataset data)
    {
        InteractionSet none = new(data.Users.Count, data.Items.Count, []);
        return new RecDataset(data.Name, data.Users, data.Items, new InteractionSplits(data.Train, none, none), data.Features);
    }
}
