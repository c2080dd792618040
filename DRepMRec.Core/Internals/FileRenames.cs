namespace DRepMRec.Internals;

/// <summary>How files are renamed. Tests put others in its place, which fail.</summary>
internal class FileRenames
{
    /// <summary>Renames a file.</summary>
    /// <param name="from">The file's name.</param>
    /// <param name="to">The file's new name.</param>
    /// <param name="overwrite">Whether a file of that name is replaced.</param>
    /// <exception cref="IOException">It can't be renamed; all is as it was.</exception>
    public virtual void Move(string from, string to, bool overwrite) => Files.Rename(from, to, overwrite);

    /// <summary>Replaces an existing file by another in one step, so that one of the two is always there; the old one is kept.</summary>
    /// <returns><see langword="false"/> where the file system can't do so in one step; all is as it was then.</returns>
    public virtual bool TryReplace(string from, string to, string aside)
    {
        try
        {
            Files.Replace(from, to, aside);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            if (File.Exists(aside) && File.Exists(to))
                Files.Delete(aside);
            else if (File.Exists(aside))
                Files.Rename(aside, to);
            return false;
        }
    }
}
