using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DRepMRec.Internals;
using DRepMRec.Internals.NativeLoading;
using TorchSharp;

namespace DRepMRec;

/// <summary>Loads the native side of TorchSharp, also on Linux systems with an older libstdc++ than it was built for.</summary>
/// <remarks>Modules call <see cref="EnsureLoaded"/>; all else works without libtorch. Safe for use by many threads.</remarks>
public static class TorchBackend
{
    private const string Library = "LibTorchSharp";

    private static readonly Lock Gate = new();
    private static TorchBackendException? _failure;
    private static volatile bool _isLoaded;

    /// <summary>Lets TorchSharp find its native library on older Linux systems. Loads nothing.</summary>
    /// <remarks>
    /// Applications that get this library as a package call it when they start, through a generated module initializer; the MSBuild
    /// property <c>DRepMRecModuleInitializer=false</c> turns that off. Otherwise it runs when a type of this library is first used.
    /// </remarks>
    public static void Initialize() => TorchLibraryResolver.Hook();

    /// <summary>Loads libtorch and TorchSharp's native library. Cheap when they are loaded already.</summary>
    /// <exception cref="TorchBackendException">They can't be loaded. Later calls say the same.</exception>
    public static void EnsureLoaded()
    {
        if (_isLoaded)
            return;
        if (ServingOnly.IsSet)
            throw new TorchBackendException(ServingOnly.Message("Training", "TorchSharp"));
        lock (Gate)
        {
            if (_isLoaded)
                return;
            if (_failure is { } failure)
                throw new TorchBackendException(failure.Message, failure.InnerException);
            try
            {
                Load();
                _isLoaded = true;
            }
            catch (TorchBackendException exception)
            {
                _failure = exception;
                throw;
            }
        }
    }

    /// <summary>Loads the native side before a module's base constructor needs it.</summary>
    /// <returns><paramref name="name"/>.</returns>
    internal static string Require(string name)
    {
        EnsureLoaded();
        return name;
    }

    /// <summary>Gives libtorch one thread, process-wide, until disposed: its threads spin, and their number changes roundings.</summary>
    /// <remarks>
    /// libtorch has a number for the process, which threads begin with, and one for each thread. A scope, which ends on the thread that it
    /// began on, puts its thread's number back; of several at once, the last puts the process's number back as the first found it. A
    /// thread that has one while another's scope is open gets the process's: whether it had that before can't be told.
    /// </remarks>
    internal static IDisposable UseOneThread() => new OneThread();

    private static void Load()
    {
        string platform = NativeSearchPath.Platform;
        if (!TorchPackages.Support(platform))
            throw new TorchBackendException(TorchPackages.Unsupported(platform));

        Assembly torchSharp = typeof(torch).Assembly;
        TorchLibraryResolver.Hook(torchSharp);
        try
        {
            // TorchSharp writes to the console when it fails, so it's asked second, except where it collects its libraries from packages.
            if (!NativeSearchPath.IsInPackage(torchSharp))
                NativeLibrary.Load(Library, torchSharp, searchPath: null);
            TouchTorch();
        }
        catch (Exception exception)
            when (exception is DllNotFoundException or BadImageFormatException or NotSupportedException or TypeInitializationException)
        {
            string reason = TorchLibraryResolver.Failure ?? LoaderMessage.Of(exception);
            throw new TorchBackendException(LoaderMessage.Explain(platform, NativeSearchPath.Directories(torchSharp), reason), exception);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void TouchTorch() => torch.InitializeDeviceType(DeviceType.CPU);

    private sealed class OneThread : IDisposable
    {
        private static int _open;
        private static int _ofProcess;
        [ThreadStatic] private static bool _isWithin;

        private readonly bool _isNested = _isWithin;
        private readonly int _ofThread;

        public OneThread()
        {
            lock (Gate)
            {
                _ofThread = torch.get_num_threads();
                if (_open++ == 0)
                    _ofProcess = OfNewThread();
                else if (_ofThread == 1 && !_isNested)
                    _ofThread = _ofProcess; // The thread met libtorch first while another thread's scope was open.
                torch.set_num_threads(1);
                _isWithin = true;
            }
        }

        public void Dispose()
        {
            lock (Gate)
            {
                int ofProcess = --_open == 0 ? _ofProcess : 1;
                torch.set_num_threads(_ofThread);
                if (ofProcess != _ofThread)
                    OnNewThread(() => torch.set_num_threads(ofProcess)); // There it leaves this thread's number alone.
                _isWithin = _isNested;
            }
        }

        private static int OfNewThread()
        {
            int number = 0;
            OnNewThread(() => number = torch.get_num_threads());
            return number;
        }

        private static void OnNewThread(Action action)
        {
            var thread = new Thread(() => action());
            thread.Start();
            thread.Join();
        }
    }
}
