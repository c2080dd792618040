using System.Diagnostics;
using Common;
using DRepMRec.Data;
using DRepMRec.Losses;
using DRepMRec.Tests.Data;
using ReproduceResults.Fair;
using ReproduceResults.Reports;
using ReproduceResults.Studies;
using ReproduceResults.Trainings;
using Made = ReproduceResults.Trainings.Training;

namespace DRepMRec.Tests.Documentation;

/// <summary>The fair comparison of docs/method.md: its family of tests, whatever becomes of trainings.</summary>
public sealed class FairComparisonTests
{
    [Fact]
    public void The_family_is_that_of_the_method()
    {
        FairFamily.OfDataset(hasContent: true, _ => "bpr").Should().HaveCount(42).And.OnlyHaveUniqueItems();
        FairFamily.OfDataset(hasContent: false, _ => "softmax").Should().HaveCount(16).And.OnlyHaveUniqueItems();
        FairFamily.OfRedrawn(hasContent: true, _ => "bpr").Should().HaveCount(10).And.OnlyHaveUniqueItems();
    }

    [Theory]
    [InlineData(true, 84)]
    [InlineData(false, 32)]
    public void A_model_that_diverged_everywhere_leaves_the_family_as_it_was(bool hasContent, int tests)
    {
        using var folder = new TempFolder();
        Outcome[] outcomes = [.. Outcome.Of([Training(FairStage.Search, "LightGCN (bpr)", hasContent),
            Training(FairStage.Final, "LightGCN (bpr)", hasContent)])];
        var report = new Report(folder.Path, "fair", "small");
        FairPage.Write(report, outcomes);
        File.ReadAllText(report.Save()).Should().Contain($"over all {tests} tests of this page").And.Contain($"{tests} of them lack");
    }

    [Fact]
    public void Redrawn_splits_of_data_with_content_have_the_whole_family()
    {
        using var folder = new TempFolder();
        Made training = Training(FairStage.Redrawn, "LightGCN (bpr)", hasContent: true);
        var report = new Report(folder.Path, "redrawn", "small");
        RedrawnPage.Write(report, Outcome.Of([training with { Dataset = training.Dataset with { Kind = RedrawnPage.PerUser } }]));
        File.ReadAllText(report.Save()).Should().Contain("over all 40 tests of this page");
    }

    [Fact]
    public void Comparisons_of_fewer_splits_than_there_are_are_named()
    {
        using var folder = new TempFolder();
        var report = new Report(folder.Path, "redrawn", "small");
        Made Line(string title, int split)
        {
            Made line = Training(FairStage.Redrawn, title, hasContent: false);
            return line with
            {
                SplitChecksum = $"0123456789abcde{split}",
                Dataset = line.Dataset with { Kind = RedrawnPage.ByRow },
                Test = Made.Metrics.ToDictionary(m => m.ToString(), _ => 0.1 * split),
            };
        }

        RedrawnPage.Write(report, Outcome.Of([Line("DRepMRec (bpr)", 1), Line("DRepMRec (bpr)", 2), Line("DRepMRec (bpr)", 3),
            Line("LightGCN (bpr)", 1), Line("LightGCN (bpr)", 2), Line("LightGCN (bpr)", 3), Line("BPR-MF (bpr)", 1),
            Line("BPR-MF (bpr)", 2)]));
        File.ReadAllText(report.Save()).Should().Contain("Compared on fewer splits than this page has:").And
            .Contain("by row, DRepMRec and hosts: DRepMRec (bpr) minus BPR-MF (bpr) (2 of 3)").And.NotContain("LightGCN (bpr) (");
    }

    /// <summary>The default number of threads is the machine's: a log must go on on another.</summary>
    [Fact]
    public void Threads_do_not_change_the_hash_of_options()
    {
        string Hash(TrainerOptions trainer) => OptionsHash.Of(new DRepMRecOptions(), null, trainer);
        var options = new TrainerOptions { Threads = 1, Evaluation = new() { Threads = 2 } };
        Hash(options with { Threads = 16, Evaluation = new() { Threads = 16 } }).Should().Be(Hash(options));
        Hash(options with { Patience = 3 }).Should().NotBe(Hash(options));
    }

