using DRepMRec.Internals.NativeLoading;

namespace DRepMRec.Tests.Internals.NativeLoading;

/// <summary>The real library, on the system that has it.</summary>
internal static class LibraryOfTorchSharp
{
    /// <summary>Its bytes; skips the test elsewhere.</summary>
    public static byte[] Read()
    {
        string? path = NativeSearchPath.Find(NativeSearchPath.Directories(typeof(TorchSharp.torch).Assembly), "libLibTorchSharp.so");
        Skip.If(path is null, "There is no libLibTorchSharp.so on this system.");
        return File.ReadAllBytes(path!);
    }
}
