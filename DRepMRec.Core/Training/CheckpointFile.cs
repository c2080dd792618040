using DRepMRec.Internals;
using Microsoft.Extensions.Logging;

namespace DRepMRec.Training;

/// <summary>The file of a checkpoint, which one training at a time uses: a safetensors file with a JSON manifest in its metadata.</summary>
internal sealed class CheckpointFile : IDisposable
{
    private const string ManifestKey = "drepmrec_checkpoint";
    private const string Previous = ".previous";
    private const string Damaged = ".damaged";

    private readonly string _path;
    private readonly ILogger _logger;
    private readonly WatchedFile _lock;

    /// <summary>Takes the file for this training, and finds out whether its folder can be written to before any work is done.</summary>
    /// <exception cref="IOException">Another training uses it, or the folder doesn't exist or can't be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder can't be written to.</exception>
    public CheckpointFile(string path, ILogger logger)
    {
        _path = AtomicFiles.Target(Path.GetFullPath(path));
        _logger = logger;
        if (Directory.Exists(_path))
            throw new IOException($"Expected a file for the checkpoint; {Shown.Name(_path)} is a folder.");
        string file = _path + ".lock";
        try
        {
            _lock = Files.Open(
                file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (IOException exception) when (exception is not DirectoryNotFoundException && File.Exists(file))
        {
            throw new IOException(
                $"The checkpoint {Shown.Name(_path)} is in use by another training: {Shown.Message(exception.Message)}", exception);
        }

        catch (IOException exception)
        {
            string what = $"The checkpoint {Shown.Name(path)} can't be written";
            throw exception is DirectoryNotFoundException
                ? new DirectoryNotFoundException($"{what}: there is no folder {Shown.Name(Folder)}", exception)
                : new IOException($"{what}: {Shown.Message(exception.Message)}", exception);
        }

        try
        {
            AtomicFiles.Sweep(Folder, Path.GetFileName(_path));
            AtomicFiles.ThrowIfNotWritable(_path);
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    private string Folder => Path.GetDirectoryName(_path)!;

    /// <summary>Reads the newest checkpoint that is whole.</summary>
    /// <returns>The checkpoint's content and its file, or <see langword="null"/> when there is none.</returns>
    /// <exception cref="CheckpointFormatException">There are files, but none is whole, or the last is newer than this library.</exception>
    public (CheckpointManifest Manifest, IReadOnlyDictionary<string, SafeTensor> Tensors, string Path)? Read()
    {
        var newest = ReadNewest(_path, out CheckpointFormatException? damage);
        if (damage is not null)
        {
            _logger.CheckpointDamaged(damage.Message, _path + Damaged);
            Files.Rename(_path, _path + Damaged, overwrite: true);
        }

        return newest;
    }

    /// <summary>Writes a checkpoint; the one before it stays beside it.</summary>
    /// <exception cref="IOException">It can't be written. The one before it is as it was.</exception>
    public void Write(CheckpointManifest manifest, IReadOnlyList<SafeTensor> tensors)
    {
        string text = manifest.ToJson();
        var metadata = new Dictionary<string, string> { [ManifestKey] = text, [TensorChecksum.Key] = TensorChecksum.Of(text, tensors) };
        var files = new Dictionary<string, Action<Stream>>
        {
            [Path.GetFileName(_path)] = stream => Safetensors.Write(stream, metadata, tensors),
        };
        try
        {
            AtomicFiles.Write(Folder, files, Previous);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"The checkpoint after {manifest.History.Count} epochs and {manifest.Batch} batches can't be written, "
                + $"the one before it is as it was: {exception.Message}", exception);
        }
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>Reads the newest checkpoint that is whole, and leaves all files as they are.</summary>
    /// <param name="path">The file of the checkpoint, not a symbolic link to it.</param>
    /// <param name="damage">What is wrong with the last one; <see langword="null"/> where it is the one that was read.</param>
    /// <returns>The checkpoint's content and its file, or <see langword="null"/> when there is none.</returns>
    /// <exception cref="CheckpointFormatException">There are files, but none is whole, or the last is newer than this library.</exception>
    public static (CheckpointManifest Manifest, IReadOnlyDictionary<string, SafeTensor> Tensors, string Path)? ReadNewest(
        string path, out CheckpointFormatException? damage)
    {
        damage = null;
        foreach (string file in new[] { path, path + Previous })
        {
            if (!File.Exists(file))
                continue;
            try
            {
                var (manifest, tensors) = Read(file);
                return (manifest, tensors, file);
            }
            catch (CheckpointFormatException exception) when (!exception.IsNewer)
            {
                damage ??= exception;
            }
        }

        return damage is null ? null : throw damage;
    }

    /// <summary>Reads a checkpoint as it is.</summary>
    /// <exception cref="CheckpointFormatException">It isn't one, is damaged or newer than this library.</exception>
    private static (CheckpointManifest Manifest, IReadOnlyDictionary<string, SafeTensor> Tensors) Read(string path)
    {
        using WatchedFile stream = Files.OpenRead(path, bufferSize: 1 << 16, FileOptions.SequentialScan);
        try
        {
            var (metadata, tensors) = Safetensors.Read(stream, path);
            if (!metadata.TryGetValue(ManifestKey, out string? text))
            {
                throw new CheckpointFormatException(
                    $"{Shown.Name(path)}: expected a checkpoint of DRepMRec, but the file's metadata has no '{ManifestKey}'.");
            }

            CheckpointManifest manifest = CheckpointManifest.Parse(text, path);
            if (metadata.GetValueOrDefault(TensorChecksum.Key) != TensorChecksum.Of(text, tensors.Values))
            {
                throw new CheckpointFormatException(
                    $"{Shown.Name(path)}: the file is damaged: its content doesn't have the checksum that it was written with.");
            }

            return (manifest, tensors);
        }
        catch (SafetensorsException exception)
        {
            throw new CheckpointFormatException(exception.Message, exception);
        }
    }
}
