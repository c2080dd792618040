using System.Text;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Internals;
using DRepMRec.Internals.NativeLoading;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Internals;
using DRepMRec.Tests.Internals.NativeLoading;
using DRepMRec.Tests.Serving;
using DRepMRec.Training;

namespace DRepMRec.Tests.Reliability;

/// <summary>Every reader of files and every parser of the library.</summary>
internal static class FuzzTargets
{
    internal static readonly CheckpointManifest Manifest = new(
        CheckpointManifest.CurrentFormatVersion, new() { ["Trainer.StoppingMetric"] = "Recall@20", ["Weights.x"] = "F32 [2, 2]" }, 12, 3,
            [new("loss", 1.25), new("bpr", 0.5)], 0.7, 123456, 12345,
        [new(1, [new("loss", 1.5)], new(new(3, 4, [new("Recall@20", 0.25)]), null, new(1, 1, [new("Recall@20", 0)]), 0.5, 77), 88, 99),
            new(2, [new("loss", 1.25)], null, 88, 0)]);

    private static readonly byte[] Inter =
        Text("userID\titemID\trating\ttimestamp\tx_label\n0\t0\t5.0\t10\t0\n1\t1\t4\t11\t1\n2\t2\t3\t12\t2\n0\t1\t1\t13\t0\n");

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("MMRec with mappings",
            [("x.inter", Inter), ("u_id_mapping.csv", Text("user_id\tuserID\n\"A \"\"1\"\t0\nB\t1\nC\t2\n")),
                ("i_id_mapping.csv", Text("asin\titemID\nA\t0\nB\t1\nC\t2\n")), ("image_feat.npy", Npy(3))],
            folder => RecDataset.LoadMmrec(folder["x.inter"]), typeof(DatasetFormatException)),
        new("MMRec without mappings",
            [("x.inter", Text("userID\titemID\tx_label\n0\t0\t0\n1\t1\t1\n2\t2\t2\n0\t1\t0\n10\t0\t0\n")), ("image_feat.npy", Npy(4))],
            folder => RecDataset.Load(folder.Path), typeof(DatasetFormatException)),
        new("RecBole",
            [
                ("x.inter", Text("user_id:token\titem_id:token\trating:float\tx_label:float\n"
                    + "u\ta\t5\t0\nu\tb\t4\t1\nv\ta\t3\t2\nw\tc\t\t0\n")),
                ("x.item", Text("item_id:token\timage:float_seq\ttitle:token_seq\na\t1 2.5\tx y\nb\t3 -4e2\t\nd\t\tz\n")),
            ],
            folder => RecDataset.LoadRecBole(folder["x.inter"]), typeof(DatasetFormatException)),
        new("LATTICE",
            [("train.json", Text("{\"0\": [0, 1],\n\"1\": [2, \"3\"], \"2\": []}")), ("val.json", Text("{\"0\": [2]}")),
                ("test.json", Text("{\"0\": [3],\n \"1\": [0]}")), ("text_feat.npy", Npy(5))],
            folder => RecDataset.Load(folder.Path), typeof(DatasetFormatException)),
        new("delimited",
            [("x.csv", Text("user,item,when,set\n\"Doe, Ann\",x,1.5,0\n\"12\"\"\",y,2,1\nbob,\"z\nz\",3,2\neve,x,4,0\n"))],
            folder => RecDataset.LoadDelimited(folder["x.csv"], new() { Timestamp = "when", Label = "set" }),
                typeof(DatasetFormatException)),
        .. new[] { "<f4", ">f8", "<f2", "|i1", ">u8" }
            .SelectMany(type => new[] { false, true }.Select(fortran => new FuzzTarget(
                $"npy {type}{(fortran ? " by columns" : "")}",
                [("x.npy", NpyBytes.File(
                    NpyBytes.Header(type, "(2, 3)", fortran),
                    NpyBytes.Numbers(type, [1, 2, 3, 4, 5, 6]),
                    major: fortran ? (byte)3 : (byte)1))],
                folder => FeatureTable.LoadNpy(folder["x.npy"], Modality.Image, ["a", "b"]), typeof(DatasetFormatException)))),
        new("model file", [("model", Model())], LoadModel, typeof(ModelFileException)),
        .. ModelFiles.All,
        new("changes of a catalogue", [("changes", CatalogueRun.Draw(new SeededRandom(1), 30))],
            folder => CatalogueRun.Play(File.ReadAllBytes(folder["changes"])), typeof(ArgumentException))
        {
            Generator = (0, random => CatalogueRun.Draw(random, 20, sound: false)),
            FixedBytes = int.MaxValue,
            Cost = 10,
        },
        new("checkpoint", [("run", Checkpoint())], LoadCheckpoint, typeof(CheckpointFormatException)),
        new("manifest of a checkpoint", [("manifest", Text(Manifest.ToJson()))],
            folder => CheckpointManifest.Parse(File.ReadAllText(folder["manifest"]), "run"), typeof(CheckpointFormatException)),
        .. FuzzTables.All,
        .. FuzzItems.All,
        .. Large(),
        new("native library", [("lib.so", new SyntheticLibrary().Build())],
            folder => VersionRelaxer.Relax(File.ReadAllBytes(folder["lib.so"])), typeof(ElfFormatException)),
        new("name of a metric", [("metric", Text("Recall@20"))], folder => RankingMetric.Parse(File.ReadAllText(folder["metric"])),
            typeof(FormatException)),
        new("name of a modality", [("modality", Text("image"))], folder => _ = new Modality(File.ReadAllText(folder["modality"])),
            typeof(ArgumentException)),
    ];

    /// <summary>Pieces of real files, where there are any.</summary>
    public static IReadOnlyList<FuzzTarget> Real()
    {
        string tiktok = SharedData.Require("tiktok"), baby = SharedData.Require("baby");
        byte[] library = LibraryOfTorchSharp.Read();
        return
        [
            new("tiktok.inter", [("x.inter", Head(Path.Combine(tiktok, "tiktok.inter"), 80))], folder => RecDataset.Load(folder.Path),
                typeof(DatasetFormatException)),
            new("baby.inter", [("x.inter", Head(Path.Combine(baby, "baby.inter"), 80))], folder => RecDataset.LoadMmrec(folder["x.inter"]),
                typeof(DatasetFormatException)),
            new("baby.inter as TSV", [("x.tsv", Head(Path.Combine(baby, "baby.inter"), 80))],
                folder => RecDataset.LoadDelimited(folder["x.tsv"],
                    new() { Separator = '\t', User = "userID", Item = "itemID", Rating = "rating", Timestamp = "timestamp",
                        Label = "x_label" }), typeof(DatasetFormatException)),
            .. new[] { "audio", "image" }.Select(
                modality => new FuzzTarget($"{modality}_feat.npy of tiktok",
                    [($"{modality}_feat.npy", Rows(Path.Combine(tiktok, $"{modality}_feat.npy"), 10))],
                folder => FeatureTable.LoadNpy(folder[$"{modality}_feat.npy"], new Modality(modality),
                    [.. Enumerable.Range(0, 10).Select(r => $"{r}")]), typeof(DatasetFormatException))),

            // The headers and the hash table lie at the beginning, the needed versions before 0x40000; whole it would take too long to
            // write.
            new("libLibTorchSharp.so", [("head", library[..0x1000]), ("needed", library[0x3f000..0x40000])],
                folder => Relax(library, folder), typeof(ElfFormatException)) { FixedBytes = 4 * library.Length },
        ];
    }

    /// <summary>Larger files, which show how memory grows with the input.</summary>
    private static IEnumerable<FuzzTarget> Large()
    {
        (int User, int Item, int Label)[] pairs = [.. Enumerable.Range(0, 3000)
            .Select(n => (n / 30, n * 7 % 100, n % 10 > 7 ? 1 + (n % 2) : 0)).Distinct()];
        string Lines(string separator) => string.Join('\n', pairs.Select(p => $"{p.User}{separator}{p.Item}{separator}{p.Label}")) + "\n";
        string Json(int label)
            => "{" + string.Join(',', pairs.Where(p => p.Label == label).GroupBy(p => p.User)
                .Select(g => $"\"{g.Key}\":[{string.Join(',', g.Select(p => p.Item))}]")) + "}";
        string items = string.Join('\n', Enumerable.Range(0, 100)
            .Select(i => $"{i}\t{string.Join(' ', Enumerable.Range(1, 20).Select(d => (i * d % 7) - 3))}"));
        yield return new("MMRec, 3,000 lines", [("x.inter", Text("userID\titemID\tx_label\n" + Lines("\t"))), ("image_feat.npy", Npy(100))],
            folder => RecDataset.Load(folder.Path), typeof(DatasetFormatException));
        yield return new("RecBole, 3,000 lines",
            [("x.inter", Text("user_id:token\titem_id:token\tx_label:float\n" + Lines("\t"))),
                ("x.item", Text("item_id:token\timage:float_seq\n" + items + "\n"))],
            folder => RecDataset.LoadRecBole(folder["x.inter"]), typeof(DatasetFormatException));
        yield return new("LATTICE, 3,000 interactions",
            [("train.json", Text(Json(0))), ("val.json", Text(Json(1))), ("test.json", Text(Json(2)))],
            folder => RecDataset.Load(folder.Path), typeof(DatasetFormatException));
        yield return new("delimited, 3,000 lines", [("x.csv", Text("user,item,label\n" + Lines(",")))],
            folder => RecDataset.LoadDelimited(folder["x.csv"], new() { Label = "label" }), typeof(DatasetFormatException));
        yield return new("npy of 100,000 bytes", [("x.npy", NpyBytes.File(NpyBytes.Header("|i1", "(1000, 100)"), new byte[100_000]))],
            folder => FeatureTable.LoadNpy(folder["x.npy"], Modality.Image, [.. Enumerable.Range(0, 1000).Select(r => $"{r}")]),
                typeof(DatasetFormatException));
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Npy(int rows)
        => NpyBytes.File(NpyBytes.Header("<f4", $"({rows}, 1)"),
            NpyBytes.Numbers("<f4", [.. Enumerable.Range(1, rows).Select(i => (double)i)]));

    private static byte[] Head(string file, int lines) => Text(string.Join('\n', File.ReadLines(file).Take(lines)) + "\n");

    private static byte[] Rows(string file, int rows)
    {
        NpyMatrix matrix = NpyMatrix.Read(file);
        using var stream = new MemoryStream();
        NpyMatrix.Write(stream, rows, matrix.Columns, matrix.Values.AsSpan(0, rows * matrix.Columns));
        return stream.ToArray();
    }

    private static byte[] Model()
    {
        using var folder = new TempFolder();
        RecommenderTests.Tiny().Save(folder["model"]);
        return File.ReadAllBytes(folder["model"]);
    }

    private static void LoadModel(TempFolder folder)
    {
        Recommender model = Recommender.Load(folder["model"]);
        foreach (string user in model.Users.Take(10))
            model.Recommend(user);
        foreach (string item in model.Items.Take(10))
            model.SimilarItems(item);
    }

    private static byte[] Checkpoint()
    {
        using var folder = new TempFolder();
        using (var file = new CheckpointFile(folder["run"], Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance))
            file.Write(Manifest, [SafeTensor.Of<float>("weight/x", [1, 2, 3, 4], 2, 2)]);
        return File.ReadAllBytes(folder["run"]);
    }

    private static void LoadCheckpoint(TempFolder folder)
    {
        using var file = new CheckpointFile(folder["run"], Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        file.Read();
    }

    private static void Relax(byte[] library, TempFolder folder)
    {
        byte[] head = File.ReadAllBytes(folder["head"]), needed = File.ReadAllBytes(folder["needed"]);
        byte[] copy = [.. library];
        head.AsSpan(0, Math.Min(head.Length, 0x1000)).CopyTo(copy);
        needed.AsSpan(0, Math.Min(needed.Length, 0x1000)).CopyTo(copy.AsSpan(0x3f000));
        VersionRelaxer.Relax(copy);
    }
}
