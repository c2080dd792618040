using System.Runtime.InteropServices;
using DRepMRec.Graphs;

namespace DRepMRec.Features;

/// <summary>How often each text has each term that is kept.</summary>
internal sealed class TextCounts
{
    private readonly int[] _offsets;
    private readonly int[] _terms;
    private readonly int[] _counts;

    private TextCounts(string[] names, int[] textsWith, int[] offsets, int[] terms, int[] counts)
        => (Names, TextsWith, _offsets, _terms, _counts) = (names, textsWith, offsets, terms, counts);

    /// <summary>The terms, those of the most texts first.</summary>
    public string[] Names { get; }

    /// <summary>How many texts have each term.</summary>
    public int[] TextsWith { get; }

    /// <summary>The number of texts that have a term.</summary>
    public int TextCount => _offsets.Length - 1;

    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static TextCounts Of(IReadOnlyList<string?> texts, TextFeatureOptions options, CancellationToken cancellationToken)
    {
        var cutter = new TextTerms(options.MinCharacters, options.MaxCharacters);
        var index = new Dictionary<string, int>(StringComparer.Ordinal);
        var lookup = index.GetAlternateLookup<ReadOnlySpan<char>>();
        List<int> lastText = [], textsWith = [], places = [], terms = [], counts = [], ends = [];
        for (int n = 0; n < texts.Count; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int text = n, before = terms.Count;
            cutter.Visit(texts[n] ?? "", found =>
            {
                if (!lookup.TryGetValue(found, out int term))
                {
                    index.Add(found.ToString(), term = index.Count);
                    lastText.Add(-1);
                    textsWith.Add(0);
                    places.Add(0);
                }

                if (lastText[term] != text)
                {
                    (lastText[term], places[term]) = (text, terms.Count);
                    textsWith[term]++;
                    terms.Add(term);
                    counts.Add(0);
                }

                counts[places[term]]++;
            });
            if (terms.Count > before)
                ends.Add(terms.Count);
        }

        string[] names = [.. index.Keys];
        int[] kept =
        [
            .. Enumerable.Range(0, names.Length).Where(t => textsWith[t] >= options.MinTexts)
                .OrderByDescending(t => textsWith[t]).ThenBy(t => names[t], StringComparer.Ordinal).Take(options.MaxTerms),
        ];
        int[] rank = new int[names.Length];
        Array.Fill(rank, -1);
        for (int n = 0; n < kept.Length; n++)
            rank[kept[n]] = n;
        return Keep(rank, [.. kept.Select(t => names[t])], [.. kept.Select(t => textsWith[t])], ends, terms, counts);
    }

    /// <summary>The matrix of weights [texts, terms].</summary>
    public CsrMatrix Weighted(float[] idf)
    {
        var values = new float[_terms.Length];
        for (int text = 0; text < TextCount; text++)
        {
            Range row = _offsets[text].._offsets[text + 1];
            Weights(_terms[row], _counts[row], Names, idf).CopyTo(values, _offsets[text]);
        }

        return new CsrMatrix(TextCount, Names.Length, _offsets, _terms, values);
    }

    /// <summary>The weights of one text's terms: words together have length 1, and so have pieces of words.</summary>
    public static float[] Weights(int[] terms, int[] counts, string[] names, float[] idf)
    {
        var weights = new float[terms.Length];
        double words = 0, pieces = 0;
        for (int n = 0; n < terms.Length; n++)
        {
            double weight = (1 + Math.Log(counts[n])) * idf[terms[n]];
            weights[n] = (float)weight;
            if (TextTerms.IsWord(names[terms[n]]))
                words += weight * weight;
            else
                pieces += weight * weight;
        }

        float word = (float)(1 / Math.Sqrt(words)), piece = (float)(1 / Math.Sqrt(pieces));
        for (int n = 0; n < terms.Length; n++)
            weights[n] *= TextTerms.IsWord(names[terms[n]]) ? word : piece;
        return weights;
    }

    private static TextCounts Keep(
        int[] rank, string[] names, int[] textsWith, List<int> ends, List<int> terms, List<int> counts)
    {
        List<int> offsets = [0];
        int begin = 0, kept = 0;
        foreach (int end in ends)
        {
            var row = new List<(int Term, int Count)>();
            for (int n = begin; n < end; n++)
            {
                if (rank[terms[n]] >= 0)
                    row.Add((rank[terms[n]], counts[n]));
            }

            begin = end;
            if (row.Count == 0)
                continue;
            row.Sort((a, b) => a.Term.CompareTo(b.Term));
            // Where rows were that have been read: none is longer than before.
            foreach (var (term, count) in row)
            {
                terms[kept] = term;
                counts[kept++] = count;
            }

            offsets.Add(kept);
        }

        CollectionsMarshal.SetCount(terms, kept);
        CollectionsMarshal.SetCount(counts, kept);
        return new TextCounts(names, textsWith, [.. offsets], [.. terms], [.. counts]);
    }
}
