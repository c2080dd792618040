using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Internals;
using DRepMRec.Losses;
using DRepMRec.Tests.Internals;
using DRepMRec.Tests.Support;
using DRepMRec.Training;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TorchSharp;

namespace DRepMRec.Tests.Training;

public sealed class CheckpointFileTests : CheckpointTestBase
{
    [Fact]
    public void Every_difference_is_named_with_both_values()
    {
        FluentActions.Invoking(() => Train("DRepMRec", With(File), [3])).Should().Throw<OperationCanceledException>();
        void Differs(string message, TrainerOptions options, DRepMRecOptions model, RecDataset? data = null)
        {
            byte[] before = System.IO.File.ReadAllBytes(File);
            using DRepMRecModel created = DRepMRecModel.Create(data ?? Board, model);
            FluentActions.Invoking(() => new Trainer(created, data ?? Board, options).Fit())
                .Should().ThrowExactly<CheckpointMismatchException>()
                .WithMessage($"{File}: the checkpoint is of another training: {message}*Go on with what it was made with, name another "
                    + "file, or set CheckpointOptions.Resume to false to begin anew.");
            System.IO.File.ReadAllBytes(File).Should().Equal(before, "a checkpoint that doesn't fit isn't touched");
        }

        Differs("Trainer.Adam.LearningRate is 0.02, in the checkpoint it is 0.01.",
            With(File) with { Adam = new AdamOptions { LearningRate = 0.02 } }, Small);
        Differs("Trainer.Evaluation.Metrics is [Recall@5], in the checkpoint it is [Recall@5, NDCG@5].",
            With(File) with { Evaluation = new EvaluationOptions { Metrics = [Recall] } }, Small);
        Differs("Trainer.Schedule is Step, in the checkpoint it is Constant; "
            + "Trainer.Schedule.Decay is 0.96, in the checkpoint it is not there;",
            With(File) with { Schedule = new LearningRateSchedule.Step() }, Small);
        Differs("Model.Loss.Temperature is 0.5, in the checkpoint it is 0.25.", With(File),
            Small with { Loss = new RankingLoss.SampledSoftmax { Negatives = 16, Temperature = 0.5 } });
        Differs("Model.Behavior.EmbeddingDim is 12, in the checkpoint it is 8; "
            + "*Weights.behavior.embedding is F32 ?70, 12?, in the checkpoint it is F32 ?70, 8?;",
            With(File), Small with { EmbeddingDim = 12 });
        Differs("Dataset.Users is 20 (SHA-256 *), in the checkpoint it is 40 (SHA-256 *); Dataset.Split is", With(File), Small,
            Samples.Checkerboard(20, 30));
        Differs("Dataset.image is not there, in the checkpoint it is 6 columns (SHA-256 *); Dataset.text is not there", With(File), Small,
            Samples.Checkerboard(40, 30, features: false));
        using DRepMRecModel freedom = Create("FREEDOM");
        FluentActions.Invoking(() => new Trainer(freedom, Board, With(File)).Fit()).Should().Throw<CheckpointMismatchException>()
            .Which.Differences.Should().Contain(
                new CheckpointDifference("Model.Behavior", "DRepMRec.Encoders.LightGcnEncoder", "DRepMRec.Hosts.FreedomEncoder"));
    }

    [Fact]
    public void A_file_that_can_not_be_written_is_refused_before_the_first_batch_by_the_name_that_was_given()
    {
        string missing = Folder["nowhere/run.checkpoint"], tooLong = Folder[new string('c', 230)];
        var progress = new Counter();
        IOException Refused(string path, string message)
        {
            using DRepMRecModel model = DRepMRecModel.Create(Board, Small);
            return FluentActions.Invoking(() => new Trainer(model, Board, With(path)).Fit(progress)).Should().Throw<IOException>()
                .WithMessage(message).Which;
        }

        Refused(missing, $"The checkpoint {missing} can't be written: there is no folder {Folder["nowhere"]}")
            .Should().BeOfType<DirectoryNotFoundException>();
        Refused(tooLong, "*ccc can't be written: *");
        progress.Count.Should().Be(0);
        Folder.Files().Should().BeEmpty();
    }

    private sealed class Counter : IProgress<TrainingProgress>
    {
        public int Count { get; private set; }

