using DRepMRec.Internals;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Internals;

namespace DRepMRec.Tests.Serving;

/// <summary>Model files with metadata and a calibration: damage is found, or does nothing but give other answers.</summary>
public sealed class ExtendedFileTests
{
    private static readonly RecommendationRequest[] Requests =
    [
        new() { UserId = "anna", Where = [new() { Column = "kind", NotIn = ["kind-1"] }] },
        new() { UserId = "bé", Boosts = [new() { Where = new() { Column = "price", Max = 50 }, Weight = 1 }] },
        new() { UserId = "anna", Quotas = [new() { Column = "tags", Max = 1 }], Diversity = new() },
        new() { Where = [new() { Column = "released", From = Shelf.FirstDay }, new() { Column = "title" }] },
    ];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Damaged_files_are_refused_or_load_but_do_nothing_else(bool verify)
    {
        byte[] bytes = Bytes();
        var random = new SeededRandom(6);
        using var folder = new TempFolder();
        int refused = 0;
        for (int n = 0; n < 1000; n++)
        {
            folder.With("model", Mutation.Of(bytes, random));
            try
            {
                Recommender loaded = Recommender.Load(folder["model"], new RecommenderLoadOptions { Verify = verify });
                if (loaded.Metadata is { } metadata && metadata.Columns.Count == 5)
                    loaded.Recommend(Requests);
                foreach (string id in loaded.Items)
                    loaded.Metadata?[id]?.ToDictionary();
            }
            catch (ModelFileException)
            {
                refused++;
            }
            catch (ArgumentException e) when (e.Message.Contains("column", StringComparison.Ordinal))
            {
                // A letter of a column's name has changed.
            }
        }

        refused.Should().BeInRange(333, 999);
    }

    [Theory]
    [InlineData("\"I32\",\"shape\":[6]", "metadata.kind.code_offsets")]
    [InlineData("metadata.price.numbers", "the array 'metadata.price.numbers' is missing")]
    [InlineData("metadata_rows", "the array 'metadata_rows' is missing")]
    [InlineData("calibration_probabilities", "the array 'calibration_probabilities' is missing")]
    public void What_is_missing_is_named(string text, string message)
    {
        using var folder = new TempFolder();
        string latin = System.Text.Encoding.Latin1.GetString(Bytes());
        latin.Should().Contain(text);
        string changed = text.StartsWith('"') ? text.Replace("I32", "F32", StringComparison.Ordinal) : "x" + text[1..];
        folder.With("model", System.Text.Encoding.Latin1.GetBytes(latin.Replace(text, changed, StringComparison.Ordinal)));
        FluentActions.Invoking(() => Recommender.Load(folder["model"])).Should().ThrowExactly<ModelFileException>()
            .WithMessage($"*{message}*");
    }

    [Fact]
    public void Wrong_values_are_named()
    {
        Wrong(BitConverter.GetBytes(74.0), BitConverter.GetBytes(double.NegativeInfinity),
            "expected finite numbers; 'price' of the metadata's row 2 is -Infinity");
        Wrong(BitConverter.GetBytes(Shelf.FirstDay.AddDays(3).UtcTicks), BitConverter.GetBytes(-5L),
            "expected dates up to the year 9999; 'released' of the metadata's row 3 is -5 ticks");
        Wrong("Title 3"u8.ToArray(), [.. "Title"u8, 0xFF, 0xFF], "'title' of the metadata's row 3 isn't UTF-8 text");
        Wrong(BitConverter.GetBytes(0.25f), BitConverter.GetBytes(1.5f),
            "the calibration must rise from 0 to 1; number 1 gives a score of 2 the probability 1.5");

        static void Wrong(byte[] before, byte[] after, string message)
        {
            using var folder = new TempFolder();
            byte[] bytes = Bytes();
            int at = bytes.AsSpan().LastIndexOf(before);
            after.CopyTo(bytes, at);
            string old = ModelFileTests.Checksum(Bytes()), own = ModelFileTests.Checksum(bytes, anew: true);
            string text = System.Text.Encoding.Latin1.GetString(bytes).Replace(old, own, StringComparison.Ordinal);
            folder.With("model", System.Text.Encoding.Latin1.GetBytes(text));
            FluentActions.Invoking(() => Recommender.Load(folder["model"], new RecommenderLoadOptions { Verify = true }))
                .Should().ThrowExactly<ModelFileException>().WithMessage($"*: {message}");
        }
    }

