using Common;
using DRepMRec.Data;
using DRepMRec.Tests.Data;
using ReproduceResults.Reports;
using ReproduceResults.Studies;
using ReproduceResults.Trainings;
using Made = ReproduceResults.Trainings.Training;

namespace DRepMRec.Tests.Documentation;

/// <summary>What the log of trainings tells apart.</summary>
public sealed class TrainingLogTests
{
    private static readonly RecDataset Dataset = Support.Samples.Checkerboard(6, 8);

    [Fact]
    public void Trainings_of_other_features_are_not_found_and_those_that_do_not_say_are()
    {
        ItemFeatures image = Dataset.Features[0];
        float[] values = image.Values.ToArray();
        values[3] += 1;
        var other = new RecDataset(Dataset.Name, Dataset.Users, Dataset.Items, Dataset.Splits,
            [new ItemFeatures(image.Modality, image.ItemCount, image.Dimension, values), Dataset.Features[1]]);
        other.SplitChecksum.Should().Be(Dataset.SplitChecksum);
        using var folder = new TempFolder();
        Variant own = new("a", Dataset, "1"), changed = own with { Data = other };
        using (var log = new TrainingLog(folder["log.jsonl"]))
            log.Add(Line(own) with { Data = Dataset.Checksum });
        using (var log = new TrainingLog(folder["log.jsonl"]))
        {
            log.Find("models", own, 1).Should().NotBeNull();
            log.Find("models", changed, 1).Should().BeNull();
            log.Find("models", own with { Options = "2" }, 1).Should().BeNull();
            log.Find("models", own, 2).Should().BeNull();
            log.Add(Line(changed) with { Data = other.Checksum });
            (log.Find("models", own, 1)?.Data, log.Find("models", changed, 1)?.Data).Should().Be((Dataset.Checksum, other.Checksum));
        }

        using (var log = new TrainingLog(folder["older.jsonl"]))
        {
            log.Add(Line(own));
            log.Find("models", changed, 1).Should().NotBeNull();
        }
    }

    [Fact]
    public void One_run_writes_to_a_log_while_others_read_it()
    {
        using var folder = new TempFolder();
        Variant own = new("a", Dataset, "1");
        using (var log = new TrainingLog(folder["log.jsonl"]))
        {
            log.Add(Line(own));
            FluentActions.Invoking(() => new TrainingLog(folder["log.jsonl"])).Should().Throw<IOException>()
                .WithMessage("*another run writes to this file*");
            using var reader = new TrainingLog(folder["log.jsonl"], toRead: true);
            reader.Find("models", own, 1).Should().NotBeNull();
            reader.Invoking(r => r.Add(Line(own))).Should().Throw<InvalidOperationException>();
        }

        File.AppendAllText(folder["log.jsonl"], "{\"half");
        using (var reader = new TrainingLog(folder["log.jsonl"], toRead: true))
            reader.All.Should().ContainSingle();
        File.ReadAllText(folder["log.jsonl"]).Should().EndWith("{\"half");
        new TrainingLog(folder["log.jsonl"]).Dispose();
        File.ReadAllText(folder["log.jsonl"]).Should().EndWith("}\n");
    }

    [Fact]
    public void A_file_of_something_else_is_left_as_it_is()
    {
        foreach (string text in new[] { "my notes, of which there is but one line", "# notes\nof two lines", "{\"study\":1}" })
        {
            using var folder = new TempFolder();
            File.WriteAllText(folder["notes.txt"], text);
            FluentActions.Invoking(() => new TrainingLog(folder["notes.txt"])).Should().Throw<IOException>()
                .WithMessage($"{folder["notes.txt"]} line 1: expected a training as this program writes it; *");
            File.ReadAllText(folder["notes.txt"]).Should().Be(text);
        }
    }

    [Fact]
    public void A_last_line_without_an_end_counts_if_it_is_whole_and_is_dropped_if_it_was_left_half_written()
    {
        Variant own = new("a", Dataset, "1"), next = new("b", Dataset, "1");
        foreach (bool isWhole in new[] { true, false })
        {
            using var folder = new TempFolder();
            using (var log = new TrainingLog(folder["log.jsonl"]))
            {
                log.Add(Line(own));
                log.Add(Line(next));
            }

            string text = File.ReadAllText(folder["log.jsonl"]);
            File.WriteAllText(folder["log.jsonl"], isWhole ? text.TrimEnd() : text[..^20]);
            using (var log = new TrainingLog(folder["log.jsonl"]))
            {
                log.Find("models", own, 1).Should().NotBeNull();
                (log.Find("models", next, 1) is not null).Should().Be(isWhole);
                log.Add(Line(next));
            }

            using (var log = new TrainingLog(folder["log.jsonl"]))
                log.All.Should().HaveCount(2);
        }
    }