        public void Report(TrainingProgress value) => Count++;
    }

    [SkippableFact]
    public void Through_a_symbolic_link_its_target_is_written_and_the_link_stays()
    {
        Skip.If(OperatingSystem.IsWindows(), "symbolic links ask for rights there");
        Directory.CreateDirectory(Folder["runs"]);
        System.IO.File.CreateSymbolicLink(File, Folder["runs/real"]);
        string result = Train("DRepMRec", With(File), []);
        new FileInfo(File).LinkTarget.Should().Be(Folder["runs/real"]);
        System.IO.File.Exists(Folder["runs/real"]).Should().BeTrue();
        Train("DRepMRec", With(File), []).Should().Be(result, "the training is complete, and read through the link");
    }

    [Fact]
    public void The_one_before_takes_the_place_of_a_damaged_checkpoint_which_is_kept()
    {
        string expected = Train("DRepMRec", Options, []);
        FluentActions.Invoking(() => Train("DRepMRec", With(File), [20])).Should().Throw<OperationCanceledException>();
        Folder.Files().Should().Equal("run.checkpoint", "run.checkpoint.previous");
        byte[] bytes = System.IO.File.ReadAllBytes(File);
        bytes[^100] ^= 4;
        System.IO.File.WriteAllBytes(File, bytes);
        using var log = new ListLog();
        Train("DRepMRec", With(File), [], log).Should().Be(expected);
        log.Of(105).Should().ContainSingle(e => e.Level == LogLevel.Warning).Which.Text.Should().Match(
            $"{File}: the file is damaged: its content doesn't have the checksum "
            + $"that it was written with. Going on from the checkpoint before it; the damaged one is kept as {File}.damaged");
        System.IO.File.ReadAllBytes(File + ".damaged").Should().Equal(bytes);

        System.IO.File.Delete(File);
        Train("DRepMRec", With(File), [])
            .Should().Be(expected, "the end of the process between the two renames leaves the one before alone");
    }

    [Fact]
    public void Two_damaged_checkpoints_are_an_error_and_stay_as_they_are()
    {
        Folder.With("run.checkpoint", "nothing").With("run.checkpoint.previous", "nothing either");
        Fitting("DRepMRec", With(File)).Should().ThrowExactly<CheckpointFormatException>()
            .WithMessage($"{File}: the file is truncated: expected at least 8 bytes, found 7.");
        Folder.Files().Should().Equal("run.checkpoint", "run.checkpoint.previous");
        Train("DRepMRec", With(File) with { Checkpoint = new() { Path = File, Resume = false } }, []).Should().NotBeNull();
    }

    [Fact]
    public void A_newer_version_is_refused_even_beside_an_older_one()
    {
        Train("DRepMRec", With(File), []);
        string text = System.Text.Encoding.Latin1.GetString(System.IO.File.ReadAllBytes(File));
        text.Should().Contain("formatVersion\\u0022:1,");
        System.IO.File.WriteAllBytes(File, System.Text.Encoding.Latin1.GetBytes(
            text.Replace("formatVersion\\u0022:1,", "formatVersion\\u0022:2,", StringComparison.Ordinal)));
        Fitting("DRepMRec", With(File)).Should().ThrowExactly<CheckpointFormatException>()
            .WithMessage($"{File}: written by a newer version of the library: format 2, this one reads up to 1.");
    }

    [Fact]
    public void A_file_that_is_something_else_is_an_error()
    {
        using DRepMRecModel model = Create("DRepMRec");
        new Trainer(model, Board, Options).Fit().BuildRecommender().Save(File);
        Fitting("DRepMRec", With(File)).Should().ThrowExactly<CheckpointFormatException>()
            .WithMessage($"{File}: expected a checkpoint of DRepMRec, but the file's metadata has no 'drepmrec_checkpoint'.");
    }