    [Fact]
    public void Arrays_that_do_not_belong_together_are_named()
    {
        // kind-1 to kind-4 are the categories of all items but the first.
        Wrong("metadata_rows", [0, 9, 2, 3, 4], "the item with index 1 has the metadata's row 9 of 5");
        Wrong("metadata_rows", [0, 1, 2, 3, 5], "the item with index 4 has the metadata's row 5 of 5");
        Wrong("metadata_rows", [-2, 1, 2, 3, 4], "the item with index 0 has the metadata's row -2 of 5");
        Wrong("metadata_rows", [0, 0, 2, 3, 4], "the item with index 1 has the metadata's row 0, which isn't its own");
        Wrong("metadata_rows", [0, 1, -1, 3, 4], "the item with index 2 has the metadata's row -1, which isn't its own");
        Wrong("metadata_id_slots", new int[16], "expected 5 slots of the table of metadata ids to be used, *");
        Wrong("metadata.kind.category_slots", new int[8], "expected 4 slots of the table of category ids to be used, *");
        Wrong("metadata.kind.category_offsets", Array.Empty<long>(), "the array 'metadata.kind.category_offsets' has 0 elements");
        Wrong("metadata.kind.code_offsets", [1, 1, 1, 2, 3, 4], "the code offsets of 'kind' must go from 0 to 4, they go from 1 to 4");
        Wrong("metadata.kind.code_offsets", [0, 0, 1, 2, 3, 3], "the code offsets of 'kind' must go from 0 to 4, they go from 0 to 3");
        Wrong("metadata.kind.code_offsets", [0, 0, 3, 2, 3, 4],
            "the code offsets of 'kind' must not fall, but those of the metadata's row 2 do");
        Wrong("metadata.kind.codes", [0, 1, 2, 4], "'kind' of the metadata's row 4 is category 4 of 4");
        Wrong("metadata.released.ticks", [-1L, 0, 1, 2, DateTimeOffset.MaxValue.Ticks + 1],
            "expected dates up to the year 9999; 'released' of the metadata's row 4 is 3155378976000000000 ticks");

        static void Wrong<T>(string array, T[] values, string message) where T : unmanaged
        {
            using var folder = new TempFolder();
            folder.With("model", With(array, values));
            FluentActions.Invoking(() => Recommender.Load(folder["model"], new RecommenderLoadOptions { Verify = true }))
                .Should().ThrowExactly<ModelFileException>().WithMessage($"{folder["model"]}: {message}");
        }
    }

    [Fact]
    public void Wrong_values_that_were_not_verified_are_found_when_they_are_asked_for()
    {
        Wrong("metadata.kind.codes", [4, 1, 2, 3], r => r.Metadata!["b"]!.Categories("kind"), "it refers to category 4 of 4");
        Wrong("metadata.kind.codes", [4, 1, 2, 3], r => Recommend(r, new() { Where = [new() { Column = "kind", In = ["x"] }] }),
            "it refers to category 4 of 4");
        Wrong("metadata.kind.codes", [4, 1, 2, 3], r => Recommend(r, new() { Quotas = [new() { Column = "kind", Max = 1 }] }),
            "it refers to category 4 of 4");
        Wrong("metadata.released.ticks", [-1L, -5, 0, 0, 0], r => r.Metadata!["b"]!.Date("released"),
            "the date of the metadata's row 1 is -5 ticks");
        Wrong("metadata.released.ticks", [-1L, 0, DateTimeOffset.MaxValue.Ticks + 1, 0, 0], r => r.Metadata!["c"]!.ToDictionary(),
            "the date of the metadata's row 2 is 3155378976000000000 ticks");
        Wrong("metadata.title.text", [.. Enumerable.Repeat((byte)0xFF, "Title 1 éTitle 2 éTitle 3 éTitle 4 é"u8.Length)],
            r => r.Metadata!["d"]!.Text("title"), "the text of the metadata's row 3 isn't UTF-8");

        static object? Recommend(Recommender recommender, RecommendationRequest request) => recommender.Recommend(request);

        static void Wrong<T>(string array, T[] values, Func<Recommender, object?> ask, string message) where T : unmanaged
        {
            using var folder = new TempFolder();
            folder.With("model", With(array, values));
            Recommender loaded = Recommender.Load(folder["model"], new RecommenderLoadOptions { Verify = false });
            FluentActions.Invoking(() => ask(loaded)).Should().ThrowExactly<ModelFileException>()
                .WithMessage($"The model is damaged: {message}.");
        }
    }

    [Fact]
    public void Columns_without_sense_are_refused()
    {
        MetadataColumnForm kind = new() { Name = "kind" };
        MetadataForm[] wrong =
        [
            new() { Rows = -1, Columns = [kind] }, new() { Rows = 5 }, new() { Rows = 5, Columns = null! },
            new() { Rows = 5, Columns = [kind, null!] }, new() { Rows = 5, Columns = [new() { Name = null! }, kind] },
            new() { Rows = 5, Columns = [kind with { Kind = (MetadataKind)9 }] },
        ];
        foreach (MetadataForm form in wrong)
        {
            FluentActions.Invoking(() => CatalogueMetadata.Read(form, arrays: null!, 5)).Should().Throw<FormatException>()
                .WithMessage($"the manifest has metadata of {form.Rows} items without sense");
        }

        using var folder = new TempFolder();
        RecommenderTests.Tiny().WithMetadata(ItemMetadata.Of([], MetadataColumn.Number("price", []))).Save(folder["model"]);
        Recommender.Load(folder["model"]).Metadata!.Count.Should().Be(0, "all items may be without");
    }

    /// <summary>The file with another array in the place of one that it has, and no checksum.</summary>
    private static byte[] With<T>(string array, T[] values) where T : unmanaged
    {
        using var before = new MemoryStream(Bytes());
        using var after = new MemoryStream();
        var (metadata, tensors) = Safetensors.Read(before, "model");
        Dictionary<string, string> manifest = metadata.ToDictionary(
            m => m.Key, m => System.Text.RegularExpressions.Regex.Replace(m.Value, "(?<=\"dataChecksum\":\")[0-9a-f]*", ""));
        tensors.Should().ContainKey(array);
        Safetensors.Write(after, manifest, [.. tensors.Values.Select(t => t.Name == array ? SafeTensor.Of(array, values) : t)]);
        return after.ToArray();
    }

    private static byte[] Bytes()
    {
        using var folder = new TempFolder();
        Recommender tiny = RecommenderTests.Tiny();
        tiny.WithMetadata(Shelf.Of([.. tiny.Items]))
            .WithCalibration(new Calibration(new CalibrationForm { Depth = 1, Items = 4, Hits = 1 }, [0, 2], [0.125f, 0.25f]))
            .Save(folder["model"]);
        return File.ReadAllBytes(folder["model"]);
    }
}
