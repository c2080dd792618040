using DRepMRec.Collectives;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Kernels;
using DRepMRec.Losses;
using DRepMRec.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Kernels;

/// <summary>Functions of several outputs, of which a part of somebody else's reads some: what it doesn't read adds nothing.</summary>
public sealed class UnreadOutputTests
{
    private static readonly RecDataset Board = Samples.Checkerboard(6, 7);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Rows_of_a_batch_take_the_gradient_of_the_ones_that_are_read(int read)
    {
        using var encoder = new LightGcnEncoder(6, 7, new LightGcnOptions { EmbeddingDim = 4, Layers = 2 });
        BatchRows batch = new TrainingBatch([1, 4], [3, 2], [0, 6]).Compact;
        Same(encoder.parameters().Single(), () =>
        {
            using DisposeScope scope = NewDisposeScope();
            EncoderOutput output = encoder.Encode(Board.Graph(), batch.Rows, batch).MoveToOuterDisposeScope();
            return new[] { output.Embeddings.Users, output.Embeddings.Items, output.Ego!.Value.Users, output.Ego!.Value.Items }[read];
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Whole_tables_take_the_gradient_of_the_one_that_is_read(int read)
    {
        using var encoder = new LightGcnEncoder(6, 7, new LightGcnOptions { EmbeddingDim = 4, Layers = 1 });
        Same(encoder.parameters().Single(), () =>
        {
            UserItemEmbeddings all = encoder.call(Board.Graph());
            return read == 0 ? all.Users : all.Items;
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Gathered_columns_take_the_gradient_of_the_table_that_is_read(int read)
    {
        using ICollective alone = InProcessCollective.Create(1)[0];
        using var encoder = new LightGcnEncoder(
            6, 7, new LightGcnOptions { EmbeddingDim = 4, Layers = 1 }, new ColumnPartition(alone, 4));
        Same(encoder.parameters().Single(), () =>
        {
            UserItemEmbeddings all = encoder.call(Board.Graph());
            return read == 0 ? all.Users : all.Items;
        });
    }

    [Fact]
    public void Where_the_next_function_hands_nothing_back_there_is_no_gradient()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(Samples.Floats(15, 1), 3, 5).requires_grad_();
        Tensor rows;
        using (NewDisposeScope())
            rows = Stop.apply(x.NormalizeRows().MoveToOuterDisposeScope()).MoveToOuterDisposeScope();
        Backpropagation.Run(rows.sum().Plus(x.sum()));
        x.grad!.data<float>().ToArray().Should().OnlyContain(g => g == 1);
    }

    /// <summary>The gradient of an output's squares by a weight, by our kernels and by libtorch.</summary>
    private static void Same(Tensor weight, Func<Tensor> output)
    {
        float[] Gradient()
        {
            using DisposeScope scope = NewDisposeScope();
            weight.grad = null;
            Backpropagation.Run(output().Squared().sum());
            return weight.grad!.data<float>().ToArray();
        }

        float[] own = Gradient(), libtorch;
        using (OwnKernels.SwitchOff())
            libtorch = Gradient();
        own.Should().Contain(g => g != 0);
        for (int n = 0; n < own.Length; n++)
            own[n].Should().BeApproximately(libtorch[n], 1e-6f);
    }

    /// <summary>Hands its input on and no gradient back, as a function of anybody's may.</summary>
    private sealed class Stop : autograd.SingleTensorFunction<Stop>
    {
        public override string Name => nameof(Stop);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars) => ((Tensor)vars[0]).clone();

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) => [null!];
    }
}