    [Fact]
    public void A_manifest_that_was_tampered_with_is_refused_or_does_no_harm()
    {
        FluentActions.Invoking(() => Train("LightGCN", With(File), [30])).Should().Throw<OperationCanceledException>();
        var random = new SeededRandom(11);
        (CheckpointManifest manifest, IReadOnlyDictionary<string, SafeTensor> tensors) = Stored();
        byte[] text = System.Text.Encoding.UTF8.GetBytes(manifest.ToJson());
        int refused = 0;
        for (int n = 0; n < 300; n++)
        {
            try
            {
                // Written anew, so that the checksum is right.
                var changed = CheckpointManifest.Parse(
                    System.Text.Encoding.UTF8.GetString(n % 2 == 0 ? Mutation.Of(text, random) : Mutation.Wild(text, random)), File);
                using (var file = new CheckpointFile(File, NullLogger.Instance))
                    file.Write(changed, [.. tensors.Values]);
                Train("LightGCN", With(File), []);
            }
            catch (Exception exception)
                when (exception is CheckpointFormatException or CheckpointMismatchException or TrainingDivergedException)
            {
                refused++;
            }
        }

        refused.Should().BeInRange(150, 299);
    }

    [Fact]
    public void Arrays_that_are_missing_of_another_shape_or_too_many_are_refused_before_anything_changes()
    {
        FluentActions.Invoking(() => Train("LightGCN", With(File), [20])).Should().Throw<OperationCanceledException>();
        (CheckpointManifest manifest, IReadOnlyDictionary<string, SafeTensor> tensors) = Stored();
        void Refused(IEnumerable<SafeTensor> arrays, string message)
        {
            using (var file = new CheckpointFile(File, NullLogger.Instance))
                file.Write(manifest, [.. arrays]);
            using DRepMRecModel model = Create("LightGCN");
            float[] before = [.. model.parameters().SelectMany(p => p.data<float>().ToArray())];
            FluentActions.Invoking(() => new Trainer(model, Board, With(File)).Fit()).Should().ThrowExactly<CheckpointFormatException>()
                .WithMessage($"{File}: {message}");
            model.parameters().SelectMany(p => p.data<float>().ToArray()).Should().Equal(before);
        }

        Refused(tensors.Values.Where(t => t.Name != "adam/1"), "the array 'adam/1' is missing");
        Refused(tensors.Values.Where(t => t.Name != "validation_users"), "the array 'validation_users' of I32 is missing");
        Refused(tensors.Values.Select(t => t.Name == "weight/behavior.embedding" ? t with { Shape = [8, 70] } : t),
            "expected the array 'weight/behavior.embedding' as F32 ?70, 8?, it is F32 ?8, 70?");
        Refused(tensors.Values.Append(SafeTensor.Of<float>("../../../etc/passwd", [1])),
            $"expected {tensors.Count} arrays, found {tensors.Count + 1}");
        Directory.EnumerateFileSystemEntries(Folder.Path).Select(Path.GetFileName)
            .Should().BeEquivalentTo("run.checkpoint", "run.checkpoint.previous");
    }

    [Fact]
    public void What_a_killed_process_left_half_written_is_swept_away_and_nothing_else()
    {
        Folder.With($"run.checkpoint.{Guid.NewGuid():N}.tmp", "half").With("run.checkpoint.mine.tmp", "mine").With("other", "other");
        Train("DRepMRec", With(File), []);
        Folder.Files().Should().Equal("other", "run.checkpoint", "run.checkpoint.mine.tmp", "run.checkpoint.previous");
    }

    [Fact]
    public void Each_weight_is_in_the_file_once()
    {
        Train("DRepMRec", With(File), []);
        Stored().Tensors.Keys.Where(k => k.StartsWith("weight/", StringComparison.Ordinal)).Should().Equal(
            "weight/behavior.embedding",
            "weight/modal.gates.0.projection_weight", "weight/modal.gates.0.projection_bias",
            "weight/modal.gates.0.gate_weight", "weight/modal.gates.0.gate_bias",
            "weight/modal.gates.1.projection_weight", "weight/modal.gates.1.projection_bias",
            "weight/modal.gates.1.gate_weight", "weight/modal.gates.1.gate_bias");
    }

