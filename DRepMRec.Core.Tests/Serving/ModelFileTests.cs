using System.Buffers.Binary;
using System.Text;
using DRepMRec.Internals;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Internals;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Serving;

public sealed class ModelFileTests
{
    [Fact]
    public void A_saved_recommender_is_the_same_when_loaded()
    {
        using var folder = new TempFolder();
        Recommender saved = RecommenderTests.Tiny();
        saved.Save(folder["model"]);
        saved.Save(folder["model"]);
        folder.Files().Should().Equal("model");

        Recommender loaded = Recommender.Load(folder["model"]);
        loaded.Manifest.Should().BeEquivalentTo(saved.Manifest, options => options.Excluding(m => m.DataChecksum));
        loaded.Users.Should().Equal("anna", "bé");
        loaded.Items.Should().Equal(saved.Items);
        loaded.Recommend("anna").Should().Equal(saved.Recommend("anna"));
        loaded.Recommend("bé", 5, excludeSeen: false).Should().Equal(saved.Recommend("bé", 5, excludeSeen: false));
        loaded.SimilarItems("b").Should().Equal(saved.SimilarItems("b"));
    }

    [Fact]
    public void The_file_is_a_safetensors_file_with_aligned_arrays()
    {
        byte[] bytes = Bytes();
        long header = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        ((8 + header) % 64).Should().Be(0);
        Encoding.UTF8.GetString(bytes, 8, (int)header).Should().StartWith("{\"__metadata__\":{\"drepmrec\":")
            .And.Contain("\"item_embeddings\":{\"dtype\":\"F32\",\"shape\":[5,2],\"data_offsets\":[");
    }

    [Fact]
    public void Every_truncation_is_called_so_with_the_bytes_there_should_be_and_those_there_are()
    {
        byte[] bytes = Bytes();
        long header = 8 + BinaryPrimitives.ReadInt64LittleEndian(bytes);
        using var folder = new TempFolder();
        for (int length = 0; length < bytes.Length; length++)
        {
            folder.With("model", bytes[..length]);
            FluentActions.Invoking(() => Recommender.Load(folder["model"])).Should().ThrowExactly<ModelFileException>()
                .WithMessage(length < header ? $"{folder["model"]}: the file is truncated: expected at least {(length < 8 ? 8 : header)} "
                    + $"bytes, found {length}."
                    : $"{folder["model"]}: the file is truncated: expected {bytes.Length} bytes, found {length}.");
        }
    }

    [Fact]
    public void Damaged_files_are_refused_or_load_but_do_nothing_else()
    {
        byte[] bytes = Bytes();
        var random = new SeededRandom(5);
        using var folder = new TempFolder();
        int refused = 0;
        for (int n = 0; n < 1500; n++)
        {
            folder.With("model", Mutation.Of(bytes, random));
            try
            {
                Recommender loaded = Recommender.Load(folder["model"]);
                foreach (string user in loaded.Users)
                    loaded.Recommend(user);
            }
            catch (ModelFileException)
            {
                refused++;
            }
        }

        refused.Should().BeInRange(750, 1499);
    }

    [Theory]
    [InlineData("formatVersion\\u0022:4,", "formatVersion\\u0022:7,",
        "written by a newer version of the library: format 7, this one reads up to 4.")]
    [InlineData("[5,2]", "[2,5]", "expected the array 'item_embeddings' as F32 [5, 2], it is F32 [2, 5]")]
    [InlineData("\"F32\",\"shape\":[2,2]", "\"I32\",\"shape\":[2,2]",
        "expected the array 'user_embeddings' as F32 [2, 2], it is I32 [2, 2]")]
    [InlineData("seen_items", "sean_items", "the array 'seen_items' is missing")]
    [InlineData("drepmrec", "drepmrex", "expected a model of DRepMRec, but the file's metadata has no 'drepmrec'.")]
    [InlineData("[5,2]", "[4,2]", "array 'item_embeddings' of F32 [4, 2] must lie at *")]
    [InlineData("\"F32\",\"shape\":[5,2]", "\"F99\",\"shape\":[5,2]",
        "the header isn't that of a safetensors file: unknown element type 'F99'")]
    public void What_does_not_fit_is_named(string text, string replacement, string message)
    {
        using var folder = new TempFolder();
        string latin = Encoding.Latin1.GetString(Bytes());
        latin.Should().Contain(text);
        folder.With("model", Encoding.Latin1.GetBytes(latin.Replace(text, replacement, StringComparison.Ordinal)));
        FluentActions.Invoking(() => Recommender.Load(folder["model"])).Should().ThrowExactly<ModelFileException>()
            .WithMessage($"{folder["model"]}: {message}");
    }

    [Fact]
    public void A_promise_of_ten_gigabytes_is_refused_before_anything_is_allocated()
    {
        using var folder = new TempFolder();
        byte[] header = Encoding.ASCII.GetBytes("{\"x\":{\"dtype\":\"F32\",\"shape\":[2684354560],\"data_offsets\":[0,10737418240]}}");
        folder.With("model", [.. BitConverter.GetBytes((long)header.Length), .. header]);
        FluentActions.Invoking(() => Recommender.Load(folder["model"])).Should().ThrowExactly<ModelFileException>()
            .WithMessage("*: the file is truncated: expected 10737418321 bytes, found 81.");
    }

