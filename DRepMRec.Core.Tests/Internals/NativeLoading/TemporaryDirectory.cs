namespace DRepMRec.Tests.Internals.NativeLoading;

/// <summary>An empty directory that goes away with the test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("drepmrec-tests-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
