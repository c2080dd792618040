using DRepMRec.Tests.Data;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Fuzzing;

/// <summary>What the coverage-guided fuzzer starts from, and what it found worth keeping, is answered as documented.</summary>
public sealed class CorpusTests
{
    private static readonly string Corpus = Path.Combine(Repository.Root, "DRepMRec.Core.Tests", "Fuzzing", "corpus");

    public static TheoryData<string> Readers => [.. FuzzReaders.All.Keys];

    [Theory]
    [MemberData(nameof(Readers))]
    public void Every_input_of_the_corpus_is_answered_as_documented(string reader)
    {
        using var folder = new TempFolder();
        string[] inputs = Directory.GetFiles(Path.Combine(Corpus, reader));
        inputs.Should().NotBeEmpty();
        string path = folder["x" + FuzzReaders.All[reader].Extension];
        foreach (string input in inputs)
        {
            File.Copy(input, path, overwrite: true);
            FluentActions.Invoking(() => FuzzReaders.Read(reader, path)).Should().NotThrow(Path.GetFileName(input));
        }
    }

    [Fact]
    public void The_corpus_is_small() => Directory.GetFiles(Corpus, "*", SearchOption.AllDirectories)
        .Sum(file => new FileInfo(file).Length).Should().BeLessThan(200_000);
}
