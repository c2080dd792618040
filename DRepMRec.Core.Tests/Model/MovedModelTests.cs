using DRepMRec.Collectives;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Kernels;
using DRepMRec.Tests.Support;
using DRepMRec.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Model;

/// <summary>What is known of a model's weights goes along to another device or type, and nothing is left behind.</summary>
public sealed class MovedModelTests
{
    private static readonly RecDataset Board = Samples.Checkerboard(40, 30);

    [Fact]
    public void A_device_that_can_not_be_moved_to_leaves_the_model_as_it_was()
    {
        var nowhere = new Device(DeviceType.CUDA, 99);
        using DRepMRecModel model = DRepMRecModel.Create(Board, new DRepMRecOptions { EmbeddingDim = 8 });
        using UserItemEmbeddings before = model.Embed();
        model.Invoking(m => m.to(nowhere)).Should().Throw<Exception>();
        using UserItemEmbeddings after = model.Embed();
        UserItemEmbeddings.Values(after.Users).Should().Equal(UserItemEmbeddings.Values(before.Users));
        UserItemEmbeddings.Values(after.Items).Should().Equal(UserItemEmbeddings.Values(before.Items));
    }

    [Fact]
    public void Features_that_can_not_all_be_moved_stay_where_they_are()
    {
        using var features = new ModalFeatures(Board.Features);
        features.AnyPresent.Dispose();
        features.Invoking(f => f.MoveTo(META)).Should().Throw<Exception>();
        features.Values.Concat(features.Present).Should().OnlyContain(t => !t.IsInvalid && t.device_type == DeviceType.CPU);
    }

    [Fact]
    public void A_type_beside_the_device_moves_the_features_too()
    {
        using var features = new ModalFeatures(Board.Features);
        using DRepMRecModel model = Models.Create("VBPR", Board, features);
        model.to(META, ScalarType.Float32);
        features.Values.Select(t => t.device_type).Should().AllBeEquivalentTo(DeviceType.META);
    }

    [Fact]
    public void A_table_of_columns_stays_one_when_the_model_is_moved()
    {
        using InProcessCollective one = InProcessCollective.Create(1)[0];
        var host = new LightGcnEncoder(
            Board.Users.Count, Board.Items.Count, new LightGcnOptions { EmbeddingDim = 16 }, new ColumnPartition(one, 16));
        using DRepMRecModel model = DRepMRecModel.Create(Board, host, new DRepMRecOptions { UseModalLine = false }, one);
        string[] shared = [.. Checkpoint.SharesOf(model).Keys];
        model.to(ScalarType.Float64).to(ScalarType.Float32);
        Checkpoint.SharesOf(model).Keys.Should().Equal(shared).And.NotBeEmpty();
    }

    [Fact]
    public void A_model_frees_what_libtorch_computed_with()
    {
        using IDisposable off = OwnKernels.SwitchOff();
        LiveTensors.ShouldNotGrow(() =>
        {
            using DRepMRecModel model = DRepMRecModel.Create(Board, new DRepMRecOptions { EmbeddingDim = 8 });
            model.Embed().Dispose();
        });
    }

    [Fact]
    public void Tensors_in_two_places_of_an_output_leave_one_scope()
    {
        Tensor users;
        using (NewDisposeScope())
        {
            EncoderOutput output;
            using (NewDisposeScope())
            {
                var rows = new UserItemEmbeddings(zeros(2, 3), zeros(4, 3));
                output = new EncoderOutput(rows) { Ego = rows, Modal = rows }.MoveToOuterDisposeScope();
            }

            users = output.Embeddings.Users;
            users.IsInvalid.Should().BeFalse();
        }

        users.IsInvalid.Should().BeTrue("the scope around has gone");
    }
}
