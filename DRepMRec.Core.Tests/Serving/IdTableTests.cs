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
        => FluentActions.Invoking(() => IdTable.Of(["a", "b", "a"])).Should().Throw<ArgumentException>()
            .WithMessage("Each id must occur once; 'a' is number 0 and number 2.");

    [Fact]
    public void A_damaged_table_neither_hangs_nor_reads_elsewhere()
    {
        IdTable sound = IdTable.Of(["a", "b"]);
        var full = new IdTable(sound.Text, sound.Offsets, Block<int>.Copy([1, 1, 1, 1]));
        full.TryGetIndex("c", out _).Should().BeFalse();
        FluentActions.Invoking(() => full.Verify("item")).Should().Throw<FormatException>();
        var wild = new IdTable(sound.Text, sound.Offsets, Block<int>.Copy([99, 99, 99, 99]));
        FluentActions.Invoking(() => wild.TryGetIndex("c", out _)).Should().Throw<ModelFileException>();
        var outside = new IdTable(sound.Text, Block<long>.Copy([0, 1, 1L << 40]), sound.Slots);
        FluentActions.Invoking(() => outside[1]).Should().Throw<ModelFileException>()
            .WithMessage("The model is damaged: it refers to elements 1 to 1099511627776 of an array of 2.");
    }

    [Fact]
    public void A_table_without_a_free_slot_is_refused_before_an_id_is_looked_for()
    {
        IdTable sound = Many(1000);
        int[] slots = sound.Slots.Slice(0, sound.Slots.Length).ToArray();
        for (int slot = 0; slot < slots.Length; slot++)
            slots[slot] = Math.Max(1, slots[slot]);
        FluentActions.Invoking(() => new IdTable(sound.Text, sound.Offsets, Block<int>.Copy(slots)).Verify("item"))
            .Should().Throw<FormatException>()
            .WithMessage("expected 1000 slots of the table of item ids to be used, as many as there are ids; 2048 of 2048 are");
        slots.AsSpan().Clear();
        slots[0] = 1001;
        FluentActions.Invoking(() => new IdTable(sound.Text, sound.Offsets, Block<int>.Copy(slots)).Verify("item"))
            .Should().Throw<FormatException>()
            .WithMessage("the table of item ids refers to id number 1000 of 1000");
    }

    [Fact]
    public void A_table_in_which_all_ids_stand_in_one_run_costs_no_more_than_others()
    {
        // Half full, so that every id is found in the end by whoever looks long enough: 20,000 ids in one run are 100 million probes.
        IdTable sound = Many(20_000);
        int[] slots = new int[sound.Slots.Length];
        for (int index = 0; index < 20_000; index++)
            slots[index] = index + 1;
        var run = new IdTable(sound.Text, sound.Offsets, Block<int>.Copy(slots));
        FluentActions.Invoking(() => run.Verify("item")).Should().Throw<FormatException>().WithMessage("the item id number *");
        IdTable.MaxProbes(20_000).Should().BeLessThan(20 * 20_000, "probes are counted, and are in proportion to the ids");
    }

    [Fact]
    public void A_built_table_takes_a_fifth_of_the_probes_that_are_allowed_at_most()
    {
        foreach (int count in new[] { 1, 100, 40_000 })
            Many(count).Verify("item").Should().BeInRange(count, (IdTable.MaxProbes(count) / 5) + 1, "each id takes one at least");
    }

    [Fact]
    public void Ids_that_are_made_to_collide_are_refused_when_a_table_is_built()
    {
        string[] chosen = [.. Enumerable.Range(0, int.MaxValue).Select(n => $"n{n}").Where(id => (Hash(id) & 255) == 77).Take(128)];
        FluentActions.Invoking(() => IdTable.Of(chosen)).Should().Throw<ArgumentException>()
            .WithMessage($"The ids collide in their table: number 111, '{chosen[111]}', finds no place near its own.");
        IdTable.Of(chosen[..64]).Verify("item").Should().Be(64 * 65 / 2, "each is found behind all before it");
        int[] slots = new int[256];
        for (int n = 0; n < 128; n++)
            slots[77 + n] = n + 1;
        var made = new IdTable(Block<byte>.Copy(System.Text.Encoding.ASCII.GetBytes(string.Concat(chosen))),
            Block<long>.Copy([0, .. Enumerable.Range(1, 128).Select(n => (long)chosen.Take(n).Sum(id => id.Length))]),
            Block<int>.Copy(slots));
        FluentActions.Invoking(() => made.Verify("item")).Should().Throw<FormatException>().WithMessage(
            "the ids of items collide in their table: more than 6144 slots were looked at to find 111 of 128 ids");

        static ulong Hash(string id)
        {
            ulong hash = 14695981039346656037;
            foreach (char c in id)
                hash = (hash ^ c) * 1099511628211;
            hash = (hash ^ (hash >> 32)) * 0x9E3779B97F4A7C15;
            return hash ^ (hash >> 29);
        }
    }

    [Fact]
    public void Later_ids_stand_behind_those_of_the_table_and_go_into_one_table_with_them()
    {
        IdTable file = IdTable.Of(["a", "é"]), more = file.With(["c", "d"]), all = more.With(["e"]);
        file.With([]).Should().BeSameAs(file);
        file.Flatten().Should().BeSameAs(file);
        (file.Count, more.Count, all.Count).Should().Be((2, 4, 5));
        foreach (IdTable table in new[] { all, all.Flatten() })
        {
            Enumerable.Range(0, 5).Select(n => table[n]).Should().Equal("a", "é", "c", "d", "e");
            Enumerable.Range(0, 5).Select(n => System.Text.Encoding.UTF8.GetString(table.Bytes(n))).Should().Equal("a", "é", "c", "d", "e");
            foreach (int n in Enumerable.Range(0, 5))
                (table.TryGetIndex(table[n], out int index) ? index : -1).Should().Be(n);
            table.TryGetIndex("f", out _).Should().BeFalse();
            FluentActions.Invoking(() => table[5]).Should().Throw<ModelFileException>();
        }

        file.TryGetIndex("c", out _).Should().BeFalse();
        all.Flatten().Verify("item").Should().BePositive();
    }

    [Fact]
    public void An_id_is_found_in_the_last_slot_that_is_looked_at()
    {
        IdTable sound = IdTable.Of(["a", "b"]);
        int[] slots = sound.Slots.Slice(0, 4).ToArray();
        int last = (Array.IndexOf(slots, 2) + 3) % 4;
        var full = new IdTable(sound.Text, sound.Offsets, Block<int>.Copy([.. slots.Select((_, slot) => slot == last ? 2 : 1)]));
        (full.TryGetIndex("b", out int index) ? index : -1).Should().Be(1);
    }

    [Fact]
    public void Text_that_is_not_unicode_is_neither_found_nor_shown()
    {
        IdTable.Of(["\ufffd"]).TryGetIndex("\ud800", out _).Should().BeFalse("half of a pair is no other text");
        IdTable sound = IdTable.Of(["ab", "c"]);
        var damaged = new IdTable(Block<byte>.Copy([0xC3, 0x28, 0x63]), sound.Offsets, sound.Slots);
        FluentActions.Invoking(() => damaged[0]).Should().Throw<ModelFileException>()
            .WithMessage("The model is damaged: id number 0 isn't UTF-8 text.");
        FluentActions.Invoking(() => damaged.Verify("user")).Should().Throw<FormatException>()
            .WithMessage("the user id number 0 isn't UTF-8 text");
        damaged[1].Should().Be("c");
    }

    [Fact]
    public void Slots_are_a_power_of_two_at_most_half_full()
    {
        (int Ids, int Slots)[] counts = [(0, 2), (1, 2), (2, 4), (3, 8), (4, 8), (5, 16), (1 << 29, 1 << 30)];
        counts.Select(c => (c.Ids, IdTable.SlotCount(c.Ids))).Should().Equal(counts);
        IdTable.SlotCount(int.MaxValue).Should().Be(1 << 30, "more than half full, as an array has no more");
        IdTable sound = IdTable.Of(["a", "b", "c"]);
        FluentActions.Invoking(() => new IdTable(sound.Text, sound.Offsets, Block<int>.Copy([1, 2, 3, 0])).Verify("item"))
            .Should().Throw<FormatException>().WithMessage("expected 8 slots in the table of 3 item ids, there are 4");
    }

    [Fact]
    public void Ids_that_are_not_unicode_are_refused_by_number()
        => FluentActions.Invoking(() => IdTable.Of(["a", "b\ud800"])).Should().Throw<ArgumentException>()
            .WithMessage("Expected ids of Unicode text; number 1, 'b\\ud800', has half of a surrogate pair.");

    private static IdTable Many(int count) => IdTable.Of(Enumerable.Range(0, count).Select(i => $"item {i}"));
}
