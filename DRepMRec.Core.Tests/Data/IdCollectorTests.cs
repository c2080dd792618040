using DRepMRec.Data;

namespace DRepMRec.Tests.Data;

public sealed class IdCollectorTests
{
    private static readonly string[] Alphabet = ["a", "b", "A", "0", "9", "\0", "~", "\u00FE", "\u00FF", "\u0100", "\u3042", "\U0001F600"];

    [Fact]
    public void Ids_are_numbered_by_first_appearance_whatever_they_look_like()
    {
        var random = new Random(3);
        string[] drawn = [.. Enumerable.Range(0, 3500).Select(n => Draw(random, n < 3000 ? 4 : 40))];
        var ids = new IdCollector();
        var expected = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string id in drawn)
        {
            ids.TryGet(id, out int before).Should().Be(expected.ContainsKey(id));
            before.Should().Be(expected.GetValueOrDefault(id, -1));
            expected.TryAdd(id, expected.Count);
            ids.Expect(IdCollector.Hash(id));
            ids.Add(id, IdCollector.Hash(id)).Should().Be(expected[id]);
        }

        ids.Count.Should().Be(expected.Count).And.BeGreaterThan(1000);
        expected.Should().OnlyContain(pair => ids[pair.Value] == pair.Key);
    }

    [Fact]
    public void Ids_of_one_hash_are_told_apart()
    {
        var ids = new IdCollector();
        string[] alike = ["a", "a\0", "b", "fifteen letters", "sixteen letters!", "sixteen letters?", "\u3042"];
        alike.Select(id => ids.Add(id, hash: 7)).Should().Equal(Enumerable.Range(0, alike.Length));
        alike.Select(id => ids.Add(id, hash: 7)).Should().Equal(Enumerable.Range(0, alike.Length));
        ids.TryGet("c", 7, out int number).Should().BeFalse();
        number.Should().Be(-1);
    }

    [Fact]
    public void Ids_that_no_row_has_are_forgotten_unless_they_were_declared()
    {
        var ids = new IdCollector();
        string[] all = [.. Enumerable.Range(0, 100).Select(n => $"id {n}")];
        foreach (string id in all)
            _ = id.EndsWith('3') ? ids.Declare(id) : ids.Add(id, IdCollector.Hash(id));
        bool[] isNamed = [.. all.Select((_, n) => n % 2 == 0)];
        string[] left = [.. all.Where((id, n) => n % 2 == 0 || id.EndsWith('3'))];
        ids.Forget(isNamed).Should().Equal(all.Select(id => Array.IndexOf(left, id)));
        ids.Count.Should().Be(left.Length);
        left.Select((_, n) => ids[n]).Should().Equal(left);
        all.Where(id => ids.TryGet(id, out _)).Should().Equal(left);
        ids.Forget(new bool[left.Length]);
        ids.Count.Should().Be(10, "what was declared once stays so");
    }

    [Theory]
    [InlineData("")]
    [InlineData("customer-00")]
    public void Texts_are_ordered_by_their_characters(string prefix)
    {
        var random = new Random(5);
        string[] ids = [.. Enumerable.Range(0, 2000).Select(_ => prefix + Draw(random, 12)).Distinct()];
        IdOrder.Of(ids).Select(n => ids[n]).Should().Equal(ids.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Whole_numbers_are_ordered_by_their_value()
    {
        string[] ids = ["10", "9", "0", "123456789012345678901", "123456789012345678900", "999999999999999999", "2"];
        IdOrder.Of(ids).Select(n => ids[n]).Should().Equal(
            "0", "2", "9", "10", "999999999999999999", "123456789012345678900", "123456789012345678901");
        IdOrder.Of([.. ids, "a"]).Select(n => n == 7 ? "a" : ids[n]).Take(4).Should().Equal("0", "10", "123456789012345678900",
            "123456789012345678901");
        IdOrder.Of([]).Should().BeEmpty();
    }

    private static string Draw(Random random, int most)
        => string.Concat(Enumerable.Range(0, random.Next(1, most)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
}
