using DRepMRec.Training;

namespace DRepMRec.Tests.Training;

/// <summary>Checkpoints that an earlier model is read from.</summary>
public sealed class EarlierCheckpointTests : CheckpointTestBase
{
    [Fact]
    public void Where_the_last_checkpoint_is_gone_or_damaged_the_one_before_it_is_read_and_all_files_stay()
    {
        Train("LightGCN", With(File), []);
        byte[] whole = System.IO.File.ReadAllBytes(File);
        string expected = EarlierModel.LoadCheckpoint(File, Board).Checksum;
        Folder.With("run.checkpoint.previous", whole);
        System.IO.File.Delete(File);
        EarlierModel.LoadCheckpoint(File, Board).Checksum.Should().Be(expected);
        Folder.With("run.checkpoint", whole[..^9]);
        EarlierModel.LoadCheckpoint(File, Board).Checksum.Should().Be(expected);
        Folder.Files().Should().Equal("run.checkpoint", "run.checkpoint.previous");

        Folder.With("run.checkpoint.previous", "nothing");
        Action load = () => EarlierModel.LoadCheckpoint(File, Board);
        load.Should().ThrowExactly<CheckpointFormatException>()
            .WithMessage($"{File}: the file is truncated: expected * bytes, found {whole.Length - 9}.");
        System.IO.File.Delete(File);
        load.Should().ThrowExactly<CheckpointFormatException>().WithMessage($"{File}.previous: the file is truncated*");
        System.IO.File.Delete(File + ".previous");
        load.Should().ThrowExactly<FileNotFoundException>().WithMessage($"There is no checkpoint {File}.");
    }

    [SkippableFact]
    public void Of_a_symbolic_link_the_one_before_is_that_of_its_target()
    {
        Skip.If(OperatingSystem.IsWindows(), "symbolic links ask for rights there");
        Directory.CreateDirectory(Folder["runs"]);
        System.IO.File.CreateSymbolicLink(File, Folder["runs/real"]);
        Train("LightGCN", With(File), []);
        string expected = EarlierModel.LoadCheckpoint(File, Board).Checksum;
        System.IO.File.Move(Folder["runs/real"], Folder["runs/real.previous"], overwrite: true);
        EarlierModel.LoadCheckpoint(File, Board).Checksum.Should().Be(expected);
    }
}
