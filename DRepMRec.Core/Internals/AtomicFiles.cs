namespace DRepMRec.Internals;

/// <summary>Replaces a group of files such that a failure while writing, or the end of the process, leaves each of them whole: as it was or as it is to be.</summary>
internal static class AtomicFiles
{
    private const string TemporarySuffix = ".tmp";

    /// <summary>Writes all files under names of their own first, and renames them when every one is complete and on the disk.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="files">What to write, by file name. Files that exist are replaced.</param>
    /// <param name="keep">What is appended to the name of a file that is replaced, to keep it; without it, it is gone.</param>
    public static void Write(string folder, IReadOnlyDictionary<string, Action<Stream>> files, string? keep = null)
    {
        string suffix = $".{Guid.NewGuid():N}{TemporarySuffix}";
        try
        {
            foreach (var (name, write) in files)
            {
                string path = Path.Combine(folder, name + suffix);
                using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
                try
                {
                    write(stream);
                    stream.Flush(flushToDisk: true);
                }
                catch (ArgumentOutOfRangeException exception) when (exception.ParamName == "value")
                {
                    // So .NET calls a file that is larger than its file system, or the process, may have.
                    throw new IOException($"The file is too large for its file system or for this process: '{path}'", exception);
                }
            }

            foreach (string name in files.Keys)
            {
                string path = Path.Combine(folder, name);
                if (keep is not null && File.Exists(path))
                    File.Move(path, path + keep, overwrite: true);
                File.Move(path + suffix, path, overwrite: true);
            }
        }
        finally
        {
            foreach (string name in files.Keys)
                File.Delete(Path.Combine(folder, name + suffix));
        }
    }

    /// <summary>Deletes what a process that ended while writing a file left behind. Nobody else may be writing it.</summary>
    /// <returns>How many files there were.</returns>
    public static int Sweep(string folder, string name)
    {
        bool IsLeft(string file)
            => file.StartsWith(name + '.', StringComparison.Ordinal) && file.Length > name.Length + TemporarySuffix.Length && Guid.TryParseExact(file[(name.Length + 1)..^TemporarySuffix.Length], "N", out _);
        string[] left = [.. Directory.EnumerateFiles(folder, "*" + TemporarySuffix).Where(f => IsLeft(Path.GetFileName(f)))];
        foreach (string file in left)
            File.Delete(file);
        return left.Length;
    }
}
