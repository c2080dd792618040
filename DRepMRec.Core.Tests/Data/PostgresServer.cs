using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace DRepMRec.Tests.Data;

/// <summary>A PostgreSQL server of a test's own, in a temporary folder, where one is installed.</summary>
internal sealed class PostgresServer : IDisposable
{
    private const string User = "postgres";

    private readonly TempFolder _folder = new();
    private readonly string _binaries;
    private readonly int _port;

    private PostgresServer(string binaries)
    {
        _binaries = binaries;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _port = ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public string ConnectionString => $"Host=127.0.0.1;Port={_port};Username={User};Database=postgres;Pooling=false";

    public static PostgresServer StartOrSkip()
    {
        string? binaries = Folders().FirstOrDefault(f => File.Exists(Path.Combine(f, "initdb")) && File.Exists(Path.Combine(f, "pg_ctl")));
        Skip.If(binaries is null, "No PostgreSQL server is installed: initdb and pg_ctl aren't in the PATH or in /usr/lib/postgresql.");
        var server = new PostgresServer(binaries!);
        try
        {
            string? failure = server.Start();
            Skip.If(failure is not null, $"PostgreSQL can't be started: {failure}");
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(Data))
            Run("pg_ctl", "-D", Data, "-m", "immediate", "-w", "stop");
        _folder.Dispose();
    }

    private string Data => Path.Combine(_folder.Path, "data");

    // The server refuses to run as root.
    private static bool IsRoot => !OperatingSystem.IsWindows() && Environment.UserName == "root";

    private static IEnumerable<string> Folders()
    {
        string installed = "/usr/lib/postgresql";
        IEnumerable<string> versions = Directory.Exists(installed)
            ? Directory.GetDirectories(installed).OrderDescending(StringComparer.Ordinal).Select(v => Path.Combine(v, "bin")) : [];
        return versions.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator));
    }

    private string? Start()
    {
        if (IsRoot && Run("chown", User, _folder.Path) is { } refused)
            return refused;
        return Run("initdb", "-D", Data, "-U", User, "-A", "trust", "--no-sync")
            ?? Run("pg_ctl", "-D", Data, "-w", "-t", "60", "-l", Path.Combine(_folder.Path, "log"),
                "-o", $"-p {_port} -h 127.0.0.1 -k {_folder.Path} -F", "start");
    }

    private string? Run(string program, params string[] arguments)
    {
        string path = program == "chown" ? program : Path.Combine(_binaries, program);
        var start = new ProcessStartInfo(IsRoot && program != "chown" ? "runuser" : path)
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        if (start.FileName == "runuser")
            Array.ForEach<string>(["-u", User, "--", path], start.ArgumentList.Add);
        Array.ForEach(arguments, start.ArgumentList.Add);
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> error = program == "pg_ctl" ? Task.FromResult("see its log") : process.StandardError.ReadToEndAsync();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"{program}: {error.Result.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            return $"{start.FileName}: {exception.Message}";
        }
    }
}
