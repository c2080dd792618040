using System.Runtime.InteropServices;
using System.Text;
using DRepMRec.Internals;

namespace DRepMRec.Collectives;

/// <summary>
/// The functions of MPI's C interface that are used. Handles are addresses in Open MPI and numbers in MPICH and its relatives; a number
/// goes where an address goes in the registers of x64 and Arm64, so one signature serves both.
/// </summary>
internal sealed unsafe class MpiLibrary
{
    public const int ThreadSerialized = 2;
    public const int MaxStatusBytes = 256;
    public const string Variable = "DREPMREC_MPI_LIBRARY";
    private const int MaxErrorBytes = 1024;

    // MPICH's handles, the same in Intel MPI and MVAPICH by their common ABI.
    private const nint MpichWorld = 0x44000000, MpichByte = 0x4c00010d, MpichErrorsReturn = 0x54000001;

    private static readonly string[] Names =
    [
        "libmpi.so.40", "libmpi.so.80", "libmpi.so.12", "libmpich.so.12", "libmpi.so", "libmpi.dylib", "libmpi.40.dylib", "libmpi.12.dylib",
    ];

    public readonly delegate* unmanaged<int*, int> Initialized;
    public readonly delegate* unmanaged<int*, int> Finalized;
    public readonly delegate* unmanaged<int*, byte***, int, int*, int> InitThread;
    public readonly delegate* unmanaged<nint, nint*, int> CommDup;
    public readonly delegate* unmanaged<nint*, int> CommFree;
    public readonly delegate* unmanaged<nint, nint, int> CommSetErrhandler;
    public readonly delegate* unmanaged<nint, int*, int> CommRank;
    public readonly delegate* unmanaged<nint, int*, int> CommSize;
    public readonly delegate* unmanaged<void*, int, nint, void*, int*, int*, nint, nint, nint*, int> Iallgatherv;
    public readonly delegate* unmanaged<void*, int, nint, int, nint, nint*, int> Ibcast;
    public readonly delegate* unmanaged<nint, nint*, int> Ibarrier;
    public readonly delegate* unmanaged<nint*, int*, void*, int> Test;
    public readonly delegate* unmanaged<int> Finalize;
    private readonly delegate* unmanaged<int, byte*, int*, int> _errorString;

    private MpiLibrary(nint library, string name)
    {
        nint Function(string function) => NativeLibrary.TryGetExport(library, function, out nint address)
            ? address
            : throw new CollectiveException(
                CollectiveFailure.Unavailable, $"{Shown.Name(name)} isn't an MPI library: it has no function {function}.");
        Initialized = (delegate* unmanaged<int*, int>)Function("MPI_Initialized");
        Finalized = (delegate* unmanaged<int*, int>)Function("MPI_Finalized");
        InitThread = (delegate* unmanaged<int*, byte***, int, int*, int>)Function("MPI_Init_thread");
        CommDup = (delegate* unmanaged<nint, nint*, int>)Function("MPI_Comm_dup");
        CommFree = (delegate* unmanaged<nint*, int>)Function("MPI_Comm_free");
        CommSetErrhandler = (delegate* unmanaged<nint, nint, int>)Function("MPI_Comm_set_errhandler");
        CommRank = (delegate* unmanaged<nint, int*, int>)Function("MPI_Comm_rank");
        CommSize = (delegate* unmanaged<nint, int*, int>)Function("MPI_Comm_size");
        Iallgatherv = (delegate* unmanaged<void*, int, nint, void*, int*, int*, nint, nint, nint*, int>)Function("MPI_Iallgatherv");
        Ibcast = (delegate* unmanaged<void*, int, nint, int, nint, nint*, int>)Function("MPI_Ibcast");
        Ibarrier = (delegate* unmanaged<nint, nint*, int>)Function("MPI_Ibarrier");
        Test = (delegate* unmanaged<nint*, int*, void*, int>)Function("MPI_Test");
        Finalize = (delegate* unmanaged<int>)Function("MPI_Finalize");
        _errorString = (delegate* unmanaged<int, byte*, int*, int>)Function("MPI_Error_string");
        if (NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out nint world))
            (World, Byte, ErrorsReturn) = (world, Function("ompi_mpi_byte"), Function("ompi_mpi_errors_return"));
        else
            (World, Byte, ErrorsReturn) = (MpichWorld, MpichByte, MpichErrorsReturn);
    }

    public nint World { get; }

    public nint Byte { get; }

    public nint ErrorsReturn { get; }

    /// <param name="path">The library; <see langword="null"/> for that of the environment, or else the system's.</param>
    /// <exception cref="CollectiveException">There is none, or it isn't MPI.</exception>
    public static MpiLibrary Load(string? path)
    {
        path ??= Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : null;
        string[] names = path is null ? Names : [path];
        var reasons = new List<string>();
        foreach (string name in names)
        {
            try
            {
                return new MpiLibrary(NativeLibrary.Load(name), name);
            }
            catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
            {
                reasons.Add(exception.Message);
            }
        }

        string tried = string.Join(", ", names.Select(Shown.Name));
        throw new CollectiveException(
            CollectiveFailure.Unavailable,
            $"No MPI library can be loaded (tried {tried}). Install Open MPI or MPICH, such as by 'apt-get install openmpi-bin', or name "
            + $"the library by the environment variable {Variable}." + (path is null ? "" : $" {Shown.Message(reasons[0])}"));
    }

    public string ErrorText(int code)
    {
        byte* text = stackalloc byte[MaxErrorBytes];
        int length = 0;
        return _errorString(code, text, &length) == 0
            ? Encoding.UTF8.GetString(text, Math.Clamp(length, 0, MaxErrorBytes))
            : $"error {code}";
    }

    /// <exception cref="CollectiveException">The code isn't success.</exception>
    public void ThrowIfFailed(int code, string function)
    {
        if (code != 0)
            throw new CollectiveException(CollectiveFailure.Unavailable, $"{function} failed: {Shown.Message(ErrorText(code))}");
    }
}
