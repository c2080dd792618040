namespace DRepMRec.Internals;

/// <summary>
/// Replaces a group of files whole or not at all: what fails, be it in writing or in renaming, leaves all of them as they were. The end of
/// the process leaves each of them whole, as it was or as it is to be. On Unix a file that is replaced keeps its permissions.
/// </summary>
internal static class AtomicFiles
{
    private const string TemporarySuffix = ".tmp", AsideSuffix = ".old";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Writes all files under other names, and renames them when all are on the disk. Renames are undone on failure.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="files">The writers of the files, by name. Files that exist are replaced; of symbolic links the targets are.</param>
    /// <param name="keep">
    /// The ending of the name under which a replaced file is kept; without it, it is gone. The file itself is there at every moment, where
    /// the file system can replace one in one step; else it's under the other name for the moment between two renames.
    /// </param>
    /// <param name="renames">How files are renamed; <see langword="null"/> for the system's way.</param>
    public static void Write(
        string folder, IReadOnlyDictionary<string, Action<Stream>> files, string? keep = null, FileRenames? renames = null)
    {
        string suffix = Ending(TemporarySuffix), aside = Ending(AsideSuffix);
        string[] paths = [.. files.Keys.Select(name => Path.Combine(folder, name)).Select(path => keep is null ? Target(path) : path)];
        var log = new RenameLog(renames ?? new FileRenames());
        try
        {
            foreach (var (path, write) in paths.Zip(files.Values))
            {
                SweepAfterADay(path);
                Write(path, suffix, write);
            }

            if (paths.Length == 1 && keep is null)
            {
                log.Move(paths[0] + suffix, paths[0], overwrite: true);
                return;
            }

            try
            {
                foreach (string path in paths)
                {
                    bool keeps = keep is not null && File.Exists(path);
                    if (keeps && File.Exists(path + keep))
                        log.Move(path + keep, path + aside);
                    log.Replace(path + suffix, path, path + (keeps ? keep : aside));
                }
            }
            catch
            {
                log.Undo();
                throw;
            }
        }
        finally
        {
            foreach (string path in paths.Where(path => Directory.Exists(Path.GetDirectoryName(path))))
            {
                Files.TryDelete(path + suffix);
                if (!log.IsStuck)
                    Files.TryDelete(path + aside);
            }
        }
    }

