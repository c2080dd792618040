using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>
/// A dataset or one of its files isn't what its format promises. The message names the file, the line where there is one, what was expected
/// and what was seen; it has less than 4,000 characters, and control characters in it are escaped.
/// </summary>
public sealed class DatasetFormatException : FormatException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">The message: the file, the expectation and the finding.</param>
    /// <param name="file">The file, or <see langword="null"/> when the data came from memory.</param>
    /// <param name="line">The 1-based line, or <see langword="null"/> when the file has no lines.</param>
    /// <param name="innerException">The cause, if another exception brought this one about.</param>
    public DatasetFormatException(string message, string? file = null, long? line = null, Exception? innerException = null)
        : base(Shown.Whole(Locate(message, file is null ? null : Shown.Name(file), line), keepLines: true), innerException)
    {
        File = file;
        Line = line;
    }

    internal DatasetFormatException(RowPlace first, LoadReport report)
        : this(first, report.ToString()) => Report = report;

    internal DatasetFormatException(RowPlace first, ItemTableReport report)
        : this(first, report.ToString()) => ItemReport = report;

    private DatasetFormatException(RowPlace first, string report)
        : base(Shown.Whole($"{first.Message}\n{report}", keepLines: true))
    {
        File = first.File;
        Line = first.File is null ? null : first.Line;
    }

    /// <summary>The file that is wrong, if the data came from one.</summary>
    public string? File { get; }

    /// <summary>The 1-based line that is wrong, if there is one.</summary>
    public long? Line { get; }

    /// <summary>
    /// Where rows are wrong, all kinds of mistakes with the first places of each, from one pass over all rows; the message has it too.
    /// Otherwise <see langword="null"/>.
    /// </summary>
    public LoadReport? Report { get; }

    /// <summary>The same where rows of a table of items are wrong.</summary>
    public ItemTableReport? ItemReport { get; }

    private static string Locate(string message, string? file, long? line) => (file, line) switch
    {
        (null, null) => message,
        (null, _) => $"Line {line}: {message}",
        (_, null) => $"{file}: {message}",
        _ => $"{file} line {line}: {message}",
    };
}