    [Fact]
    public void A_model_that_is_not_finite_is_refused()
    {
        using var folder = new TempFolder();
        byte[] bytes = Bytes();
        int at = bytes.AsSpan().IndexOf(BitConverter.GetBytes(4f));
        BitConverter.GetBytes(float.NaN).CopyTo(bytes, at);
        folder.With("model", Encoding.Latin1.GetBytes(
            Encoding.Latin1.GetString(bytes).Replace(Checksum(Bytes()), Checksum(bytes, anew: true), StringComparison.Ordinal)));
        FluentActions.Invoking(() => Recommender.Load(folder["model"])).Should().ThrowExactly<ModelFileException>()
            .WithMessage("*: expected finite numbers; the representation of the item with index 2 has NaN");
    }

    [Fact]
    public void A_missing_file_or_folder_is_what_the_system_says()
    {
        using var folder = new TempFolder();
        FluentActions.Invoking(() => Recommender.Load(folder["nothing"])).Should().Throw<FileNotFoundException>();
        FluentActions.Invoking(() => RecommenderTests.Tiny().Save(Path.Combine(folder["no"], "model")))
            .Should().Throw<DirectoryNotFoundException>()
            .WithMessage($"The recommender can't be saved as {folder["no"]}/model: there is no folder {folder["no"]}.");
        FluentActions.Invoking(() => RecommenderTests.Tiny().Save(folder.Path)).Should().Throw<IOException>()
            .WithMessage("The recommender can't be saved as *: that is a folder.");
        FluentActions.Invoking(() => RecommenderTests.Tiny().Save(folder.Path + "/")).Should().Throw<ArgumentException>()
            .WithMessage("Expected the name of a file, got the folder *");
        folder.Files().Should().BeEmpty();
    }

    [SkippableFact]
    public void Saving_through_a_symbolic_link_writes_its_target()
    {
        Skip.If(OperatingSystem.IsWindows(), "links need a privilege there");
        using TempFolder folder = new TempFolder().With("target", "old");
        File.CreateSymbolicLink(folder["link"], folder["target"]);
        RecommenderTests.Tiny().Save(folder["link"]);
        Recommender.Load(folder["target"]).Users.Should().HaveCount(2);
        new FileInfo(folder["link"]).LinkTarget.Should().Be(folder["target"]);
    }

    [Fact]
    public void Ids_in_messages_are_escaped()
    {
        using var folder = new TempFolder();
        byte[] bytes = Bytes();
        Encoding.ASCII.GetBytes("\u001b\u001b\u001b\n\r").CopyTo(bytes, bytes.Length - 5);
        folder.With("model", bytes);
        FluentActions.Invoking(() => Recommender.Load(folder["model"], new RecommenderLoadOptions { Verify = false }))
            .Should().NotThrow("what isn't verified is found when it's used");
        string text = Encoding.Latin1.GetString(bytes).Replace(Checksum(Bytes()), Checksum(bytes, anew: true), StringComparison.Ordinal);
        folder.With("model", Encoding.Latin1.GetBytes(text));
        FluentActions.Invoking(() => Recommender.Load(folder["model"])).Should().ThrowExactly<ModelFileException>()
            .WithMessage("*: the item id number 0, '\\u001b', isn't found by its table, or occurs twice");
    }

    [Fact]
    public void The_checksum_is_looked_at_first()
    {
        using var folder = new TempFolder();
        byte[] bytes = Bytes();
        bytes[^1] = 0xFF;
        folder.With("model", bytes);
        FluentActions.Invoking(() => Recommender.Load(folder["model"])).Should().ThrowExactly<ModelFileException>()
            .WithMessage("*: the arrays have the checksum *, the manifest says '*': the file is damaged");
    }

    [SkippableFact]
    public void What_is_in_memory_has_the_checksum_whatever_the_file_has_become_meanwhile()
    {
        Skip.If(OperatingSystem.IsWindows(), "a file that is being read can't be written to there");
        using var folder = new TempFolder();
        string[] items = [.. Enumerable.Range(0, 5000).Select(n => $"item {n}")];
        Recommender.FromEmbeddings(["anna"], Samples.Floats(16, 1), items, Samples.Floats(items.Length * 16, 2)).Save(folder["model"]);
        byte[] sound = File.ReadAllBytes(folder["model"]);
        using var stream = new MemoryStream(sound);
        int place = (int)Safetensors.ReadHeader(stream, "model").Places.Single(p => p.Name == "item_embeddings").Offset;

        int Load(bool verify, int mended = -1)
        {
            byte[] damaged = [.. sound];
            damaged[place] ^= 1;
            folder.With("model", damaged);
            int reads = 0;
            Files.Before = (operation, path) =>
            {
                if (operation == FileOperation.Read && path == folder["model"] && ++reads == mended)
                    File.WriteAllBytes(path, sound);
            };
            try
            {
                Recommender.Load(folder["model"], new RecommenderLoadOptions { MemoryMap = false, Verify = verify });
            }
            finally
            {
                Files.Before = null;
            }

            return reads;
        }

        int all = Load(verify: false);
        all.Should().BeGreaterThan(5);
        FluentActions.Invoking(() => Load(verify: true, mended: all + 1)).Should().ThrowExactly<ModelFileException>()
            .WithMessage("*: the arrays have the checksum *, the manifest says '*': the file is damaged");
    }

    private static byte[] Bytes()
    {
        using var folder = new TempFolder();
        RecommenderTests.Tiny().Save(folder["model"]);
        return File.ReadAllBytes(folder["model"]);
    }

    /// <summary>The checksum that a file tells, or the one that it should tell.</summary>
    internal static string Checksum(byte[] bytes, bool anew = false)
    {
        int start = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        const string Key = "dataChecksum\\u0022:\\u0022";
        string header = Encoding.UTF8.GetString(bytes, 8, start - 8);
        return anew ? Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes.AsSpan(start)))
            : header.Substring(header.IndexOf(Key, StringComparison.Ordinal) + Key.Length, 64);
    }
}
