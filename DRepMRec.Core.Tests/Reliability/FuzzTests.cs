using DRepMRec.Data;
using DRepMRec.Tests.Data;

namespace DRepMRec.Tests.Reliability;

[Trait("Duration", "Long")]
public sealed class FuzzTests
{
    public static TheoryData<string> Targets => [.. FuzzTargets.All.Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Damaged_input_brings_about_documented_exceptions_and_nothing_else(string target)
    {
        FuzzTarget chosen = FuzzTargets.All.Single(t => t.Name == target);
        int inputs = Math.Max(30, 200 / chosen.Cost);
        new FuzzRun(chosen, seed: 1).Run(inputs).Refused.Should().BeInRange(inputs / 10, inputs);
    }

    [SkippableFact]
    public void So_do_damaged_pieces_of_real_files()
    {
        foreach (FuzzTarget target in FuzzTargets.Real())
            new FuzzRun(target, seed: 2).Run(100).Refused.Should().BeInRange(10, 100);
    }

    [Fact]
    public void Extreme_options_are_refused_or_train_or_diverge()
    {
        OptionRun run = new OptionRun(seed: 3).Run(100);
        run.Refused.Should().BePositive();
        run.Trained.Should().BeGreaterThan(30);
    }

    [Fact]
    public void Sizes_that_nobody_means_are_refused_quickly_and_in_few_words()
    {
        using var folder = new TempFolder();
        void Refused(string message, string file, string content, Func<string, RecDataset> load)
        {
            folder.With(file, content);
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            FluentActions.Invoking(() => load(folder[file])).Should()
                .Throw<DatasetFormatException>().Which.Message.Should().Match(message).And.Subject.Length.Should().BeLessThan(2000);
            (GC.GetAllocatedBytesForCurrentThread() - allocated).Should().BeLessThan(300_000 + (100L * content.Length));
        }

        string columns = string.Join(',', Enumerable.Range(0, 300_000));
        Refused("x.csv line 2: expected 300002 comma-separated columns (user, item, 0, 1, *…), found 1: '1'.\n*", "x.csv",
            $"user,item,{columns}\n1\n", f => RecDataset.LoadDelimited(f, new()));
        Refused("x.csv line 1: expected a column user in the header, found 'aaaa*…'.", "x.csv", new string('a', 5_000_000),
            f => RecDataset.LoadDelimited(f, new()));
        Refused("x.csv line 2: expected a closing quote, found the end of the file after '\"'. DelimitedOptions.Quotes = false takes "
            + "quotes as they are.", "x.csv",
            "user,item\n\"" + new string('\n', 2_000_000) + "x", f => RecDataset.LoadDelimited(f, new()));
        Refused("x.csv line 2: expected a closing quote, found the end of the file after '\"'. DelimitedOptions.Quotes = false takes "
            + "quotes as they are.*", "x.csv",
            "user,item\n\"" + new string('\n', 2_000_000), f => RecDataset.LoadDelimited(f, new()));
        Refused("train.json line 1: expected item ids in the list of user 'u', found a list.", "train.json",
            "{\"u\":" + new string('[', 200_000), _ => RecDataset.Load(folder.Path));
        Refused("train.json line 1: expected a list of items for user 'bbbb*…', found true or false.", "train.json",
            "{\"" + new string('b', 3_000_000) + "\":true}", _ => RecDataset.Load(folder.Path));
        Refused("train.json line 1: expected a whole number or a string as item id of user 'u', found -1111*….", "train.json",
            "{\"u\":[-" + new string('1', 3_000_000) + "]}", _ => RecDataset.Load(folder.Path));
    }

    [Fact]
    public void A_matrix_of_features_that_would_be_nearly_empty_is_refused_before_it_is_made()
    {
        using var folder = new TempFolder();
        folder.With("x.inter", "user_id:token\titem_id:token\n" + string.Concat(Enumerable.Range(0, 30_000).Select(i => $"u\t{i}\n")));
        folder.With("x.item", "item_id:token\timage:float_seq\n0\t" + string.Join(' ', Enumerable.Repeat("1", 30_000)) + "\n");
        FluentActions.Invoking(() => RecDataset.LoadRecBole(folder["x.inter"])).Should().Throw<DatasetFormatException>()
            .WithMessage("x.item: expected at least one of 1000 items to have the modality image, found 1 of 30000: the matrix of 30000 "
                + "x 30000 would be nearly empty. Leave the modality out, or the items that lack it.");
    }
}
