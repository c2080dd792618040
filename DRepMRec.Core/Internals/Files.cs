namespace DRepMRec.Internals;

/// <summary>What can go wrong with a file, one step at a time.</summary>
internal enum FileOperation
{
    Open,
    Read,
    Write,
    Flush,
    Map,
    Rename,
    Delete,
    List,
    MakeFolder,
}

/// <summary>Every step that the library takes with files goes through here, so that tests can let each of them fail in turn.</summary>
/// <remarks>Whether something exists is asked without it: that has no way to fail.</remarks>
internal static class Files
{
    private const int Unspecified = unchecked((int)0x80131620); // COR_E_IO: of an error that somebody made up.

    /// <summary>Called before each step, with the file; what it throws is the step's failure. For tests alone.</summary>
    public static Action<FileOperation, string>? Before { get; set; }

    public static WatchedFile Open(
        string path, FileMode mode, FileAccess access, FileShare share, int bufferSize = 4096, FileOptions options = FileOptions.None)
        => Open(path, new FileStreamOptions
        {
            Mode = mode,
            Access = access,
            Share = share,
            BufferSize = bufferSize,
            Options = options,
        });

    public static WatchedFile Open(string path, FileStreamOptions options)
    {
        Announce(FileOperation.Open, path);
        return new WatchedFile(new FileStream(path, options), path);
    }

    /// <summary>Opens a file for reading; meanwhile it can be replaced, on Windows too.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bufferSize">1 where the reader has a buffer of its own.</param>
    /// <param name="options">How it's read.</param>
    public static WatchedFile OpenRead(string path, int bufferSize = 4096, FileOptions options = FileOptions.None)
        => Open(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize, options);

    public static async Task<byte[]> ReadAllAsync(string path, CancellationToken cancellationToken)
    {
        Announce(FileOperation.Read, path);
        return await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
    }

    public static void Rename(string from, string to, bool overwrite = false)
    {
        Announce(FileOperation.Rename, from);
        Insist(() => File.Move(from, to, overwrite), OperatingSystem.IsWindows());
    }

    public static void Replace(string from, string to, string aside)
    {
        Announce(FileOperation.Rename, from);
        Insist(() => File.Replace(from, to, aside), OperatingSystem.IsWindows());
    }

    public static void Delete(string path)
    {
        if (!File.Exists(path))
            return;
        Announce(FileOperation.Delete, path);
        File.Delete(path);
    }

    /// <summary>Deletes a file that nobody needs; what can't be deleted stays.</summary>
    public static void TryDelete(string path)
    {
        try
        {
            Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }

    public static IEnumerable<string> List(string folder, string pattern = "*")
    {
        Announce(FileOperation.List, folder);
        return Directory.EnumerateFiles(folder, pattern);
    }

    public static IEnumerable<string> ListFolders(string folder)
    {
        Announce(FileOperation.List, folder);
        return Directory.EnumerateDirectories(folder);
    }

    public static void MakeFolder(string folder)
    {
        Announce(FileOperation.MakeFolder, folder);
        Directory.CreateDirectory(folder);
    }

    /// <summary>Whether an error is the system's, about a file, and not a reader's about what stands in it.</summary>
    public static bool IsOfSystem(Exception exception) => exception is UnauthorizedAccessException
        || (exception is IOException and not EndOfStreamException && exception.HResult != Unspecified);

    /// <summary>Takes a step; where others, such as virus scanners, hold a file for a moment, up to five times.</summary>
    internal static void Insist(Action step, bool isHeldByOthers)
    {
        const int Tries = 5, Milliseconds = 100;
        for (int n = 1; ; n++)
        {
            try
            {
                step();
                return;
            }
            catch (Exception exception) when (isHeldByOthers && n < Tries && exception is (IOException or UnauthorizedAccessException)
                and not (FileNotFoundException or DirectoryNotFoundException))
            {
                Thread.Sleep(Milliseconds);
            }
        }
    }

    internal static void Announce(FileOperation operation, string path) => Before?.Invoke(operation, path);
}
