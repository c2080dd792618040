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
        for (int n = 0; n < 1500; n++)
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

        refused.Should().BeInRange(500, 1499);
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
