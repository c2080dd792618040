using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace DRepMRec.Internals.NativeLoading;

/// <summary>Loads TorchSharp's native library from a relaxed copy, which is kept in the user's cache folder.</summary>
[SupportedOSPlatform("linux")]
internal static class RelaxedLibrary
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The folder that keeps copies, private to the user, or <see langword="null"/> for a user without a home.</summary>
    public static string? CacheFolder
    {
        get
        {
            string? named = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            string cache = Path.IsPathFullyQualified(named ?? "")
                ? named!
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
            return Path.IsPathFullyQualified(cache) ? Path.Combine(cache, "drepmrec", "native") : null;
        }
    }

    /// <summary>Loads the relaxed copy from the cache folder, or from a temporary one where that can't be used.</summary>
    /// <param name="original">The file to make the copy of.</param>
    /// <exception cref="ElfFormatException">The original can't be relaxed.</exception>
    /// <exception cref="DllNotFoundException">The copy can't be loaded.</exception>
    /// <exception cref="IOException">The original can't be read, or the copy can't be written anywhere.</exception>
    public static nint Load(string original)
    {
        byte[] content = File.ReadAllBytes(original);
        byte[] relaxed = VersionRelaxer.Relax(content);
        string name = $"libLibTorchSharp-{Convert.ToHexStringLower(SHA256.HashData(content))}.so";
        if (TryLoadKept(name, relaxed, out nint handle))
            return handle;
        try
        {
            return LoadTemporary(name, relaxed);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"The copy of {original} for this system can be written neither to the cache folder "
                + $"{CacheFolder ?? "of this user, who has none,"} nor to the temporary folder {Path.GetTempPath()}: "
                + $"{exception.Message.TrimEnd('.')}. "
                + "Set XDG_CACHE_HOME to a folder that this user may write to.", exception);
        }
    }

    /// <summary>Makes sure that a folder holds a file with exactly this content. Any number of processes may do so at once.</summary>
    /// <returns>The file's path.</returns>
    public static string Keep(string folder, string name, byte[] content)
    {
        Directory.CreateDirectory(folder);
        File.SetUnixFileMode(folder, OwnerOnly | UnixFileMode.UserExecute); // Fails when the folder belongs to someone else.
        string path = Path.Combine(folder, name);
        if (Holds(path, content))
            return path;

        string temporary = $"{path}.{Guid.NewGuid():N}";
        try
        {
            Write(temporary, content);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
        return path;
    }

    private static bool TryLoadKept(string name, byte[] content, out nint handle)
    {
        handle = 0;
        try
        {
            return CacheFolder is string folder && NativeLibrary.TryLoad(Keep(folder, name, content), out handle);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // A cache that can't be used is no reason to fail.
        }
    }

    // Once loaded, the library doesn't need its file any more.
    private static nint LoadTemporary(string name, byte[] content)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("drepmrec-");
        try
        {
            string path = Path.Combine(folder.FullName, name);
            Write(path, content);
            return NativeLibrary.Load(path);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Write(string path, byte[] content)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly };
        using var stream = new FileStream(path, options);
        try
        {
            stream.Write(content);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            // So .NET calls a file that is larger than its file system, or the process, may have.
            throw new IOException($"The file is too large for its file system or for this process: {path}", exception);
        }
    }

    private static bool Holds(string path, byte[] content)
    {
        var file = new FileInfo(path);
        return file.Exists && file.Length == content.Length && File.ReadAllBytes(path).AsSpan().SequenceEqual(content);
    }
}
