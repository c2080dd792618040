namespace Common;

/// <summary>Keeps a second run from writing to a file.</summary>
internal static class RunLock
{
    /// <summary>
    /// Locks a file beside the one that is written, since on Unix <see cref="FileShare.Read"/> doesn't keep a second writer out, and
    /// <see cref="FileShare.None"/> would keep readers out.
    /// </summary>
    /// <returns>What frees it again.</returns>
    /// <exception cref="IOException">Another run has it.</exception>
    public static FileStream Take(string path)
    {
        string file = path + ".lock";
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException e) when (e is not DirectoryNotFoundException && File.Exists(file))
        {
            throw new IOException($"{path}: another run writes to this file. Expected one for each run.", e);
        }
    }
}
