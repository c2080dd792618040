using System.Globalization;
using DRepMRec.Data;
using DRepMRec.Training;
using Microsoft.Data.Sqlite;
using Parquet;
using Parquet.Schema;

namespace DRepMRec.Tests.Data;

public sealed class InteractionTableTests
{
    private static readonly DelimitedOptions Layout = new() { User = "who", Item = "what", Timestamp = "at", Weight = "n", Label = "set" };

    private static InteractionTable Load(string text, DelimitedOptions? layout = null, DatasetOptions? options = null)
    {
        using TempFolder folder = new TempFolder().With("log.csv", text);
        return InteractionTable.LoadDelimited(folder["log.csv"], layout ?? Layout, options);
    }

    [Fact]
    public void Has_each_row_in_the_order_of_the_file()
    {
        InteractionTable table = Load(
            "what,at,who,n,set,note\nx,2024-01-31T18:30:00Z,ann,2,1,a\n\"y, z\",2023-01-01T00:00:00.25Z,bob,1,,b\n"
            + "x,2024-01-31T18:30:00Z,ann,2,1,c\nx,,ann,0.5,2,d\n");

        var ann = new Interaction("ann", "x", Timestamp: 1_706_725_800, Label: 1, Weight: 2);
        table.Should().Equal(
            ann, new Interaction("bob", "y, z", Timestamp: 1_672_531_200.25, Weight: 1), ann,
            new Interaction("ann", "x", Label: 2, Weight: 0.5));
        table.Count.Should().Be(4);
        Load("who,what\nann,x\n", new() { User = "who", Item = "what" })[0].Weight.Should().BeNull();
        table[1].User.Should().Be("bob");
        table.Report.Should().BeEquivalentTo(new LoadReport { RowsRead = 4, Interactions = 4, Timestamps = TimestampFormat.Iso8601 });
        table.Notes.Should().ContainSingle().Which.Should().Contain("note");
        table.ToString().Should().Be("4 rows read, 4 interactions");
        FluentActions.Invoking(() => table[4]).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => table[-1]).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Theory]
    [InlineData("-3.5", -3.5)]
    [InlineData("0", 0)]
    [InlineData("1700000000", 1_700_000_000)]
    [InlineData("1700000000500", 1_700_000_000.5)]
    [InlineData("1700000000000000000", 1_700_000_000)]
    [InlineData("1969-12-31T23:59:59Z", -1)]
    public void Times_are_seconds_or_numbers_without_a_unit(string cell, double time)
        => Load($"who,what,at,n,set\nann,x,{cell},1,\n")[0].Timestamp.Should().Be(time);

    [Fact]
    public void No_row_is_an_empty_table()
    {
        Load("who,what,at,n,set\n").Should().BeEmpty();
        Load("", new() { HasHeader = false, User = 0, Item = 1 }).Should().BeEmpty();
        using TempFolder folder = new TempFolder().With("log.jsonl", "");
        InteractionTable.LoadJsonLines(folder["log.jsonl"], new()).Should().BeEmpty();
        FluentActions.Invoking(() => Load("")).Should().Throw<DatasetFormatException>().WithMessage("*a header line*");
        FluentActions.Invoking(() => RecDataset.LoadJsonLines(folder["log.jsonl"], new())).Should().Throw<DatasetFormatException>();
    }

    [Fact]
    public void Mistakes_are_refused_or_skipped_and_said()
    {
        const string Text = "who,what,at,n,set\nann,x,1,1,0\nann,y,soon,1,0\n,y,2,1,0\nann,y,3,-1,0\nann,y,4,1,7\n";
        FluentActions.Invoking(() => Load(Text)).Should().Throw<DatasetFormatException>().WithMessage("*line 3*soon*");
        InteractionTable table = Load(Text, options: new() { BadRows = BadRowHandling.Skip });
        table.Select(row => row.Item).Should().Equal("x");
        table.Report.RowsWithMistakes.Should().Be(4);
        table.ToString().Should().Contain("another InteractionLayout.Label, or DatasetOptions.BadRows = Skip").And.NotContain("Split");
    }

    [Fact]
    public void Options_choose_rows_and_those_of_a_dataset_are_refused()
    {
        const string Text = "who,what,stars\nann,x,5\nann,y,2\nann,z,5\n";
        var layout = new DelimitedOptions { User = "who", Item = "what", Rating = "stars" };
        Load(Text, layout, new() { MinimumRating = 3, Catalogue = ["x", "y"] }).Select(row => row.Item).Should().Equal("x");
        Load(Text, layout).Notes.Should().Contain("ratings not read: only MinimumRating reads them");
        FluentActions.Invoking(() => Load(Text, layout, new() { MaxRows = 2 })).Should().Throw<DatasetFormatException>();
        foreach (DatasetOptions options in new DatasetOptions[]
        {
            new() { Name = "a" }, new() { Split = SplitStrategy.None }, new() { Duplicates = DuplicateHandling.Sum },
        })
        {
            FluentActions.Invoking(() => Load(Text, layout, options)).Should().Throw<ArgumentException>()
                .WithMessage("Expected no DatasetOptions.*: a table keeps each row*").And.ParamName.Should().Be("options");
        }
    }

    [Fact]
    public async Task All_sources_give_the_same_rows()
    {
        var layout = new InteractionLayout { User = "who", Item = "what", Timestamp = "at", Weight = "n" };
        DateTime[] at = [.. Enumerable.Range(0, 5).Select(n => new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(7 * n))];
        Interaction[] rows = [.. at.Select((time, n) => new Interaction(
            $"u{n % 2}", "x", Timestamp: new DateTimeOffset(time).ToUnixTimeSeconds(), Weight: n + 1))];
        string Each(Func<int, string> row) => string.Concat(Enumerable.Range(0, rows.Length).Select(row));
        string Date(int n) => at[n].ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        using TempFolder folder = new TempFolder()
            .With("log.csv", "who,what,at,n\n" + Each(n => $"u{n % 2},x,{Date(n)},{n + 1}\n"))
            .With("log.jsonl", Each(n => $"{{\"who\":\"u{n % 2}\",\"what\":\"x\",\"at\":\"{Date(n)}\",\"n\":{n + 1}}}\n"));
        var (who, what) = (new DataField<string>("who", nullable: false), new DataField<string>("what", nullable: false));
        var when = new DateTimeDataField("at", DateTimeFormat.Timestamp, isAdjustedToUTC: true, isNullable: false);
        var count = new DataField("n", typeof(int), isNullable: false);
        await using (FileStream stream = File.Create(folder["log.parquet"]))
        {
            await using ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(who, what, when, count), stream);
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            await group.WriteAsync(who, rows.Select(r => r.User).ToArray());
            await group.WriteAsync(what, rows.Select(r => r.Item).ToArray());
            await group.WriteAsync<DateTime>(when, at);
            await group.WriteAsync<int>(count, Enumerable.Range(1, rows.Length).ToArray());
        }

        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "CREATE TABLE log (who, what, at, n);"
            + Each(n => $"INSERT INTO log VALUES ('u{n % 2}', 'x', '{Date(n)}', {n + 1});") + "SELECT * FROM log";
        using SqliteDataReader reader = command.ExecuteReader();

        InteractionTable.LoadDelimited(
            folder["log.csv"], new() { User = "who", Item = "what", Timestamp = "at", Weight = "n" }).Should().Equal(rows);
        InteractionTable.LoadJsonLines(folder["log.jsonl"], layout).Should().Equal(rows);
        InteractionTable.LoadParquet(folder["log.parquet"], layout).Should().Equal(rows);
        InteractionTable.FromDatabase(reader, layout).Should().Equal(rows);
        FluentActions.Invoking(() => InteractionTable.LoadJsonLines(folder["log.jsonl"], new DelimitedOptions()))
            .Should().Throw<ArgumentException>();
    }

    [Fact]
    public void A_table_is_a_dataset_of_the_same_interactions()
    {
        const string Text = "who,what,at,n,set\nann,x,1,2,0\nbob,x,2,1,0\nann,x,3,3,0\nbob,y,4,1,0\n";
        using TempFolder folder = new TempFolder().With("log.csv", Text);
        var options = new DatasetOptions { Split = SplitStrategy.None, Duplicates = DuplicateHandling.Sum };
        RecDataset.FromInteractions("log", Load(Text), options: options).SplitChecksum
            .Should().Be(RecDataset.LoadDelimited(folder["log.csv"], Layout, options: options).SplitChecksum);
        FluentActions.Invoking(() => new TimeTravel(Load(Text))).Should().NotThrow();
    }
}