    /// <summary>
    /// A change of what options are makes the trainings of a log those of others, so that who goes on with it begins anew. Then this says
    /// so.
    /// </summary>
    [Fact]
    public void The_trainings_of_a_log_are_known_again()
    {
        RecDataset any = Support.Samples.Checkerboard(6, 8);
        string logs = Path.Combine(Support.Repository.Root, "docs", "results", "logs");
        IReadOnlyList<Made> log = TrainingLog.Decompress(Path.Combine(logs, "fair-sports.jsonl.gz"));
        foreach (var group in log.Where(line => line.Study == FairStage.Search && line.Epochs > 0).GroupBy(line => line.Title))
        {
            string[] words = group.Key.Split('(', ')', ' ');
            IReadOnlyList<FairSetting> drawn = SearchSpaces.Draw(words[0], words[2], hasFeatures: true, 4);
            foreach (Made line in group)
            {
                Variant variant = FairVariants.Of(any, words[0], FairForm.Whole, words[2], drawn[line.Place], line.MaxEpochs);
                (line.Setting, line.Options).Should().Be((variant.Setting, variant.Options), group.Key);
            }
        }

        log.Count(line => line.Study == FairStage.Search && line.Epochs > 0).Should().BePositive();
    }

    [Fact]
    public void More_trials_than_there_are_combinations_are_all_of_them()
    {
        using var folder = new TempFolder();
        using var log = new TrainingLog(folder["log.jsonl"]);
        FairDataset small = Small(log, trials: 40);
        Dictionary<string, int> counts = small.Search().CountBy(t => t.Variant.Title).ToDictionary();
        counts["BPR-MF (bpr)"].Should().Be(36, "3 learning rates, 6 penalties, 2 ways to draw");
        counts["EASE"].Should().Be(8, "so many penalties");
        counts["Item-to-item"].Should().Be(16, "a dataset without content has no weight of it");
        counts.Where(c => c.Key is not ("BPR-MF (bpr)" or "EASE" or "Item-to-item")).Should().OnlyContain(c => c.Value == 40)
            .And.NotContain(c => c.Key == "Popularity");
        small.Plan().Where(p => p.Stage == "search").Sum(p => p.Count).Should().Be(counts.Values.Sum());
    }

    [Fact]
    public void Pages_of_a_log_without_all_trials_have_what_there_is()
    {
        using var folder = new TempFolder();
        using var log = new TrainingLog(folder["log.jsonl"]);
        FairDataset small = Small(log, trials: 2, "checkerboard", "checkerboard");
        TrainingTask[] search = [.. small.Search()];
        foreach (TrainingTask task in search.Where(t => t.Variant.Title.StartsWith("LightGCN", StringComparison.Ordinal)))
        {
            Made trial = Training(FairStage.Search, task.Variant.Title, hasContent: false) with { Variant = task.Variant.Name };
            log.Add(trial with { SplitChecksum = task.Variant.Data.SplitChecksum, Options = task.Variant.Options });
        }

        small.WithoutChoice().Should().Equal("BPR-MF (bpr)", "BPR-MF (softmax)", "DRepMRec (bpr)", "DRepMRec (softmax)");
        small.Final().Select(t => t.Variant.Title).Distinct().Should().Equal("Popularity", "LightGCN (bpr)", "LightGCN (softmax)",
            "LightGCN + intra-alignment (bpr)");
        small.Redrawn().Select(t => t.Variant.Title).Distinct().Should().Equal("LightGCN (bpr)");
    }

    [Theory]
    [InlineData("tiktok", "", true)]
    [InlineData("baby", "", false)]
    [InlineData("tiktok", "baby", false)]
    [InlineData("baby", "Baby", true)]
    public void Other_splits_are_drawn_of_tiktok_where_none_is_named(string name, string redrawn, bool isRedrawn)
    {
        using var folder = new TempFolder();
        using var log = new TrainingLog(folder["log.jsonl"]);
        Small(log, trials: 1, name, redrawn.Split(',', StringSplitOptions.RemoveEmptyEntries)).IsRedrawn.Should().Be(isRedrawn);
    }

    [Fact]
    public void Splits_that_are_drawn_anew_lose_no_weights()
    {
        RecDataset data = RecDataset.FromInteractions("weighted", [new("u", "a", Weight: 2), new("u", "b"), new("u", "c")],
            options: new() { Split = SplitStrategy.None });
        FluentActions.Invoking(() => RedrawnSplit.ByRow(data, 1)).Should().Throw<ArgumentException>()
            .WithMessage("Expected interactions of one weight to draw splits of; 'weighted' has others.");
    }

    [Fact]
    public void A_line_of_a_log_that_is_no_training_is_said()
    {
        using TempFolder folder = new TempFolder().With("log.jsonl", "null\n");
        FluentActions.Invoking(() => new TrainingLog(folder["log.jsonl"])).Should().Throw<IOException>()
            .WithMessage("*log.jsonl line 1: expected a training as this program writes it; found null.");
    }

