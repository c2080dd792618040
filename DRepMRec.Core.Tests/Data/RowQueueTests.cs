using System.Text;
using DRepMRec.Data;

namespace DRepMRec.Tests.Data;

/// <summary>Rows are added by another thread than the one that parses; nothing tells.</summary>
public sealed class RowQueueTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(997)]
    [InlineData(3)]
    public void The_same_rows_for_any_number_of_threads(int mistakeEvery)
    {
        var text = new StringBuilder("user,item,n\n");
        for (int n = 0; n < 20_000; n++)
        {
            text.Append(mistakeEvery > 0 && n % mistakeEvery == 1
                ? (n % 4) switch { 0 => $"u{n % 700},,1\n", 1 => $"u{n},i{n},none\n", 2 => $"u{n},i1\n", _ => $",i{n},1\n" }
                : $"u{n * 7919 % 700},i{n * 31 % 300},{1 + (n % 3)}\n");
        }

        using TempFolder folder = new TempFolder().With("x.csv", text.ToString());
        RecDataset Load(int threads)
        {
            using (Parallelism.Use(threads))
            {
                return RecDataset.LoadDelimited(folder["x.csv"], new() { Weight = "n" },
                    options: new() { BadRows = BadRowHandling.Skip, Split = SplitStrategy.None });
            }
        }

        RecDataset one = Load(1), two = Load(2);
        two.SplitChecksum.Should().Be(one.SplitChecksum);
        two.Report.Should().BeEquivalentTo(one.Report, o => o.WithStrictOrdering());
        two.Report!.ToString().Should().Be(one.Report!.ToString());
    }

    [Fact]
    public void An_error_of_the_parsing_ends_both()
    {
        string text = "user,item\n" + string.Concat(Enumerable.Range(0, 10_000).Select(n => $"u{n},i{n % 9}\n"));
        using TempFolder folder = new TempFolder().With("x.csv", [.. Encoding.UTF8.GetBytes(text), 0xFF]);
        using (Parallelism.Use(2))
        {
            Views.FormatError(() => RecDataset.LoadDelimited(folder["x.csv"], new())).Should()
                .StartWith("x.csv line 10002: expected UTF-8 text, found the byte FF as number 1 of the line.");
        }
    }
}
