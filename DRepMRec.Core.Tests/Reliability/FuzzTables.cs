using System.Text;
using System.Text.Json;
using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Tests.Reliability;

/// <summary>
/// Readers with files that are written at random rather than damaged: headers whose cells are spelled in every way, left out, doubled and
/// in any order, and rows with ids of every kind. Most are well formed, so that what lies behind the header is reached.
/// </summary>
internal static class FuzzTables
{
    private static readonly string[] Ids =
    [
        "0", "1", "2", "12", "07", "1.0", "1212092628029698048", "18446744073709551616", "123456789012345678901234567890", "-1", "1e3",
            "B1", "b1", " B1", "B1 ",
        "\U0001F600", "e\u0301", "\u202Eabc", "\uFEFF", "a\u001b[31m", "null\0", "'", "\\", "x_label", "NaN", "", " ",
    ];

    private static readonly string[] Numbers = ["0", "1", "2", "0.0", "1.0", "2.0", "3", "-1", "", " ", "x", "1e400", "NaN", "5\0", "0x1"];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("headers and ids of MMRec", [("x.inter", Utf8("userID\titemID\tx_label\n0\t0\t0\n0\t1\t1\n0\t2\t2\n"))],
            folder => Summarize(RecDataset.Load(folder.Path)), typeof(DatasetFormatException))
        {
            Generator = (0, random =>
                Encoding.UTF8.GetBytes(Table(random, '\t', ["userID", "itemID", "rating", "timestamp", "x_label"], isTyped: false))),
        },
        new("headers and ids of RecBole",
            [
                ("x.inter", Utf8("user_id:token\titem_id:token\tx_label:float\n0\t0\t0\n0\tB1\t1\n0\t2\t2\n")),
                ("x.item", Utf8("item_id:token\timage:float_seq\n0\t3 4\nB1\t1 2\n")),
            ],
            folder => Summarize(RecDataset.LoadRecBole(folder["x.inter"])), typeof(DatasetFormatException))
        {
            Generator = (0, random =>
                Encoding.UTF8.GetBytes(Table(random, '\t', ["user_id", "item_id", "rating", "timestamp", "x_label"], isTyped: true))),
        },
        new("ids of items of RecBole",
            [
                ("x.inter", Utf8("user_id:token\titem_id:token\tx_label:float\n0\t0\t0\n0\tB1\t1\n0\t2\t2\n")),
                ("x.item", Utf8("item_id:token\timage:float_seq\n0\t3 4\nB1\t1 2\n")),
            ],
            folder => Summarize(RecDataset.LoadRecBole(folder["x.inter"])), typeof(DatasetFormatException))
        {
            Generator = (1, random => Encoding.UTF8.GetBytes(Table(random, '\t', ["item_id", "image", "text"], isTyped: true))),
        },
        new("headers and ids of delimited files", [("x.csv", Utf8("user,item,rating,x_label\na,b,5,0\n"))],
            folder => Summarize(RecDataset.LoadDelimited(folder["x.csv"], new() { Rating = "rating", Label = "x_label" })),
                typeof(DatasetFormatException))
        {
            Generator = (0, random =>
                Encoding.UTF8.GetBytes(Table(random, ',', ["user",  "item", "rating", "timestamp", "x_label"], isTyped: false))),
        },
        new("ids of mapping files",
            [("x.inter", Utf8("userID\titemID\tx_label\n0\t0\t0\n")), ("i_id_mapping.csv", Utf8("asin\titemID\na\t0\n"))],
            folder => Summarize(RecDataset.Load(folder.Path)), typeof(DatasetFormatException))
        {
            Generator = (1, random => Encoding.UTF8.GetBytes(Table(random, '\t', ["asin", "itemID"], isTyped: false))),
        },
        new("ids of JSON", [("train.json", Utf8("{\"u\": [1]}")), ("val.json", Utf8("{}")), ("test.json", Utf8("{}"))],
            folder => Summarize(RecDataset.Load(folder.Path)), typeof(DatasetFormatException))
        {
            Generator = (0, random => Encoding.UTF8.GetBytes(Json(random))),
        },
    ];

    private static void Summarize(RecDataset data) => _ = data.Summarize().ToString() + data;

    /// <summary>A name as somebody may write it: in another case, with blanks, with another sign between its words.</summary>
    private static string Respell(string name, SeededRandom random) => random.NextInt(10) switch
    {
        0 => name.ToUpperInvariant(),
        1 => name + ' ',
        2 => ' ' + name,
        3 => name.Replace('_', '-'),
        4 => name.Replace("_", "", StringComparison.Ordinal),
        5 => name + '\u200B',
        6 => $"\"{name}\"",
        _ => name,
    };

    private static string Table(SeededRandom random, char separator, string[] names, bool isTyped)
    {
        string[] types = ["token", "float", "token_seq", "float_seq", "Float", "token "];
        List<string> header = [.. names.Where(_ => random.NextInt(30) > 0).Select(name => Respell(name, random))];
        if (random.NextInt(12) == 0)
            header.Add(Respell(names[random.NextInt(names.Length)], random));
        if (random.NextInt(6) == 0)
            header.Add(Ids[random.NextInt(Ids.Length)]);
        string Typed(string name) => name + ':' + (random.NextInt(40) == 0 ? types[random.NextInt(types.Length)] : TypeOf(name));
        var text = new StringBuilder().AppendJoin(separator, isTyped ? header.Select(Typed) : header).Append('\n');
        int rows = 1 + random.NextInt(12);
        for (int row = 0; row < rows; row++)
        {
            int at = row;
            text.AppendJoin(separator, Enumerable.Range(0, header.Count).Select(column => Cell(random, column, at))).Append('\n');
        }

        return text.ToString();
    }

    private static string TypeOf(string name) => name.Contains("id", StringComparison.OrdinalIgnoreCase) ? "token"
        : name.Contains("image", StringComparison.OrdinalIgnoreCase) || name.Contains("text", StringComparison.OrdinalIgnoreCase)
            ? "float_seq" : "float";

    // No pair of ids twice, unless by chance.
    private static string Cell(SeededRandom random, int column, int row) => column switch
    {
        0 or 1 when random.NextInt(8) == 0 => Ids[random.NextInt(Ids.Length)],
        0 or 1 => $"{row}",
        _ => random.NextInt(30) == 0 ? Numbers[random.NextInt(Numbers.Length)] : $"{row % 3}",
    };

    private static string Json(SeededRandom random)
    {
        string[] escapes = ["\\ud800", "\\udc00", "\\ud83d\\ude00", "\\u0000", "\\n", "\\\\"];
        string Id() => random.NextInt(40) switch
        {
            0 => $"\"{escapes[random.NextInt(escapes.Length)]}\"",
            1 => Numbers[random.NextInt(Numbers.Length)],
            < 6 => JsonSerializer.Serialize(Ids[random.NextInt(Ids.Length)]),
            _ => $"{random.NextInt(100_000)}",
        };
        string User() => Id() is ['"', ..] id ? id : $"\"u{random.NextInt(100)}\"";
        IEnumerable<string> users = Enumerable.Range(0, 1 + random.NextInt(4))
            .Select(_ => $"{User()}: [{string.Join(", ", Enumerable.Range(0, random.NextInt(5)).Select(_ => Id()))}]");
        return $"{{{string.Join(",\n", users)}}}";
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
