using System.Text;
using DRepMRec.Data;
using DRepMRec.Internals;
using DRepMRec.Tests.Internals;

namespace DRepMRec.Tests.Data;

/// <summary>Damaged files must bring about a <see cref="DatasetFormatException"/> or a dataset, never anything else.</summary>
public sealed class ReaderFuzzTests
{
    private const int Rounds = 600;

    private static void Fuzz(ulong seed, (string File, byte[] Bytes)[] files, Action<TempFolder> load)
    {
        var random = new SeededRandom(seed);
        int refused = 0;
        using var folder = new TempFolder();
        for (int n = 0; n < Rounds; n++)
        {
            int damaged = random.NextInt(files.Length);
            for (int f = 0; f < files.Length; f++)
                folder.With(files[f].File, f == damaged ? Mutation.Of(files[f].Bytes, random) : files[f].Bytes);
            try
            {
                load(folder);
            }
            catch (DatasetFormatException exception)
            {
                exception.Message.Should().NotBeNullOrWhiteSpace();
                refused++;
            }
        }

        refused.Should().BeInRange(Rounds / 10, Rounds - 1);
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Npy(int rows) => NpyBytes.File(NpyBytes.Header("<f4", $"({rows}, 1)"), NpyBytes.Numbers("<f4", [.. Enumerable.Range(1, rows).Select(i => (double)i)]));

    [Fact]
    public void Mmrec() => Fuzz(
        1,
        [
            ("x.inter", Text("userID\titemID\trating\ttimestamp\tx_label\n0\t0\t5.0\t10\t0\n1\t1\t4\t11\t1\n2\t2\t3\t12\t2\n0\t1\t1\t13\t0\n")),
            ("u_id_mapping.csv", Text("user_id\tuserID\n\"A \"\"1\"\t0\nB\t1\nC\t2\n")),
            ("i_id_mapping.csv", Text("asin\titemID\nA\t0\nB\t1\nC\t2\n")),
            ("image_feat.npy", Npy(3)),
        ],
        folder => RecDataset.LoadMmrec(folder["x.inter"]));

    [Fact]
    public void Mmrec_without_mappings() => Fuzz(
        2,
        [
            ("x.inter", Text("userID\titemID\tx_label\n0\t0\t0\n1\t1\t1\n2\t2\t2\n0\t1\t0\n10\t0\t0\n")),
            ("image_feat.npy", Npy(4)),
        ],
        folder => RecDataset.Load(folder.Path));

    [Fact]
    public void RecBole() => Fuzz(
        3,
        [
            ("x.inter", Text("user_id:token\titem_id:token\trating:float\tx_label:float\nu\ta\t5\t0\nu\tb\t4\t1\nv\ta\t3\t2\nw\tc\t\t0\n")),
            ("x.item", Text("item_id:token\timage:float_seq\ttitle:token_seq\na\t1 2.5\tx y\nb\t3 -4e2\t\nd\t\tz\n")),
        ],
        folder => RecDataset.LoadRecBole(folder["x.inter"]));

    [Fact]
    public void Lattice() => Fuzz(
        4,
        [
            ("train.json", Text("{\"0\": [0, 1],\n\"1\": [2, \"3\"], \"2\": []}")),
            ("val.json", Text("{\"0\": [2]}")),
            ("test.json", Text("{\"0\": [3],\n \"1\": [0]}")),
            ("text_feat.npy", Npy(5)),
        ],
        folder => RecDataset.Load(folder.Path));

    [Fact]
    public void Delimited() => Fuzz(
        5,
        [("x.csv", Text("user,item,when,set\n\"Doe, Ann\",x,1.5,0\n\"12\"\"\",y,2,1\nbob,\"z\nz\",3,2\neve,x,4,0\n"))],
        folder => RecDataset.LoadDelimited(folder["x.csv"], new() { Timestamp = "when", Label = "set" }));
}