    [Fact]
    public void One_file_serves_one_training_at_a_time()
    {
        using DRepMRecModel model = Create("DRepMRec"), second = Create("DRepMRec");
        int tries = 0;
        var progress = new Immediate<TrainingProgress>(_ =>
        {
            if (tries++ == 0)
            {
                FluentActions.Invoking(() => new Trainer(second, Board, With(File)).Fit()).Should().Throw<IOException>()
                    .WithMessage($"The checkpoint {File} is in use by another training: *");
            }
        });
        new Trainer(model, Board, With(File)).Fit(progress);
        tries.Should().BePositive();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_array_that_is_too_large_is_refused_before_the_first_epoch_by_its_name_and_the_options(bool hasCheckpoint)
    {
        using DRepMRecModel model = Create("LightGCN");
        TrainerOptions options = hasCheckpoint ? With(File) : Options with { KeepMoments = true };
        var seen = new Immediate<TrainingProgress>(_ => throw new InvalidOperationException("a batch was trained"));
        string option = hasCheckpoint ? "Checkpoint" : "KeepMoments";
        new Trainer(model, Board, options) { LargestArray = (70 * 8 * 4) - 1 }.Invoking(t => t.Fit(seen)).Should()
            .Throw<InvalidOperationException>().WithMessage(
                "The array 'behavior.embedding', F32 [70, 8], has 2,240 bytes, more than the 2,239 of one array that "
                + $"TrainerOptions.{option} can keep: train without it.");
        Folder.Files().Should().BeEmpty();
        new Trainer(model, Board, options with { MaxEpochs = 1 }) { LargestArray = 70 * 8 * 4 }.Fit();
        new Trainer(model, Board, Options with { MaxEpochs = 1 }) { LargestArray = 1 }.Fit();
    }

    [Fact]
    public void Columns_of_many_processes_count_as_the_whole_that_is_kept()
    {
        using torch.Tensor share = torch.zeros(10, 16);
        TensorBytes.TooLarge("users", share, [10, 64], limit: 10 * 64 * 4).Should().BeNull();
        TensorBytes.TooLarge("users", share, [10, 64], limit: (10 * 64 * 4) - 1).Should()
            .Be("The array 'users', F32 [10, 64], has 2,560 bytes, more than the 2,559 of one array");
        using torch.Tensor large = torch.zeros(1).expand(1 << 20, 1 << 10);
        FluentActions.Invoking(() => TensorBytes.Of("large", large)).Should().Throw<InvalidOperationException>()
            .WithMessage("The array 'large', F32 [1048576, 1024], has 4,294,967,296 bytes, more than the 2,147,483,647 of one array.");
    }

    [Fact]
    public void A_folder_in_place_of_the_file_is_an_error()
        => Fitting("DRepMRec", With(Folder.Path)).Should().Throw<IOException>()
            .WithMessage($"Expected a file for the checkpoint; {Folder.Path} is a folder.");

    [SkippableFact]
    public void A_folder_that_cannot_be_written_to_is_an_error_before_any_work_is_done()
    {
        Skip.If(Environment.IsPrivilegedProcess, "The superuser may write everywhere.");
        if (OperatingSystem.IsWindows())
            return;
        System.IO.File.SetUnixFileMode(Folder.Path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            int batches = 0;
            using DRepMRecModel model = Create("DRepMRec");
            FluentActions.Invoking(() => new Trainer(model, Board, With(File)).Fit(new Immediate<TrainingProgress>(_ => batches++)))
                .Should().Throw<UnauthorizedAccessException>().WithMessage($"*{File}.lock*");
            batches.Should().Be(0);
        }
        finally
        {
            System.IO.File.SetUnixFileMode(Folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public void A_checkpoint_that_cannot_be_written_is_an_error_that_leaves_the_best_weights()
    {
        using DRepMRecModel model = Create("DRepMRec");
        var progress = new Immediate<TrainingProgress>(p =>
        {
            if (p is { Epoch: 3, Validation: not null })
            {
                System.IO.File.Delete(File);
                Directory.CreateDirectory(File);
                Folder.With(Path.Combine("run.checkpoint", "full"), "");
            }
        });
        FluentActions.Invoking(() => new Trainer(model, Board, With(File)).Fit(progress)).Should().Throw<IOException>()
            .WithMessage("The checkpoint after 4 epochs and 0 batches can't be written, the one before it is as it was: *");
        model.training.Should().BeFalse();
        Folder.Files().Should().Equal("run.checkpoint.previous");
    }

    private (CheckpointManifest Manifest, IReadOnlyDictionary<string, SafeTensor> Tensors) Stored()
    {
        using var file = new CheckpointFile(File, NullLogger.Instance);
        var (manifest, tensors, _) = file.Read()!.Value;
        return (manifest, tensors);
    }
}
