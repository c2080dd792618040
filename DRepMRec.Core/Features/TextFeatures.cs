using System.Numerics.Tensors;
using DRepMRec.Data;
using DRepMRec.Graphs;

namespace DRepMRec.Features;

/// <summary>
/// Makes features of titles and other texts with nothing but the library: words and pieces of words weighted by term frequency and
/// inverse document frequency, reduced to the directions of their largest singular values (latent semantic analysis, Deerwester et al.,
/// JASIS 1990).
/// </summary>
/// <remarks>
/// <para>
/// A term that a text has n times weighs (1 + ln n) (1 + ln((1 + N) / (1 + N_t))), N being the number of texts with any term that is kept,
/// and N_t that of those with this one. The words of a text are scaled to length 1, its pieces of words likewise, and so is the row that
/// the directions give.
/// </para>
/// <para>
/// Words are runs of letters, digits and marks, in lower case and normal form KC (a process without ICU, as with
/// <c>InvariantGlobalization</c>, has no normal forms: give it texts that are normalised).
/// </para>
/// <para>
/// A text that was not there at <see cref="Fit"/> is encoded by the same terms and directions, without libtorch: so a new item gets
/// features that a trained model understands. Immutable and safe for use by many threads; the same texts, in any order,
/// options and seed give the same features for any number of threads. Memory is 4 d bytes per term. While it is made it is up to 24 bytes
/// per term of each text, those included that are too rare to be kept, 8 (d + 16) bytes per text, and some 20 (d + 16) bytes per term.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// TextFeatures words = TextFeatures.Fit(titles);
/// FeatureTable features = words.Table(Modality.Text, itemIds, titles);
/// </code>
/// </example>
public sealed partial class TextFeatures
{
    // Columns are standardised before they are compared: directions that few texts determine would count as much as those of all.
    private const int TextsPerDirection = 8;
    private const int FewestDirections = 8;

    // A text of terms that hardly another one has lies across the directions; what is left along them is rounding.
    private const float Negligible = 1e-3f;

    private readonly TextTerms _terms;
    private readonly Dictionary<string, int> _index;
    private readonly string[] _names;
    private readonly float[] _idf;

    /// <summary>One row of d values per term.</summary>
    private readonly float[] _directions;

    private TextFeatures(TextFeatureOptions options, string[] names, float[] idf, float[] directions, int dimension)
    {
        Options = options;
        Dimension = dimension;
        _terms = new TextTerms(options.MinCharacters, options.MaxCharacters);
        (_names, _idf, _directions) = (names, idf, directions);
        _index = new Dictionary<string, int>(names.Length, StringComparer.Ordinal);
        foreach (string name in names)
            _index.Add(name, _index.Count);
    }

    /// <summary>The options that it was made with.</summary>
    public TextFeatureOptions Options { get; }

    /// <summary>
    /// The number of features d: at most as many as asked for, as different texts and as terms, and one for every eight different texts, or
    /// eight.
    /// </summary>
    public int Dimension { get; }

    /// <summary>The number of words and pieces of words that it knows.</summary>
    public int TermCount => _names.Length;

