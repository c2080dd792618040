using System.IO.MemoryMappedFiles;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>A file mapped into memory for reading: pages come in when they're touched and are shared between processes.</summary>
/// <remarks>
/// Stays mapped until the collector finds that nothing refers to it. Windows can't replace mapped files: write new models under new names;
/// elsewhere a file that is replaced keeps its place on the disk until then, so the collector is told how much hangs on it.
/// </remarks>
internal sealed unsafe class MappedFile
{
    private readonly MemoryMappedViewAccessor _view;
    private readonly long _length;

    public MappedFile(WatchedFile file)
    {
        _length = file.Length;
        _view = file.Map();
        byte* pointer = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        Pointer = pointer + _view.PointerOffset;
        GC.AddMemoryPressure(_length);
    }

    ~MappedFile()
    {
        if (Pointer is null)
            return; // It couldn't be mapped.
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        GC.RemoveMemoryPressure(_length);
    }

    public byte* Pointer { get; }
}
