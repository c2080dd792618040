using System.Text;

namespace DRepMRec.Tests.Data;

/// <summary>A folder for one test, deleted at its end.</summary>
internal sealed class TempFolder : IDisposable
{
    public TempFolder() => Path = Directory.CreateTempSubdirectory("drepmrec-").FullName;

    public string Path { get; }

    public string this[string file] => System.IO.Path.Combine(Path, file);

    /// <summary>Writes a text file; returns the folder, so that calls chain.</summary>
    public TempFolder With(string file, string text) => With(file, Encoding.UTF8.GetBytes(text));

    public TempFolder With(string file, byte[] bytes)
    {
        File.WriteAllBytes(this[file], bytes);
        return this;
    }

    /// <summary>Writes a matrix as a .npy file of single precision.</summary>
    public TempFolder WithNpy(string file, float[,] values)
    {
        using var stream = File.Create(this[file]);
        DRepMRec.Data.NpyMatrix.Write(stream, values.GetLength(0), values.GetLength(1), [.. values.Cast<float>()]);
        return this;
    }

    public string[] Files() => [.. Directory.EnumerateFiles(Path).Select(f => System.IO.Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    /// <summary>Whoever is just writing beside the test may put a file into the folder while it's emptied.</summary>
    public void Dispose()
    {
        for (int left = 20; ; left--)
        {
            try
            {
                Directory.Delete(Path, recursive: true);
                return;
            }
            catch (IOException) when (left > 0)
            {
                Thread.Sleep(50);
            }
        }
    }
}
