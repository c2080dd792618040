using DRepMRec.Serving;

namespace DRepMRec.Tests.Serving;

public sealed class IdTableTests
{
    [Fact]
    public void Finds_every_id_and_no_other()
    {
        string[] ids = [.. Enumerable.Range(0, 5000).Select(i => $"item-{i}"), "", "é", "日本", new string('x', 700)];
        IdTable table = IdTable.Of(ids);
        table.Verify("item");
        for (int i = 0; i < ids.Length; i++)
        {
            table.TryGetIndex(ids[i], out int index).Should().BeTrue();
            index.Should().Be(i);
            table[i].Should().Be(ids[i]);
        }

        foreach (string other in new[] { "item-5000", "Item-1", "e\u0301", "\ud800", new string('x', 701) })
            table.TryGetIndex(other, out _).Should().BeFalse();
        IdTable.Of([]).TryGetIndex("a", out _).Should().BeFalse();
    }

    [Fact]
    public void An_id_that_occurs_twice_is_refused()
        => FluentActions.Invoking(() => IdTable.Of(["a", "b", "a"])).Should().Throw<ArgumentException>().WithMessage("Each id must occur once; 'a' is number 0 and number 2.");

    [Fact]
    public void A_damaged_table_neither_hangs_nor_reads_elsewhere()
    {
        IdTable sound = IdTable.Of(["a", "b"]);
        var full = new IdTable(sound.Text, sound.Offsets, Block<int>.Copy([1, 1, 1, 1]));
        full.TryGetIndex("c", out _).Should().BeFalse();
        var wild = new IdTable(sound.Text, sound.Offsets, Block<int>.Copy([99, 99, 99, 99]));
        FluentActions.Invoking(() => wild.TryGetIndex("c", out _)).Should().Throw<ModelFileException>();
        var outside = new IdTable(sound.Text, Block<long>.Copy([0, 1, 1L << 40]), sound.Slots);
        FluentActions.Invoking(() => outside[1]).Should().Throw<ModelFileException>().WithMessage("The model is damaged: it refers to elements 1 to 1099511627776 of an array of 2.");
    }
}