    /// <summary>Learns terms, weights and directions from texts.</summary>
    /// <param name="texts">The texts of the catalogue; blank ones and <see langword="null"/> are left out.</param>
    /// <param name="options">How, or <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends the work between two texts or two products.</param>
    /// <exception cref="ArgumentException">Fewer texts share a word or a piece of one than the options ask for.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static TextFeatures Fit(
        IReadOnlyList<string?> texts, TextFeatureOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        options ??= new TextFeatureOptions();
        string[] sorted = [.. texts.OfType<string>().Order(StringComparer.Ordinal)]; // Sums round by the order of what they add.
        var (names, idf, matrix) = Weigh(sorted, texts.Count, options, cancellationToken);
        int mostOfTexts = Math.Max(FewestDirections, Different(matrix) / TextsPerDirection);
        int dimension = Math.Min(Math.Min(options.MaxDimension, mostOfTexts), Math.Min(matrix.RowCount, matrix.ColumnCount));
        var (directions, count) = PrincipalComponents.Directions(matrix, dimension, options.Seed, cancellationToken);
        return new TextFeatures(options, names, idf, directions, count);
    }

    /// <summary>
    /// The features of a text: d values of length 1, or <see langword="null"/> where it has no term that is known, or none that counts
    /// along the directions.
    /// </summary>
    /// <param name="text">The text.</param>
    public float[]? Encode(string? text)
    {
        var row = new float[Dimension];
        return Encode(text, row) ? row : null;
    }

    /// <summary>
    /// The features of items by raw id, for a dataset. Items whose text has no known term get no row: they lack the modality.
    /// </summary>
    /// <param name="modality">What the modality is called, such as <see cref="Modality.Text"/>.</param>
    /// <param name="itemIds">The raw ids.</param>
    /// <param name="texts">The text of each, blank or <see langword="null"/> where there is none.</param>
    /// <exception cref="ArgumentException">The numbers of ids and texts differ, an id is blank or there twice.</exception>
    public FeatureTable Table(Modality modality, IReadOnlyList<string> itemIds, IReadOnlyList<string?> texts)
    {
        ArgumentNullException.ThrowIfNull(itemIds);
        ArgumentNullException.ThrowIfNull(texts);
        if (itemIds.Count != texts.Count)
            throw new ArgumentException($"Expected one text per id, got {itemIds.Count} ids and {texts.Count} texts.", nameof(texts));
        var rows = new float[texts.Count][];
        Parallelism.ForRanges(texts.Count, 256, (begin, end) =>
        {
            for (int n = begin; n < end; n++)
                rows[n] = Encode(texts[n]) ?? [];
        });
        int[] known = [.. Enumerable.Range(0, rows.Length).Where(n => rows[n].Length > 0)];
        return new FeatureTable(modality, [.. known.Select(n => itemIds[n])], Dimension, known.SelectMany(n => rows[n]).ToArray());
    }

    /// <summary>The terms, their inverse document frequencies and the weights [texts, terms], without the counts behind them.</summary>
    private static (string[] Names, float[] Idf, CsrMatrix Matrix) Weigh(
        string[] texts, int all, TextFeatureOptions options, CancellationToken cancellationToken)
    {
        TextCounts counts = TextCounts.Of(texts, options, cancellationToken);
        if (counts.Names.Length == 0)
        {
            throw new ArgumentException(
                $"Expected a word, or a piece of one, that at least {options.MinTexts} texts have (option {nameof(options.MinTexts)}); "
                + $"found none in {all} texts.", nameof(texts));
        }

        float[] idf = [.. counts.TextsWith.Select(n => 1 + (float)Math.Log((1.0 + counts.TextCount) / (1.0 + n)))];
        return (counts.Names, idf, counts.Weighted(idf));
    }

    /// <summary>The number of rows that aren't the one before; equal texts follow each other.</summary>
    private static int Different(CsrMatrix rows)
    {
        int different = 0;
        Range before = 0..0;
        for (int row = 0; row < rows.RowCount; row++)
        {
            Range own = rows.RowOffsets[row]..rows.RowOffsets[row + 1];
            bool isSame = rows.Columns[own].SequenceEqual(rows.Columns[before]) && rows.Values[own].SequenceEqual(rows.Values[before]);
            different += isSame ? 0 : 1;
            before = own;
        }

        return different;
    }

    private bool Encode(string? text, Span<float> row)
    {
        if (string.IsNullOrWhiteSpace(text))
            return false;
        var found = new SortedDictionary<int, int>();
        var lookup = _index.GetAlternateLookup<ReadOnlySpan<char>>();
        _terms.Visit(text, term =>
        {
            if (lookup.TryGetValue(term, out int index))
                found[index] = found.GetValueOrDefault(index) + 1;
        });
        if (found.Count == 0)
            return false;
        int[] terms = [.. found.Keys];
        float[] weights = TextCounts.Weights(terms, [.. found.Values], _names, _idf);
        for (int n = 0; n < terms.Length; n++)
            TensorPrimitives.MultiplyAdd(_directions.AsSpan(terms[n] * Dimension, Dimension), weights[n], row, row);
        float length = TensorPrimitives.Norm(row);
        if (length <= Negligible * TensorPrimitives.Norm(weights))
            return false;
        TensorPrimitives.Divide(row, length, row);
        return true;
    }
}
