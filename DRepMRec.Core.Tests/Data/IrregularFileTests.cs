using System.Text;
using System.Text.Json;
using DRepMRec.Data;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Data;

/// <summary>Ten files as shops have them, and what is said of each; docs/your-own-data.md shows them.</summary>
public sealed class IrregularFileTests
{
    private static readonly DelimitedOptions Shop = new() { User = "customer", Item = "product", Timestamp = "bought_at" };
    private static readonly DatasetOptions Skip = new() { BadRows = BadRowHandling.Skip, Split = SplitStrategy.None };

    public static TheoryData<string> Names => [.. Cases.Keys];

    private static readonly Dictionary<string, (string Text, Func<string, RecDataset> Load)> Cases = new()
    {
        ["guests.csv"] = (
            "customer,product,bought_at\nann,lamp,2024-01-31\n,chair,2024-02-01\nbob,,2024-02-02\n,lamp,2024-02-03\neve,lamp,2024-02-04\n",
            file => RecDataset.LoadDelimited(file, Shop)),
        ["repeats.csv"] = (
            "customer,product,bought_at\nann,tea,2024-01-31\nann,tea,2024-03-01\nann,tea,2024-03-02\nbob,tea,2024-03-03\n",
            file => RecDataset.LoadDelimited(file, Shop, options: new() { Split = SplitStrategy.None })),
        ["dates.csv"] = (
            "customer,product,bought_at\nann,lamp,2024-01-31T18:30:00Z\nbob,lamp,31.01.2024\neve,lamp,n/a\nfay,lamp,1706725800\n",
            file => RecDataset.LoadDelimited(file, Shop)),
        ["zones.csv"] = (
            "customer,product,bought_at\nann,lamp,2024-01-31T18:30:00+01:00\nbob,lamp,2024-01-31 18:30:00\n",
            file => RecDataset.LoadDelimited(file, Shop)),
        ["units.csv"] = (
            "customer,product,bought_at\nann,lamp,1706725800\nbob,lamp,1706725800123\neve,lamp,0\n",
            file => RecDataset.LoadDelimited(file, Shop)),
        ["events.csv"] = (
            "customer,product,action\nann,lamp,view\nann,lamp,purchase\nbob,lamp,wishlist\nbob,chair,View\n",
            file => RecDataset.LoadDelimited(file, new()
            {
                User = "customer",
                Item = "product",
                Event = "action",
                EventWeights = new Dictionary<string, double> { ["view"] = 1, ["purchase"] = 5 },
            })),
        ["returns.csv"] = (
            "customer,product,quantity\nann,lamp,2\nann,lamp,-1\nbob,lamp,0\neve,lamp,\n",
            file => RecDataset.LoadDelimited(file, new() { User = "customer", Item = "product", Weight = "quantity" }, options: Skip)),
        ["joined.csv"] = (
            "customer,product,bought_at\nann,lamp,2024-01-31\ncustomer,product,bought_at\nbob,lamp,2024-01-31\nbob,lamp, blue,2024-02-01\n"
                + "eve,\"lamp\" blue,2024-02-02\n",
            file => RecDataset.LoadDelimited(file, Shop, options: Skip)),
        ["old-products.csv"] = (
            "customer,product,bought_at\nann,lamp,2024-01-31\nann,radio,2019-01-31\nbob,radio,2019-02-28\nbob,gift-card,2024-02-01\n",
            file => RecDataset.LoadDelimited(file, Shop, options: new() { Catalogue = ["lamp", "chair"], Split = SplitStrategy.None })),
        ["latin1.csv"] = (
            "customer,product,bought_at\nJosé,lamp,2024-01-31\n",
            file => RecDataset.LoadDelimited(file, Shop)),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_brings_the_report_that_the_documentation_shows(string name)
    {
        var (text, load) = Cases[name];
        using TempFolder folder = new TempFolder().With(name, (name == "latin1.csv" ? Encoding.Latin1 : Encoding.UTF8).GetBytes(text));
        string report;
        try
        {
            report = load(folder[name]).Report!.ToString();
        }
        catch (DatasetFormatException exception)
        {
            report = exception.Message;
            exception.File.Should().Be(name);
        }

        string document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "your-own-data.md")).ReplaceLineEndings("\n");
        document.Should().Contain($"```\n{text}```\n").And.Contain($"```text\n{report}\n```\n");
    }

    [Fact]
    public void A_catalogue_brings_the_report_that_the_documentation_shows()
    {
        const string Text = "sku,title,price,since\nlamp,Red lamp,\"19,90\",2023-01-15\nlamp,Red lamp again,19.9,2023-01-15\n"
            + ",Nobody's chair,45,2023-02-15\nrug,Rug,on request,soon\n";
        using TempFolder folder = new TempFolder().With("catalogue.csv", Text);
        var layout = new DelimitedItemOptions { Item = "sku", Title = "title", Numbers = ["price"], Dates = ["since"] };
        string report = Views.FormatError(() => ItemTable.LoadDelimited(folder["catalogue.csv"], layout));
        string document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "your-own-data.md")).ReplaceLineEndings("\n");
        document.Should().Contain($"```\n{Text}```\n").And.Contain($"```text\n{report}\n```\n");
    }

    [Fact]
    public void One_pass_finds_all_kinds_of_mistakes_and_few_places_of_each()
    {
        var text = new StringBuilder("user,item,at,n\n");
        for (int n = 0; n < 1000; n++)
            text.Append($"u{n},,1,1\nu{n},i,soon,1\nu{n},i,1\nu{n},i,1,none\n,i,1,1\nu{n},i,1,1\n");
        using TempFolder folder = new TempFolder().With("x.csv", text.ToString());
        var layout = new DelimitedOptions { Timestamp = "at", Weight = "n" };
        LoadReport report = FluentActions.Invoking(() => RecDataset.LoadDelimited(folder["x.csv"], layout)).Should()
            .Throw<DatasetFormatException>().Which.Report!;
        report.RowsRead.Should().Be(6000);
        report.RowsWithMistakes.Should().Be(5000);
        report.Mistakes.Select(m => (m.Kind, m.Count, m.First.Count)).Should().Equal(
            (RowMistakeKind.Item, 1000, 3), (RowMistakeKind.Timestamp, 1000, 3), (RowMistakeKind.Columns, 1000, 3),
            (RowMistakeKind.Weight, 1000, 3), (RowMistakeKind.User, 1000, 3));
        report.Mistakes[1].First.Select(p => (p.File, p.Line)).Should().Equal(("x.csv", 3), ("x.csv", 9), ("x.csv", 15));

        RecDataset data = RecDataset.LoadDelimited(folder["x.csv"], layout, options: Skip);
        data.Train.Count.Should().Be(1000);
        data.Report!.Mistakes.Should().BeEquivalentTo(report.Mistakes);
        data.Summarize().Notes.Should().Contain("1,000 rows skipped: no weight from 1E-20 to 1E+20");
    }

    [Fact]
    public void A_report_serialises()
    {
        using TempFolder folder = new TempFolder().With("x.csv", "user,item\nu,a\n,a\nu,b\nu,b\n");
        LoadReport report = RecDataset.LoadDelimited(folder["x.csv"], new(), options: Skip with { Catalogue = ["a", "b"] }).Report!;
        string json = JsonSerializer.Serialize(report);
        json.Should().Contain("\"Kind\":\"User\"").And.Contain("\"RowsMerged\":1");
        JsonSerializer.Deserialize<LoadReport>(json).Should().BeEquivalentTo(report);
    }

    [Fact]
    public void Nothing_but_mistakes_is_refused_even_if_they_are_skipped()
    {
        using TempFolder folder = new TempFolder().With("x.csv", "user,item\n,a\n");
        Views.FormatError(() => RecDataset.LoadDelimited(folder["x.csv"], new(), options: Skip)).Should()
            .Be("x.csv: expected at least one interaction, found none; 1 row skipped: no user id.");
    }

    [Fact]
    public void Published_layouts_skip_too()
    {
        using TempFolder folder = new TempFolder().With("x.inter", "userID\titemID\tx_label\n0\t0\t0\n0\t\t0\n0\t1\t7\n0\t0\t0\n1\t1\t0\n")
            .With("i_id_mapping.csv", "asin\titemID\na\t0\nb\t1\n");
        RecDataset data = RecDataset.Load(folder.Path, options: new() { BadRows = BadRowHandling.Skip });
        data.Pairs().Train.Should().Equal("0-a", "1-b");
        data.Report!.Mistakes.Select(m => m.Kind).Should().Equal(RowMistakeKind.Item, RowMistakeKind.Label, RowMistakeKind.Repeated);
    }

    [Fact]
    public void A_label_that_cannot_be_read_is_accepted_by_no_split()
    {
        using TempFolder folder = new TempFolder().With("x.csv", "user,item,set\nu,a,train\nu,b,0\n");
        RowMistake mistake = RecDataset.LoadDelimited(folder["x.csv"], new() { Label = "set" }, options: Skip).Report!.Mistakes.Single();
        (mistake.Kind, mistake.AcceptedBy).Should()
            .Be((RowMistakeKind.UnreadableLabel, "another InteractionLayout.Label, or DatasetOptions.BadRows = Skip"));
        using TempFolder other = new TempFolder().With("y.inter", "userID\titemID\tx_label\n0\t0\ttrain\n0\t1\t0\n");
        RecDataset.Load(other.Path, options: Skip).Report!.Mistakes.Single().AcceptedBy.Should().Be("DatasetOptions.BadRows = Skip");
    }
}
