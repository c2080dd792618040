using DRepMRec.Collectives;
using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Kernels;
using DRepMRec.Tests.Collectives;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Kernels;

/// <summary>An application may have made another type the default of new tensors, as some with a language model do.</summary>
public sealed unsafe class DefaultTypeTests
{
    private static readonly RecDataset Board = Samples.Checkerboard(20, 16);

    public static TheoryData<string> Names => [.. Models.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_training_has_the_same_bits_whichever_type_is_the_default(string name)
    {
        float[] expected = Train(name);
        foreach (ScalarType type in new[] { ScalarType.Float64, ScalarType.BFloat16 })
            With(type, () => Train(name)).AsSpan().SequenceEqual(expected).Should().BeTrue($"{type} is the default");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void So_it_has_whichever_device_is_the_default(string name)
    {
        float[] expected = Train(name);
        Device before = get_default_device();
        set_default_device(META);
        try
        {
            Train(name).AsSpan().SequenceEqual(expected).Should().BeTrue();
            TextFeatures.Fit(["red shoe", "blue shoe", "red hat", "blue hat"], new() { MinTexts = 1 }).Dimension.Should().BePositive();
        }
        finally
        {
            set_default_device(before);
        }
    }

    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.BFloat16)]
    public void So_has_one_of_several_processes_that_goes_on_from_a_checkpoint(ScalarType type)
    {
        const string Training = "VBPR, BPR";
        string expected = ColumnTraining.Run(Training, 64, null);
        using var folder = new TempFolder();
        string file = folder["run.checkpoint"];
        string[] Run(int stopAfter) => With(type, () => InProcessCollective.Run(
            2, collective => ColumnTraining.Run(Training, 64, collective, file, stopAfter: stopAfter)));
        FluentActions.Invoking(() => Run(7)).Should().Throw<OperationCanceledException>();
        Run(int.MaxValue).Should().OnlyContain(checksum => checksum == expected);
    }

    [Fact]
    public void Rows_at_length_one_are_of_the_type_of_the_rows()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = tensor(Samples.Floats(21, 3), 3, 7);
        float[] expected = UserItemEmbeddings.Values(rows.NormalizeRows());
        foreach (ScalarType type in new[] { ScalarType.Float64, ScalarType.BFloat16 })
        {
            Tensor units = With(type, () => rows.NormalizeRows());
            units.dtype.Should().Be(ScalarType.Float32);
            UserItemEmbeddings.Values(units).Should().Equal(expected);
        }
    }

    [Fact]
    public void No_kernel_takes_memory_of_another_type_for_its_own()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor narrow = zeros(2, 3, dtype: ScalarType.BFloat16);
        Action[] reads = [() => _ = (nint)narrow.Floats(), () => _ = narrow.FloatSpan().Length];
        foreach (Action read in reads)
            read.Should().Throw<InvalidOperationException>().WithMessage("Expected a tensor of Float32, got one of BFloat16.");
    }

    private static float[] Train(string name)
    {
        using var features = new ModalFeatures(Board.Features);
        using DRepMRecModel model = Models.Create(name, Board, features);
        new Trainer(model, Board, new TrainerOptions { MaxEpochs = 2, BatchSize = 32, Threads = 2 }).Fit();
        using UserItemEmbeddings final = model.Embed();
        return
        [
            .. model.parameters().SelectMany(p => UserItemEmbeddings.Values(p)), .. UserItemEmbeddings.Values(final.Users),
            .. UserItemEmbeddings.Values(final.Items),
        ];
    }

    private static T With<T>(ScalarType type, Func<T> run)
    {
        ScalarType before = get_default_dtype();
        set_default_dtype(type);
        try
        {
            return run();
        }
        finally
        {
            set_default_dtype(before);
        }
    }
}
