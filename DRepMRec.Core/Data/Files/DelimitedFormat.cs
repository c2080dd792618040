using System.Text;
using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>How delimited files are written, whatever they hold.</summary>
internal static class DelimitedFormat
{
    public static char CheckedSeparator(char value)
        => value is not ('"' or '\r' or '\n') ? value
            : throw new ArgumentException($"A separator can't be a quote or a line break; got {Shown.Text([value])}.", "Separator");

    public static string CheckedEncoding(string value)
    {
        ArgumentNullException.ThrowIfNull(value, "Encoding");
        try
        {
            _ = Strict(value);
        }
        catch (NotSupportedException e)
        {
            throw new ArgumentException(
                $"Expected an encoding that .NET reads, such as utf-8; {Shown.Text(value)}: {e.Message}", "Encoding", e);
        }

        return value;
    }

    /// <summary>The encoding, such that bytes that aren't text are an error and never another character.</summary>
    public static Encoding Strict(string name)
        => Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);

    /// <summary>
    /// Opens a file without a header at its first row, which may be broken: its width is that of the first row that isn't.
    /// </summary>
    /// <param name="open">Opens the file.</param>
    /// <returns>The file; <see langword="null"/> where it is empty.</returns>
    public static DelimitedText? AtFirstRow(Func<DelimitedText> open)
    {
        DelimitedText text = open();
        return Disposal.With(text, () =>
        {
            if (!((ITextRows)text).Read())
            {
                text.Dispose();
                return null;
            }

            if (text.Broken is not null && text.CanBeReopened)
            {
                using DelimitedText ahead = open();
                while (((ITextRows)ahead).Read())
                {
                    if (ahead.Broken is not null)
                        continue;
                    text.FieldCount = ahead.FieldCount;
                    break;
                }
            }

            return text;
        });
    }

    /// <summary>The error of a first line that was taken as the header and has a value where a name should be.</summary>
    /// <param name="rows">The file, at that line.</param>
    /// <param name="column">What the column holds, such as "ratings".</param>
    /// <param name="options">The type whose property the message names.</param>
    public static DatasetFormatException NoHeader(ITextRows rows, string column, string options)
        => rows.Error($"expected a header, found {rows.Shown} with a value in the column of the {column}.{HeaderHint(options)}");

    /// <summary>What to say at the end of errors about a header in which nothing is found by a name.</summary>
    /// <param name="options">The type whose property the message names.</param>
    public static string HeaderHint(string options)
        => $" {options}.{nameof(DelimitedOptions.HasHeader)} = false reads the line as the first row.";

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="separator">What stands between two fields.</param>
    /// <param name="quotes">Whether fields may stand in quotes.</param>
    /// <param name="encoding">The encoding's name.</param>
    /// <param name="options">The type whose properties messages name.</param>
    public static DelimitedText Open(string path, char separator, bool quotes, string encoding, string options)
    {
        string file = Path.GetFileName(path);
        var lines = new LineReader(LineReader.Open(path), file, Strict(encoding),
            $" {options}.{nameof(DelimitedOptions.Encoding)} names another encoding.");
        return new DelimitedText(lines, file, separator, quotes,
            $" {options}.{nameof(DelimitedOptions.Quotes)} = false takes quotes as they are.");
    }
}
