using DRepMRec.Data;

namespace DRepMRec.Tests.Data;

public sealed class RealDataTests
{
    [SkippableFact]
    public void Tiktok_has_its_published_counts()
    {
        DatasetSummary tiktok = RecDataset.Load(SharedData.Require("tiktok")).Summarize();

        (tiktok.Name, tiktok.Users, tiktok.Items).Should().Be(("tiktok", 9_308, 6_710));
        (tiktok.Train, tiktok.Validation, tiktok.Test).Should().Be((59_541, 3_051, 6_130));
        (tiktok.ColdUsers, tiktok.ColdItems, tiktok.ColdValidation, tiktok.ColdTest).Should().Be((10, 465, 223, 449));
        tiktok.Modalities.Should().Equal(new ModalitySummary(Modality.Audio, 128, 6_710), new ModalitySummary(Modality.Image, 128, 6_710));
    }

    [SkippableFact]
    public void Tiktoks_indices_are_its_raw_ids()
    {
        RecDataset tiktok = RecDataset.Load(SharedData.Require("tiktok"));

        tiktok.Users.Ids.Should().Equal(Enumerable.Range(0, 9_308).Select(u => $"{u}"));
        tiktok.Items.Ids.Should().Equal(Enumerable.Range(0, 6_710).Select(i => $"{i}"));
    }

    [SkippableFact]
    public void Tiktok_survives_saving()
    {
        RecDataset tiktok = RecDataset.Load(SharedData.Require("tiktok"));
        using var folder = new TempFolder();

        tiktok.SaveMmrec(folder.Path);
        RecDataset again = RecDataset.Load(folder.Path);

        again.Summarize().Should().BeEquivalentTo(tiktok.Summarize(), options => options.Excluding(summary => summary.Notes));
        again.Features[1].Values.SequenceEqual(tiktok.Features[1].Values).Should().BeTrue();
    }

    [SkippableFact]
    public void Tiktok_cannot_be_split_by_time()
    {
        string folder = SharedData.Require("tiktok");
        Views.FormatError(() => RecDataset.Load(folder, options: new() { Split = SplitStrategy.GlobalTime() })).Should().Be(
            "tiktok.inter: expected timestamps that differ, which the split GlobalTime(0.1, 0.1) needs; found 0 on all 68722 "
                + "interactions.");
    }

    [SkippableFact]
    public void Baby_has_its_published_counts()
    {
        DatasetSummary baby = RecDataset.Load(SharedData.Require("baby")).Summarize();

        (baby.Name, baby.Users, baby.Items).Should().Be(("baby", 19_445, 7_050));
        (baby.Train, baby.Validation, baby.Test).Should().Be((118_551, 20_559, 21_682));
        baby.Modalities.Should().BeEmpty();
    }
}
