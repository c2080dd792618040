using System.Globalization;
using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>
/// Parses the header text of a <c>.npy</c> file, a Python dictionary such as
/// <c>{'descr': '&lt;f4', 'fortran_order': False, 'shape': (10, 4), }</c>.
/// </summary>
internal sealed class NpyHeaderText(string text, string file)
{
    private readonly List<long> _shape = [];
    private int _position;
    private string? _type;
    private bool? _fortranOrder;
    private bool _hasShape;

    /// <summary>The number type, such as <c>&lt;f4</c>.</summary>
    public string Type => _type!;

    /// <summary>Whether the numbers stand column by column.</summary>
    public bool FortranOrder => _fortranOrder!.Value;

    /// <summary>The dimensions as written; they may be anything.</summary>
    public IReadOnlyList<long> Shape => _shape;

    public void Parse()
    {
        Expect('{');
        while (!TryTake('}'))
        {
            string key = ReadString();
            Expect(':');
            switch (key)
            {
                case "descr" when _type is null:
                    _type = ReadType();
                    break;
                case "fortran_order" when _fortranOrder is null:
                    _fortranOrder = ReadWord() switch { "True" => true, "False" => false, _ => throw Malformed() };
                    break;
                case "shape" when !_hasShape:
                    ReadShape();
                    break;
                default:
                    throw Malformed();
            }

            if (!TryTake(','))
            {
                Expect('}');
                break;
            }
        }

        if (_type is null || _fortranOrder is null || !_hasShape || !text.AsSpan(_position).IsWhiteSpace())
            throw Malformed();
    }

    // A list stands for a record type, which isn't a number; it is passed on as it is and refused with the other types.
    private string ReadType()
    {
        if (Peek() != '[')
            return ReadString();
        int end = text.IndexOf(']', _position);
        if (end < 0)
            throw Malformed();
        string type = text[_position..(end + 1)];
        _position = end + 1;
        return type;
    }

    private void ReadShape()
    {
        _hasShape = true;
        Expect('(');
        while (!TryTake(')'))
        {
            string word = ReadWord().TrimEnd('L'); // Python 2 wrote long integers as 10L.
            if (!long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long dimension) || _shape.Count == 32)
                throw Malformed();
            _shape.Add(dimension);
            if (!TryTake(','))
            {
                Expect(')');
                break;
            }
        }
    }

    private string ReadString()
    {
        char quote = Peek();
        int end = quote is '\'' or '"' ? text.IndexOf(quote, _position + 1) : -1;
        if (end < 0)
            throw Malformed();
        string value = text[(_position + 1)..end];
        _position = end + 1;
        return value;
    }

    private string ReadWord()
    {
        Peek();
        int start = _position;
        while (_position < text.Length && (char.IsAsciiLetterOrDigit(text[_position]) || text[_position] == '-'))
            _position++;
        return text[start.._position];
    }

    private char Peek()
    {
        while (_position < text.Length && char.IsWhiteSpace(text[_position]))
            _position++;
        return _position < text.Length ? text[_position] : '\0';
    }

    private bool TryTake(char c)
    {
        if (Peek() != c)
            return false;
        _position++;
        return true;
    }

    private void Expect(char c)
    {
        if (!TryTake(c))
            throw Malformed();
    }

    private DatasetFormatException Malformed()
        => new($"expected a header like {{'descr': '<f4', 'fortran_order': False, 'shape': (10, 4), }}, found "
            + $"{Shown.Text(text.AsSpan().TrimEnd())}.", file);
}
