using System.Text;
using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Internals;
using DRepMRec.Tests.Data;

namespace DRepMRec.Tests.Features;

/// <summary>Which files of a cache are opened, and what is read of them.</summary>
public sealed class EmbeddingCacheTests
{
    private const string Generator = "tests/test-model";

    private static Hash256 Key(string text) => Hash256.Of(false, Encoding.UTF8.GetBytes(text));

    private static HashSet<Hash256> Keys(params string[] texts) => [.. texts.Select(Key)];

    [Fact]
    public void Each_file_is_opened_once_for_its_keys_and_again_for_what_it_has()
    {
        using TempFolder folder = new();
        var other = new EmbeddingCache(folder.Path, Generator);
        for (int n = 0; n < 5; n++)
            other.Write([(Key($"a{n}"), [n, 1]), (Key($"b{n}"), [n, 2])]);
        var cache = new EmbeddingCache(folder.Path, Generator);
        using var opened = new OpenedFiles();
        cache.Read(Keys("new"), default).Should().BeEmpty();
        opened.Take().Should().Be(5);
        cache.Read(Keys("new"), default).Should().BeEmpty();
        opened.Take().Should().Be(0);
        cache.Read(Keys("b3", "new"), default).Should().ContainSingle().Which.Value.Should().Equal(3f, 2f);
        opened.Take().Should().Be(1);

        cache.Write([(Key("new"), [7, 7])]);
        cache.Read(Keys("newer"), default).Should().BeEmpty();
        opened.Take().Should().Be(0, "it has written the file itself");
        other.Write([(Key("newer"), [8, 8])]);
        cache.Read(Keys("newer"), default).Should().ContainSingle().Which.Value.Should().Equal(8f, 8f);
        opened.Take().Should().Be(1, "somebody else has written one");
    }

    [Fact]
    public void Of_a_file_without_what_is_wanted_the_vectors_are_not_read()
    {
        const int Dimension = 1 << 20;
        using TempFolder folder = new();
        new EmbeddingCache(folder.Path, Generator).Write([(Key("a"), new float[Dimension])]);
        new EmbeddingCache(folder.Path, Generator).Read(Keys("a"), default).Should().ContainSingle();
        var cache = new EmbeddingCache(folder.Path, Generator);
        long before = GC.GetAllocatedBytesForCurrentThread();
        cache.Read(Keys("b"), default).Should().BeEmpty();
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(Dimension);
    }

    [Fact]
    public async Task An_encoder_remembers_what_the_files_hold()
    {
        using TempFolder folder = new();
        TestGenerator<string> generator = TestGenerators.Text();
        EmbeddingEncoder encoder = EmbeddingEncoder.ForText(generator, new() { CacheFolder = folder.Path, BatchSize = 1 });
        Task<FeatureTable> Encode(string title) => encoder.EncodeAsync(ItemTable.Of(["p"], ItemColumn.Title("title", [title])));
        foreach (string title in new[] { "one", "two", "three" })
            await Encode(title);
        using var opened = new OpenedFiles();
        FeatureTable made = await Encode("four");
        opened.Take().Should().Be(0);
        (await Encode("four")).Values.ToArray().Should().Equal(made.Values.ToArray());
        opened.Take().Should().Be(1);
        generator.Batches.Should().Equal(1, 1, 1, 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(70)]
    public void A_damaged_file_is_looked_at_again_when_another_takes_its_place(int place)
    {
        // The keys are the last 64 bytes, the vectors the 16 before them.
        using TempFolder folder = new();
        new EmbeddingCache(folder.Path, Generator).Write([(Key("a"), [1, 2]), (Key("b"), [3, 4])]);
        string file = Directory.GetFiles(folder.Path, "*.safetensors", SearchOption.AllDirectories).Single();
        byte[] sound = File.ReadAllBytes(file), damaged = [.. sound];
        damaged[^place] ^= 1;
        File.WriteAllBytes(file, damaged);
        var cache = new EmbeddingCache(folder.Path, Generator);
        cache.Read(Keys("b"), default).Should().BeEmpty();
        File.WriteAllBytes(file, sound);
        cache.Read(Keys("b"), default).Should().ContainKey(Key("b"));
        cache.Read(Keys("a", "b"), default).Should().HaveCount(2);
    }

    /// <summary>Counts how often files of a cache are opened.</summary>
    private sealed class OpenedFiles : IDisposable
    {
        private int _count;

        public OpenedFiles() => Files.Before = Count;

        /// <summary>How often since the last time.</summary>
        public int Take() => Interlocked.Exchange(ref _count, 0);

        public void Dispose() => Files.Before = null;

        private void Count(FileOperation operation, string path)
        {
            if (operation == FileOperation.Open && path.EndsWith(".safetensors", StringComparison.Ordinal))
                Interlocked.Increment(ref _count);
        }
    }
}
