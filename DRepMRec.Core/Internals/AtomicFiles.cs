namespace DRepMRec.Internals;

/// <summary>Writes files such that a reader sees the old content or the new, never a half.</summary>
internal static class AtomicFiles
{
    /// <summary>Writes all files under names of their own first, and renames them when every one is complete.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="files">What to write, by file name. Files that exist are replaced.</param>
    public static void Write(string folder, IReadOnlyDictionary<string, Action<Stream>> files)
    {
        string suffix = $".{Guid.NewGuid():N}.tmp";
        try
        {
            foreach (var (name, write) in files)
            {
                using var stream = new FileStream(Path.Combine(folder, name + suffix), FileMode.CreateNew, FileAccess.Write, FileShare.None);
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            foreach (string name in files.Keys)
                File.Move(Path.Combine(folder, name + suffix), Path.Combine(folder, name), overwrite: true);
        }
        finally
        {
            foreach (string name in files.Keys)
                File.Delete(Path.Combine(folder, name + suffix));
        }
    }
}