    /// <summary>Writes one file under another name and renames it when it's on the disk: it's whole, or as it was.</summary>
    /// <param name="path">The file, in an existing folder; replaced if it exists. Of a symbolic link the target is.</param>
    /// <param name="write">The writer; what it throws comes out, with the file's name where it's about the file.</param>
    public static async Task WriteAsync(string path, Func<Stream, Task> write)
    {
        string target = Target(path), suffix = Ending(TemporarySuffix);
        WatchedFile? file = null;
        if (Directory.Exists(target))
            throw new IOException($"{Shown.Name(path)} can't be written: expected a file, found a folder.");
        SweepAfterADay(target);
        try
        {
            try
            {
                file = Create(target, suffix, 1 << 16, FileOptions.Asynchronous);
                await using (file.ConfigureAwait(false))
                {
                    await write(file).ConfigureAwait(false);
                    await file.FlushAsync().ConfigureAwait(false);
                    TakePermissions(target, target + suffix);
                    file.FlushToDisk();
                }
            }
            catch (Exception exception) when (Translated(exception, file, target, suffix) is { } translated)
            {
                throw translated;
            }

            Files.Rename(target + suffix, target, overwrite: true);
        }
        finally
        {
            if (Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(target))))
                Files.TryDelete(target + suffix);
        }
    }

    /// <summary>Deletes files that a process left behind when it ended while writing. Nobody else may be writing the file.</summary>
    /// <returns>How many files there were.</returns>
    public static int Sweep(string folder, string name)
    {
        string[] left = [.. Left(folder, name, TemporarySuffix), .. Left(folder, name, AsideSuffix)];
        foreach (string file in left)
            Files.Delete(file);
        return left.Length;
    }

    /// <summary>Finds out whether a file can be written, with the longer name that it has while it's written, and leaves nothing.</summary>
    /// <exception cref="IOException">It can't.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not.</exception>
    public static void ThrowIfNotWritable(string path)
    {
        string suffix = Ending(TemporarySuffix);
        try
        {
            Write(path, suffix, stream => stream.WriteByte(0));
        }
        finally
        {
            Files.TryDelete(path + suffix);
        }
    }

    private static string Ending(string suffix) => $".{Guid.NewGuid():N}{suffix}";

    /// <summary>The files that a writer of a file left behind, or is writing.</summary>
    private static string[] Left(string folder, string name, string suffix)
    {
        bool IsLeft(string file) => file.StartsWith(name + '.', StringComparison.Ordinal)
            && file.Length > name.Length + suffix.Length
            && Guid.TryParseExact(file[(name.Length + 1)..^suffix.Length], "N", out _);
        return [.. Files.List(folder, "*" + suffix).Where(f => IsLeft(Path.GetFileName(f)))];
    }

    /// <summary>Deletes what writers of a file left half written a day ago or earlier; nobody writes it any more.</summary>
    private static void SweepAfterADay(string path)
    {
        string full = Path.GetFullPath(path);
        if (!File.Exists(full) || Path.GetDirectoryName(full) is not { } folder)
            return; // A folder of many files, each written once, isn't listed for each.
        try
        {
            foreach (string file in Left(folder, Path.GetFileName(full), TemporarySuffix))
            {
                if (File.GetLastWriteTimeUtc(file) < DateTime.UtcNow - Day)
                    Files.TryDelete(file);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Whether the folder is there and may be written to, the writer finds out; it needn't be one that may be listed.
        }
    }

    /// <summary>Makes the temporary file: for its owner alone where it's to replace another, whose permissions it gets later.</summary>
    private static WatchedFile Create(string path, string suffix, int bufferSize = 4096, FileOptions options = FileOptions.None)
    {
        var how = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
            BufferSize = bufferSize,
            Options = options,
        };
        if (!OperatingSystem.IsWindows() && File.Exists(path))
            how.UnixCreateMode = OwnerOnly;
        return Files.Open(path + suffix, how);
    }

    private static void TakePermissions(string from, string to)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(from))
            return;
        try
        {
            File.SetUnixFileMode(to, File.GetUnixFileMode(from));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Some file systems have one mode for all files and refuse to set any; the content is whole.
        }
    }

    /// <summary>The file itself, or what a symbolic link stands for, so that the link stays.</summary>
    public static string Target(string path)
        => new FileInfo(path) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : path;

    /// <summary>Writes a file under its temporary name; errors have the name that it is to have.</summary>
    private static void Write(string path, string suffix, Action<Stream> write)
    {
        WatchedFile? file = null;
        try
        {
            using (file = Create(path, suffix))
            {
                write(file);
                TakePermissions(path, path + suffix);
                file.FlushToDisk();
            }
        }
        catch (Exception exception) when (Translated(exception, file, path, suffix) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>An error in writing with the name that the file is to have; <see langword="null"/> for errors of another kind.</summary>
    private static Exception? Translated(Exception exception, WatchedFile? file, string path, string suffix)
    {
        if (file?.Caused(exception) == false)
            return null; // The writer's own, of whatever it writes from.
        // So .NET calls a file that is larger than its file system, or the process, may have.
        if (exception is ArgumentOutOfRangeException { ParamName: "value" })
            return new IOException($"The file is too large for its file system or for this process: {Shown.Name(path)}", exception);
        if (exception is not (IOException or UnauthorizedAccessException))
            return null;
        string cause = exception.Message.Replace(suffix, "", StringComparison.Ordinal);
        string why = $"{Shown.Name(path)} can't be written: {Shown.Message(cause)}";
        return exception is IOException ? new IOException(why, exception) : new UnauthorizedAccessException(why, exception);
    }

    /// <summary>The renames so far, so that they can be taken back.</summary>
    private sealed class RenameLog(FileRenames renames)
    {
        private readonly Stack<(string From, string To)> _done = new();

        /// <summary>Whether a rename couldn't be taken back: the old files stay under their temporary names then.</summary>
        public bool IsStuck { get; private set; }

        /// <summary>Renames a file to one that may exist and is put aside then.</summary>
        public void Replace(string from, string to, string aside)
        {
            if (!File.Exists(to))
            {
                Move(from, to);
                return;
            }

            if (!renames.TryReplace(from, to, aside))
            {
                Move(to, aside);
                Move(from, to);
                return;
            }

            _done.Push((to, aside));
            _done.Push((from, to));
        }

        public void Move(string from, string to, bool overwrite = false)
        {
            renames.Move(from, to, overwrite);
            _done.Push((from, to));
        }

        public void Undo()
        {
            try
            {
                for (; _done.TryPeek(out var last); _done.Pop())
                    renames.Move(last.To, last.From, overwrite: false);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                IsStuck = true;
            }
        }
    }
}