    [Fact]
    public void What_validation_prefers_is_trained_further()
    {
        using var folder = new TempFolder();
        using var log = new TrainingLog(folder["log.jsonl"]);
        FairDataset small = Small(log, trials: 3);
        TrainingTask[] search = [.. small.Search()];
        foreach (TrainingTask task in search)
        {
            // Of equal Recall@20 the higher NDCG@20; LightGCN under the softmax, all others under BPR.
            double recall = (task.Variant.Title.EndsWith("(softmax)", StringComparison.Ordinal)
                == task.Variant.Title.StartsWith("LightGCN", StringComparison.Ordinal) ? 0.3 : 0.1) + (task.Variant.Place == 0 ? 0 : 0.1);
            var valid = Made.Metrics.ToDictionary(m => m.ToString(), _ => recall);
            valid[Made.Ndcg.ToString()] = 0.01 * task.Variant.Place;
            log.Add(Training(FairStage.Search, task.Variant.Title, hasContent: false) with
            {
                Variant = task.Variant.Name,
                SplitChecksum = task.Variant.Data.SplitChecksum,
                Options = task.Variant.Options,
                Setting = task.Variant.Setting,
                Valid = valid,
            });
        }

        small.Plan().Where(p => p.Stage == "final").Sum(p => p.Count).Should().Be(small.Final().Count());
        Variant[] trained = [.. small.Final().Select(t => t.Variant).Where(v => v.Model is not null)];
        trained.Select(v => v.Title).Distinct().Should().Contain(
            ["LightGCN + intra-alignment (softmax)", "BPR-MF + intra-alignment (bpr)", "DRepMRec without content (bpr)"])
            .And.NotContain(["LightGCN + intra-alignment (bpr)", "BPR-MF + intra-alignment (softmax)"]);
        foreach (Variant variant in trained)
        {
            string whole = variant.Title.Replace(" + intra-alignment", "", StringComparison.Ordinal)
                .Replace(" without content", "", StringComparison.Ordinal);
            variant.Setting.Should().Be(search.Single(t => t.Variant.Title == whole && t.Variant.Place == 2).Variant.Setting);
        }
    }

    [Fact]
    public void Each_form_of_a_model_has_the_terms_that_it_is_called_by()
    {
        RecDataset data = Support.Samples.Checkerboard(20, 16);
        foreach (string loss in FairFamily.Losses)
        {
            foreach (string model in (string[])[.. FairFamily.Hosts(true), Catalogue.Ours])
            {
                FairSetting setting = SearchSpaces.Draw(model, loss, hasFeatures: true, 1)[0];
                foreach (FairForm form in Enum.GetValues<FairForm>().Where(f => model != Catalogue.Ours || f != FairForm.WithBma))
                {
                    Variant variant = FairVariants.Of(data, model, form, loss, setting, epochs: 1);
                    using OwnedModel owned = variant.Model!(1);
                    string[] terms = [.. new Trainer(owned.Model, data, variant.Trainer).Fit().History[0].Losses.Keys];
                    bool hasBma = form == FairForm.WithBma || (model == Catalogue.Ours && form == FairForm.Whole);
                    (terms.Contains("intra"), terms.Contains("inter"), owned.Model.Features is not null).Should().Be(
                        (hasBma || form == FairForm.WithoutContent, hasBma, hasBma), variant.Title);
                    owned.Model.Loss.Should().BeOfType(loss == "bpr" ? typeof(RankingLoss.Bpr) : typeof(RankingLoss.SampledSoftmax));
                }
            }
        }
    }

