using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using DRepMRec.Tests.Data;
using Npgsql;

namespace DRepMRec.Tests.Support;

/// <summary>A PostgreSQL server of its own on the loopback interface, where one is installed; or why there is none.</summary>
public sealed class PostgresServer : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string? _control;

    public PostgresServer()
    {
        try
        {
            if (Environment.GetEnvironmentVariable("DREPMREC_POSTGRES") is { Length: > 0 } given)
            {
                ConnectionString = given;
                return;
            }

            string? bin = Bin();
            if (bin is null)
            {
                Missing = "Neither is DREPMREC_POSTGRES set to a connection string nor is a PostgreSQL server installed.";
                return;
            }

            if (Environment.IsPrivilegedProcess)
                Run("chown", "postgres", _folder.Path);
            int port = FreePort();
            AsUser(Path.Combine(bin, "initdb"), "-D", _folder["data"], "-A", "trust", "-U", "postgres", "-N", "-E", "UTF8");
            _control = Path.Combine(bin, "pg_ctl");
            AsUser(_control, "-D", _folder["data"], "-w", "-l", _folder["log"], "-o",
                $"-k {_folder.Path} -p {port} -c listen_addresses=127.0.0.1 -c fsync=off", "start");
            ConnectionString = $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres;Pooling=false";
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            Missing = $"No PostgreSQL server could be started: {exception.Message}";
        }
    }

    public string? ConnectionString { get; }

    /// <summary>Why there is no server.</summary>
    public string? Missing { get; }

    /// <summary>Skips the test where there is no server.</summary>
    public NpgsqlConnection ConnectionOrSkip()
    {
        Skip.If(Missing is not null, Missing);
        return new NpgsqlConnection(ConnectionString);
    }

    public void Dispose()
    {
        try
        {
            if (_control is not null)
                AsUser(_control, "-D", _folder["data"], "-m", "immediate", "stop");
        }
        catch (InvalidOperationException) when (Missing is not null)
        {
            // It didn't start, or does so no more.
        }

        _folder.Dispose();
    }

    private static string? Bin()
    {
        string[] versions = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [];
        return versions.Order(StringComparer.Ordinal).Reverse().Select(v => Path.Combine(v, "bin"))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "pg_ctl")) && File.Exists(Path.Combine(folder, "initdb")));
    }

    /// <summary>The server refuses to run as root: there it runs as the user that its package makes.</summary>
    private static void AsUser(string program, params string[] arguments)
    {
        if (Environment.IsPrivilegedProcess)
            Run("runuser", ["-u", "postgres", "--", program, .. arguments]);
        else
            Run(program, arguments);
    }

    private static void Run(string program, params string[] arguments)
    {
        // Not read through pipes, which the server would inherit and hold open.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" > /dev/null 2>&1", program, .. arguments])
        {
            WorkingDirectory = Path.GetTempPath(),
        };
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{Path.GetFileName(program)} ended with {process.ExitCode}.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
