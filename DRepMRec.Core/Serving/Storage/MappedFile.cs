using System.IO.MemoryMappedFiles;

namespace DRepMRec.Serving;

/// <summary>A file mapped into memory for reading: pages come in when they're touched and are shared between processes.</summary>
/// <remarks>Stays mapped until nothing refers to it. Windows can't replace mapped files: write new models under new names.</remarks>
internal sealed unsafe class MappedFile
{
    private readonly MemoryMappedViewAccessor _view;

    public MappedFile(FileStream stream)
    {
        using var map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None,
            leaveOpen: true);
        _view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* pointer = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        Pointer = pointer + _view.PointerOffset;
    }

    ~MappedFile()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
    }

    public byte* Pointer { get; }
}
