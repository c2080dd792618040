using System.Runtime.CompilerServices;
using DRepMRec.Kernels;

namespace DRepMRec.Tests.Support;

/// <summary>
/// With the environment variable DREPMREC_LIBTORCH=1 the tests run with libtorch's operations in place of our kernels, wherever there are
/// both; what tests our kernels themselves says why it's skipped.
/// </summary>
internal static class LibtorchSide
{
    public const string Reason = "our kernels are switched off by DREPMREC_LIBTORCH=1";

    [ModuleInitializer]
    public static void Choose() => OwnKernels.AreOff = Environment.GetEnvironmentVariable("DREPMREC_LIBTORCH") == "1";
}