    [Fact]
    public void Builds_of_the_library_are_said_where_they_are_known()
    {
        Made old = Line(new Variant("a", Dataset, "1"));
        Made own = old with { Library = LibraryBuild.This }, older = old with { Library = "0.0" };
        Builds.Of([old, old]).Should().BeNull();
        Builds.Of([own, own]).Should().Be($"Library: {LibraryBuild.This}.");
        Builds.Of([own, old, older, own]).Should().StartWith("Trainings of several builds of the library: 1 by one that isn't known; "
            + "1 by 0.0; 2 by ");
        TrainingLog.OtherBuilds([own]).Should().BeNull();
        TrainingLog.OtherBuilds([own, older, older]).Should().StartWith("2 of these trainings were made by another build").And
            .Contain(": 0.0. ");
        LibraryBuild.This.Should().MatchRegex(@"^\d+\.\d+\.\d+.* \([0-9a-f]{8}\)$");
    }

    [Fact]
    public void A_training_reaches_its_own_best_whose_figures_by_epoch_have_fewer_digits()
    {
        Made line = Line(new Variant("a", Dataset, "1")) with
        {
            History = [new EpochFigures(1, 2, 0.5, 0), new EpochFigures(3, 4, EpochFigures.Rounded(0.6417873015873014), 0)],
        };
        line.SecondsTo(0.6417873015873014).Should().Be(4);
        line.SecondsTo(0.5).Should().Be(2);
        line.SecondsTo(0.65).Should().BeNull();
    }

    [Fact]
    public void The_pictures_that_a_page_shows_are_known()
    {
        using var folder = new TempFolder();
        var report = new Report(folder.Path, "models", "bpr");
        report.Say("See [results](results.md).");
        report.Picture("curves", "Curves", _ => { });
        report.Picture("bars", "Bars (two)", _ => { });
        Report.PicturesOf(File.ReadAllText(report.Save())).Should().Equal("models-bpr-curves.png", "models-bpr-bars.png");
    }

    [Fact]
    public void A_compressed_log_comes_back_as_it_was()
    {
        using var folder = new TempFolder();
        Made first = Line(new Variant("a", Dataset, "1"));
        Made second = first with { Library = "1", Data = "2", Seed = 0, Failure = "diverged" };
        TrainingLog.Compress(folder["log.gz"], [first, second]);
        TrainingLog.Decompress(folder["log.gz"]).Should().BeEquivalentTo([second, first], o => o.WithStrictOrdering());
    }

    [Fact]
    public void A_compressed_log_stays_as_it_was_when_there_is_nothing_to_write_or_writing_fails()
    {
        using var folder = new TempFolder();
        string log = folder["log.gz"];
        Made own = Line(new Variant("a", Dataset, "1"));
        TrainingLog.Compress(log, [own]);
        byte[] before = File.ReadAllBytes(log);
        FluentActions.Invoking(() => TrainingLog.Compress(log, [])).Should().Throw<ArgumentException>()
            .WithMessage($"{log}: expected trainings to write, got none.");
        Directory.CreateDirectory(log + ".tmp");
        FluentActions.Invoking(() => TrainingLog.Compress(log, [own, own])).Should().Throw<Exception>();
        File.ReadAllBytes(log).Should().Equal(before);
    }

    [Fact]
    public void A_log_that_is_only_read_is_never_made()
    {
        using var folder = new TempFolder();
        string log = folder["mistyped.jsonl"];
        FluentActions.Invoking(() => new TrainingLog(log, toRead: true)).Should().Throw<FileNotFoundException>();
        using (var nothing = new TrainingLog(log, toRead: true, mayLack: true))
            nothing.All.Should().BeEmpty();
        File.Exists(log).Should().BeFalse();
    }

    private static Made Line(Variant variant) => new("models", variant.Name, 1, Dataset.SplitChecksum, variant.Options)
    {
        Dataset = DatasetFigures.Of(Dataset, Dataset, null),
        Loss = "bpr",
        Title = variant.Name,
    };
}