    [Fact]
    public void A_training_with_the_part_is_two_lines_and_goes_on_from_where_it_was_stopped()
    {
        RecDataset data = Support.Samples.Checkerboard(20, 16);
        using var folder = new TempFolder();
        using var log = new TrainingLog(folder["log.jsonl"]);
        Variant variant = FairVariants.Of(
            data, "LightGCN", FairForm.Whole, "bpr", SearchSpaces.Draw("LightGCN", "bpr", hasFeatures: true, 1)[0], epochs: 25);
        Made[] expected = [.. VariantTrainer.TrainWithPart(
            FairStage.Final, variant, 1, new SolvedPart(data), checkpoint: null, CancellationToken.None)];
        variant = variant with { Part = new SolvedPart(data) };
        var task = new TrainingTask(FairStage.Final, variant, 1);
        string checkpoint = log.CheckpointOf(FairStage.Final, variant, 1);
        TrainingReport stopped;
        using (OwnedModel owned = variant.Model!(1))
        {
            stopped = new Trainer(owned.Model, data, variant.Trainer with
            {
                Seed = 1,
                KeepFreedMemory = true,
                MaxEpochs = 12,
                Checkpoint = new() { Path = checkpoint },
            }).Fit();
        }

        IReadOnlyList<Made> made = task.Run(log, CancellationToken.None);
        made.Select(line => line.Variant).Should().Equal("LightGCN (bpr)", "LightGCN (bpr)" + VariantTrainer.WithPart);
        foreach (var (line, other) in made.Zip(expected))
            (line.Epochs, line.BestEpoch, line.Test[Made.Recall.ToString()], line.Valid[Made.Ndcg.ToString()]).Should().Be(
                (other.Epochs, other.BestEpoch, other.Test[Made.Recall.ToString()], other.Valid[Made.Ndcg.ToString()]));
        double[] seconds = [.. Enumerable.Range(1, 12)
            .Select(n => Math.Round(stopped.History.Take(n).Sum(e => e.TrainingTime.TotalSeconds), 3))];
        made[0].History.Take(12).Select(epoch => epoch.Training).Should().Equal(seconds, "these epochs aren't trained again");
        made[1].ItemToItemWeight.Should().NotBeNull();
        task.Find(log).Should().HaveCount(2);
        made[1].Part.Should().NotBeNull();
        log.Add(made[1] with { Part = "other options" });
        task.Find(log).Should().BeNull("the part is another one");
        log.Add(made[1] with { Part = null });
        task.Find(log).Should().HaveCount(2, "an older log doesn't say");
        log.Add(made[1] with { Part = null, PopularityWeight = null });
        task.Find(log).Should().BeNull("it is from before popularity was blended");
        Directory.GetFiles(Path.GetDirectoryName(checkpoint)!).Should().BeEmpty("what is in the log needs no checkpoint");

        File.WriteAllText(checkpoint, "something else");
        task.Run(log, CancellationToken.None)[0].Test.Should().BeEquivalentTo(expected[0].Test);
    }

    [Fact]
    public async Task What_is_not_trained_is_not_begun_once_cancelled_and_its_seconds_are_without_the_wait_for_another()
    {
        RecDataset data = Support.Samples.Checkerboard(20, 16);
        bool begun = false;
        long began = 0;
        Variant variant = FairBaselines.Of(data, "EASE", null) with
        {
            Baseline = token =>
            {
                (begun, began) = (true, Stopwatch.GetTimestamp());
                return Catalogue.CreateBaseline("EASE", data, token);
            },
        };
        FluentActions.Invoking(() => VariantTrainer.Try(FairStage.Search, variant, 0, null, new CancellationToken(true)))
            .Should().Throw<OperationCanceledException>();
        begun.Should().BeFalse();

        using var inside = new SemaphoreSlim(0);
        Task holder = Support.OwnThread.Run(() => Solving.Run(
            _ =>
            {
                inside.Release();
                Thread.Sleep(1000);
                return 0;
            }, CancellationToken.None));
        await inside.WaitAsync();
        double seconds = VariantTrainer.Try(FairStage.Search, variant, 0, null, CancellationToken.None).Seconds;
        seconds.Should().BeLessThan(Stopwatch.GetElapsedTime(began).TotalSeconds + 0.5, "it may take half a second before it waits");
        await holder;
    }

    private static FairDataset Small(TrainingLog log, int trials, string name = "checkerboard", params string[] redrawn)
    {
        var options = new FairOptions
        {
            Data = [],
            Log = "",
            Out = "",
            Seeds = [1, 2],
            Trials = trials,
            LargeTrials = trials,
            Redrawn = redrawn,
            Splits = 1,
            Epochs = 1,
            Jobs = 1,
            DryRun = false,
            ReportOnly = false,
            Hours = 1,
        };
        RecDataset data = Support.Samples.Checkerboard(6, 8, features: false);
        return new FairDataset(new RecDataset(name, data.Users, data.Items, new(data.Train, data.Validation, data.Test)), options, log);
    }

    private static Made Training(string study, string title, bool hasContent) => new(study, title, 2024, "0123456789abcdef", study)
    {
        Dataset = new("small", "small", "0123456789abcdef", 10, 2, 2) { Modalities = hasContent ? ["text"] : [] },
        Loss = "bpr",
        Title = title,
        Epochs = 1,
        Valid = Made.Metrics.ToDictionary(m => m.ToString(), _ => 0.1),
        Test = Made.Metrics.ToDictionary(m => m.ToString(), _ => 0.1),
        TestUsers = 2,
    };
}
