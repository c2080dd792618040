using System.IO.MemoryMappedFiles;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>A file mapped into memory for reading: pages come in when they're touched and are shared between processes.</summary>
/// <remarks>Stays mapped until nothing refers to it. Windows can't replace mapped files: write new models under new names.</remarks>
internal sealed unsafe class MappedFile
{
    private readonly MemoryMappedViewAccessor _view;

    public MappedFile(WatchedFile file)
    {
        _view = file.Map();
        byte* pointer = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        Pointer = pointer + _view.PointerOffset;
    }

    ~MappedFile()
    {
        if (Pointer is null)
            return; // It couldn't be mapped.
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
    }

    public byte* Pointer { get; }
}
