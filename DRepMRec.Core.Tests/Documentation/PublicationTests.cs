using DRepMRec.Tests.Data;
using RetrainOnSchedule;

namespace DRepMRec.Tests.Documentation;

/// <summary>Two files that belong together, wherever a publication of them ends.</summary>
public sealed class PublicationTests
{
    private static Action<string> Saves(string text) => path => File.WriteAllText(path, text);

    private static void Fails(string path) => throw new IOException($"{path} can't be written.");

    private static string[] Files(string model)
        => [.. new[] { model, model + ".measured", model + ".previous", model + ".measured.previous" }
            .Select(file => File.Exists(file) ? File.ReadAllText(file) : "none")];

    private static void NothingWaits(TempFolder folder)
        => Directory.GetFiles(folder.Path).Should().NotContain(file => file.EndsWith(".next", StringComparison.Ordinal));

    [Fact]
    public void The_pair_before_stays_beside_the_new_one()
    {
        using var folder = new TempFolder();
        var publication = new Publication(folder["model"]);
        publication.Publish(Saves("1"), Saves("1"));
        Files(folder["model"]).Should().Equal("1", "1", "none", "none");
        publication.Publish(Saves("2"), Saves("2"));
        Files(folder["model"]).Should().Equal("2", "2", "1", "1");
        NothingWaits(folder);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_ends_before_both_are_whole_leaves_the_old_pair(bool isFirst)
    {
        using var folder = new TempFolder();
        new Publication(folder["model"]).Publish(Saves("1"), Saves("1"));
        FluentActions.Invoking(() => new Publication(folder["model"]).Publish(isFirst ? Fails : Saves("2"), Fails))
            .Should().Throw<IOException>();
        new Publication(folder["model"]).Recover();
        Files(folder["model"]).Should().Equal("1", "1", "none", "none");
        NothingWaits(folder);
    }

    [Fact]
    public void What_ends_before_the_first_file_is_there_leaves_the_old_pair()
    {
        using var folder = new TempFolder();
        new Publication(folder["model"]).Publish(Saves("1"), Saves("1"));
        Saves("2")(folder["model.measured.next"]);
        Saves("2")(folder["model.next"]);
        Saves("1")(folder["model.previous.next"]);
        new Publication(folder["model"]).Recover();
        Files(folder["model"]).Should().Equal("1", "1", "none", "none");
        NothingWaits(folder);
    }

    [Fact]
    public void What_ends_between_the_two_files_brings_the_new_pair_also_when_the_next_one_is_published()
    {
        using var folder = new TempFolder();
        new Publication(folder["model"]).Publish(Saves("0"), Saves("0"));
        new Publication(folder["model"]).Publish(Saves("1"), Saves("1"));
        Saves("1")(folder["model.measured.previous.next"]);
        Saves("1")(folder["model.previous.next"]);
        Saves("2")(folder["model.measured"]);
        Saves("2")(folder["model.next"]);
        FluentActions.Invoking(() => new Publication(folder["model"]).Publish(Saves("3"), Fails)).Should().Throw<IOException>();
        new Publication(folder["model"]).Recover();
        Files(folder["model"]).Should().Equal("2", "2", "1", "1");
        NothingWaits(folder);
    }

    [Fact]
    public void What_ends_between_the_files_of_the_pair_before_brings_both()
    {
        using var folder = new TempFolder();
        new Publication(folder["model"]).Publish(Saves("0"), Saves("0"));
        new Publication(folder["model"]).Publish(Saves("1"), Saves("1"));
        foreach (string file in new[] { "model", "model.measured", "model.previous.next", "model.measured.previous" })
            Saves(file.Contains("previous", StringComparison.Ordinal) ? "1" : "2")(folder[file]);
        new Publication(folder["model"]).Recover();
        Files(folder["model"]).Should().Equal("2", "2", "1", "1");
        NothingWaits(folder);
    }
}
