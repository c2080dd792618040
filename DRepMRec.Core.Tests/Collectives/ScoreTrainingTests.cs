using DRepMRec.Collectives;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Losses;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Model;
using DRepMRec.Training;

namespace DRepMRec.Tests.Collectives;

public sealed class ScoreTrainingTests
{
    public static TheoryData<string, int, int> Trainings => new()
    {
        { "LightGCN, BPR", 64, 2 }, { "LightGCN, BPR", 64, 4 }, { "LightGCN, BPR", 40, 3 }, { "LightGCN, BPR", 80, 3 },
        { "LightGCN, softmax", 64, 2 }, { "LightGCN, softmax", 64, 4 }, { "LightGCN, BPR of cosines", 64, 4 }, { "BPR-MF", 64, 4 },
        { "VBPR, BPR", 64, 2 }, { "VBPR, BPR", 64, 4 }, { "VBPR, softmax", 64, 2 }, { "VBPR, softmax", 64, 4 }, { "VBPR, BPR", 48, 3 },
    };

    [Theory]
    [MemberData(nameof(Trainings))]
    public void Any_number_of_processes_gives_the_same_bits(string training, int dimension, int processes)
    {
        string Run(ICollective collective) => ColumnTraining.Run($"{training}, by scores", dimension, collective);
        string expected = InProcessCollective.Run(1, Run)[0];
        InProcessCollective.Run(processes, Run).Should().OnlyContain(checksum => checksum == expected);
    }

    [Theory]
    [InlineData("LightGCN, BPR", false)]
    [InlineData("LightGCN, softmax", false)]
    [InlineData("LightGCN, BPR of cosines", false)]
    [InlineData("LightGCN, BPR", true)]
    [InlineData("LightGCN, softmax", true)]
    [InlineData("LightGCN, BPR of cosines", true)]
    [InlineData("VBPR, BPR", true)]
    [InlineData("VBPR, softmax", false)]
    public void Loss_and_gradients_are_those_of_whole_rows_up_to_rounding(string training, bool weighted)
    {
        RecDataset data = weighted ? ColumnTraining.Weighted : ColumnTraining.Board;
        (float[] Gradient, double Loss) Step(ICollective? collective, string how)
        {
            using DRepMRecModel model = ColumnTraining.Create(training + how, 32, collective, data);
            TrainingBatch batch = new BatchSampler(data.Train, model.Loss, batchSize: 200).Epoch(1).First();
            model.train();
            model.BeginEpoch(1);
            using TorchSharp.DisposeScope scope = TorchSharp.torch.NewDisposeScope();
            StepLoss loss = model.ComputeLoss(batch, 0.1);
            loss.Total.backward();
            return (model.parameters().First().grad!.data<float>().ToArray(), loss.Values["loss"]);
        }

        var (gradient, value) = Step(null, "");
        (float[] Gradient, double Loss)[] parts = InProcessCollective.Run(2, collective => Step(collective, ", by scores"));
        gradient.Should().Contain(g => Math.Abs(g) > 1e-5f);
        foreach (int rank in new[] { 0, 1 })
        {
            parts[rank].Loss.Should().BeApproximately(value, 1e-5);
            for (int n = 0; n < gradient.Length; n++)
            {
                if (n % 32 / 16 == rank)
                    parts[rank].Gradient[(n / 32 * 16) + (n % 16)].Should().BeApproximately(gradient[n], 1e-6f);
            }
        }
    }

    [Theory]
    [InlineData("LightGCN, BPR", 4)]
    [InlineData("LightGCN, softmax", 2)]
    public void The_bytes_of_a_step_are_those_of_the_formula(string training, int processes)
    {
        const int Dimension = 64, Blocks = Dimension / ColumnPartition.BlockSize;
        TrainerOptions options = ColumnTraining.Options with { MaxEpochs = 1, EvaluateEvery = 2 };
        RecDataset data = ColumnTraining.WithoutValidation;
        long Received(ICollective collective, int batchSize)
        {
            var measured = new MeasuredCollective(collective);
            using DRepMRecModel model = ColumnTraining.Create($"{training}, by scores", Dimension, measured, data);
            new Trainer(model, data, options with { BatchSize = batchSize }).Fit();
            return measured.BytesReceived;
        }

        long Formula(int batchSize)
        {
            using DRepMRecModel model = ColumnTraining.Create(training, Dimension, null, data);
            return new BatchSampler(data.Train, model.Loss, options.Negatives, batchSize, options.Seed).Epoch(1).Sum(batch =>
            {
                int users = batch.Compact.Rows.Users.Length, items = batch.Compact.Rows.Items.Length;
                int scores = batch.SharedNegatives
                    ? batch.Count + (users * batch.NegativeCount) + users + items // Cosines: the squared lengths too.
                    : 2 * batch.Count;
                return ((long)scores * (processes - 1) * sizeof(float)) + (2L * (Blocks - (Blocks / processes)) * sizeof(double))
                    + processes - 1;
            });
        }

        int all = data.Train.Count;
        InProcessCollective.Run(processes, c => Received(c, options.BatchSize!.Value) - Received(c, all))[0]
            .Should().Be(Formula(options.BatchSize!.Value) - Formula(all));
    }

    [Fact]
    public void Where_scores_do_not_suffice_it_is_said_what_needs_more()
    {
        using InProcessCollective one = InProcessCollective.Create(1)[0];
        Action Creating(string training) => () => ColumnTraining.Create($"{training}, by scores", 16, one);
        Creating("DRepMRec").Should().Throw<ArgumentException>().WithMessage(
            "A modal line needs whole rows of the batch, not scores alone: set ColumnPartition.Exchange to Rows.*");
        Creating("FREEDOM").Should().Throw<ArgumentException>().WithMessage("The loss of FreedomEncoder over projected features needs*");
        Creating("a host of one's own").Should().Throw<ArgumentException>().WithMessage("OwnHost needs whole rows*");
        RecDataset data = ColumnTraining.Board;
        var columns = new ColumnPartition(one, 16) { Exchange = ExchangedValues.Scores };
        using var host = new LightGcnEncoder(data.Users.Count, data.Items.Count, new LightGcnOptions { EmbeddingDim = 16 }, columns);
        FluentActions.Invoking(() => DRepMRecModel.Create(data, host, new DRepMRecOptions { UseModalLine = false, Loss = new HingeLoss() }))
            .Should().Throw<ArgumentException>().WithMessage("HingeLoss needs whole rows*");
    }

    [Fact]
    public void A_checkpoint_by_rows_is_not_gone_on_from_by_scores()
    {
        using var folder = new TempFolder();
        void Run(string training) => InProcessCollective.Run(2, c => ColumnTraining.Run(training, 32, c, folder["run.checkpoint"]));
        Run("LightGCN, BPR");
        Action act = () => Run("LightGCN, BPR, by scores");
        act.Should().Throw<CheckpointMismatchException>().WithMessage("*Model.Exchange is Scores, in the checkpoint it is not there*");
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(6, 4)]
    [InlineData(16, 8)]
    public void Processes_of_a_power_of_two_bring_one_sum_each(int blocks, int processes)
    {
        var columns = new ColumnPartition(InProcessCollective.Create(processes)[0], blocks * ColumnPartition.BlockSize);
        Enumerable.Range(0, processes).Should().OnlyContain(rank => columns.NodesOf(rank).Length == 1);
    }
}
