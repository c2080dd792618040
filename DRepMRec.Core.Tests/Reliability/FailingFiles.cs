using DRepMRec.Internals;

namespace DRepMRec.Tests.Reliability;

/// <summary>Lets one of the steps that the library takes with the files of a folder fail, and counts them.</summary>
internal sealed class FailingFiles : IDisposable
{
    private const int InputOutputError = 5;
    private readonly string _folder;
    private readonly int _failing;
    private readonly Action<string> _fail;
    private int _count;

    /// <param name="folder">The folder whose files are meant.</param>
    /// <param name="failing">The number of the step, from 0; -1 for none.</param>
    /// <param name="fail">What happens at that step, to which file; it may throw.</param>
    public FailingFiles(string folder, int failing, Action<string> fail)
    {
        (_folder, _failing, _fail) = (folder, failing, fail);
        Files.Before = Count;
    }

    /// <summary>The step that failed, if it was reached.</summary>
    public FileOperation? Failed { get; private set; }

    public static void Broken(string path) => throw new IOException($"Input/output error : '{path}'", InputOutputError);

    public static void Forbidden(string path) => throw new UnauthorizedAccessException($"Access to the path '{path}' is denied.");

    public void Dispose() => Files.Before = null;

    private void Count(FileOperation operation, string path)
    {
        if (!path.StartsWith(_folder, StringComparison.Ordinal) || Interlocked.Increment(ref _count) - 1 != _failing)
            return;
        Failed = operation;
        _fail(path);
    }
}
