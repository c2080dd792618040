using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>
/// The <c>float_seq</c> columns of RecBole's <c>NAME.item</c>; a blank cell means an item without the modality. A line with mistakes counts
/// for the first that is found, and gives what else it has.
/// </summary>
internal sealed class RecBoleItemFile
{
    private const string FeatureSuffix = "_feat";

    private readonly DelimitedText _text;
    private readonly InteractionLog _log;
    private readonly RecBoleHeader _header;
    private readonly RecBoleFeatures[] _columns;
    private readonly Dictionary<string, long> _lines = new(StringComparer.Ordinal);
    private readonly HashSet<long> _wrong = [];
    private string? _firstWrong;

    private RecBoleItemFile(DelimitedText text, InteractionLog log)
    {
        (_text, _log) = (text, log);
        _header = RecBoleHeader.Read(text);
        _columns = [.. Enumerable.Range(0, _header.Types.Count).Where(c => _header.Types[c] == "float_seq")
            .Select(c => new RecBoleFeatures(c, ModalityOf(c)))];
        if (_columns.DistinctBy(c => c.Modality).Count() != _columns.Length)
            throw text.Error($"expected one column per modality, found {Shown.List(_columns.Select(c => c.Modality))}.");
    }

    /// <summary>Reads the features, and counts the lines that can't be read in the log.</summary>
    public static IReadOnlyList<FeatureTable> Read(DatasetFolder folder, string file, InteractionLog log)
    {
        folder.Reads(file);
        using var text = new DelimitedText(folder[file], '\t', quoted: false);
        var reader = new RecBoleItemFile(text, log);
        return reader._columns.Length == 0 ? [] : reader.Read();
    }

    private List<FeatureTable> Read()
    {
        int item = _header.Columns.Require("item_id:token", "itemID:token");
        var form = new RowForm(_text, _header.Types.Count, _header.Columns.Names, "an item", [item, .. _columns.Select(c => c.Index)]);
        while (_text.Read())
            ReadLine(form, item);
        var tables = new List<FeatureTable>();
        foreach (RecBoleFeatures column in _columns)
        {
            if (column.IsBlank)
                _log.Note($"the column {column.Modality} of {Shown.Name(_text.File)} is blank in every line");
            else
                tables.Add(column.Close(_text.File, (line, message) => Mistake(RowMistakeKind.Dimension, line, message)));
        }

        if (_firstWrong is not null)
            _log.Note($"{LoadReport.Rows(_wrong.Count)} skipped among features, the first: {_firstWrong}");
        return tables;
    }

    private void ReadLine(RowForm form, int item)
    {
        if (form.Fault is { } fault)
        {
            Mistake(fault, _text.Line, form.Message(fault));
            return;
        }

        string id = _text[item].ToString();
        if (RawId.WhatIsWrong(id) is { } wrong)
        {
            Mistake(RowMistakeKind.Item, _text.Line, $"expected an item id, found {wrong}.");
            return;
        }

        if (!_lines.TryAdd(id, _text.Line))
        {
            Mistake(RowMistakeKind.RepeatedItem, _text.Line,
                $"expected each item once; found {Shown.Text(id)}, which is in line {_lines[id]} already.");
            return;
        }

        foreach (RecBoleFeatures column in _columns)
        {
            if (column.Add(id, _text) is { } found)
            {
                Mistake(RowMistakeKind.Number, _text.Line,
                    $"expected numbers separated by spaces in the column {column.Modality}, found {found}.");
            }
        }
    }

    private void Mistake(RowMistakeKind kind, long line, string message)
    {
        if (!_wrong.Add(line))
            return;
        _firstWrong ??= new DatasetFormatException(message, _text.File, line).Message;
        if (_log.Mistakes(kind))
            _log.Describe(kind, _text.File, line, message);
    }

    private Modality ModalityOf(int column)
    {
        string name = _header.NameOf(column);
        try
        {
            return new Modality(name.EndsWith(FeatureSuffix, StringComparison.OrdinalIgnoreCase) ? name[..^FeatureSuffix.Length] : name);
        }
        catch (ArgumentException exception)
        {
            throw new DatasetFormatException(
                "expected a float_seq column named by a modality (at most 64 letters, digits, '-' and '_'), "
                + $"found {Shown.Text(_header.Columns.Names[column])}.",
                _text.File, _text.Line, exception);
        }
    }
}
