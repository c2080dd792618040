using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using DRepMRec.Internals;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Serving;

namespace DRepMRec.Tests.Reliability;

/// <summary>
/// The web sample as a process of its own, for as long as wished: several clients ask and change items, some of them send what makes no
/// sense or hang up, and every second its model file becomes another one, a damaged one, half of one, or none.
/// </summary>
internal sealed class SoakRun : IDisposable
{
    private const int Clients = 4;
    private static readonly string[] Files = ["other", "damaged", "good", "half", "other", "none", "good"];
    private readonly TempFolder _folder = new();
    private readonly ConcurrentDictionary<string, int> _unexpected = [];
    private readonly HttpClient _client = new();
    private readonly Process _server;
    private readonly string[] _users = [.. Enumerable.Range(0, Served.Data.Users.Count).Select(u => Served.Data.Users[u])];
    private readonly string[] _items = [.. Enumerable.Range(0, Served.Data.Items.Count).Select(i => Served.Data.Items[i])];
    private (int Requests, int Changes, int Faults, int Published, int Refused) _count;

    public SoakRun()
    {
        Served.Recommender.Save(_folder["good"]);
        Served.Build(new DRepMRecOptions { Seed = 5 }).Save(_folder["other"]);
        byte[] good = File.ReadAllBytes(_folder["good"]);
        File.WriteAllBytes(_folder["half"], good[..(good.Length / 2)]);
        good[^64] ^= 0x5a;
        File.WriteAllBytes(_folder["damaged"], good);
        File.Copy(_folder["good"], _folder["model"]);
        int port = FreePort();
        string program = typeof(ServeRecommendations.Api).Assembly.Location;
        var start = new ProcessStartInfo(
            "dotnet", [program, "--urls", $"http://127.0.0.1:{port}", "--model", _folder["model"],
                "--Recommender:PollInterval", "00:00:00.1", "--Logging:LogLevel:Microsoft", "Warning"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _server = Process.Start(start)!;
        _server.OutputDataReceived += (_, line) => Note(line.Data);
        _server.ErrorDataReceived += (_, line) => Note(line.Data);
        _server.BeginOutputReadLine();
        _server.BeginErrorReadLine();
        _client.BaseAddress = new Uri($"http://127.0.0.1:{port}");
    }

    /// <summary>Whether each answer was the one due, and the service is still there.</summary>
    public bool IsSound => _unexpected.IsEmpty && !_server.HasExited;

    /// <summary>Asks, changes and disturbs.</summary>
    /// <param name="duration">How long.</param>
    /// <param name="report">Gets a line every minute.</param>
    public async Task RunAsync(TimeSpan duration, Action<string> report)
    {
        for (int tries = 0; !await IsUp(); tries++)
        {
            if (tries == 600 || _server.HasExited)
                throw new InvalidOperationException($"The service doesn't start: {string.Join('\n', _unexpected.Keys)}");
            await Task.Delay(100);
        }

        var clock = Stopwatch.StartNew();
        using var end = new CancellationTokenSource(duration);
        Task[] work =
        [
            .. Enumerable.Range(0, Clients).Select(n => Task.Run(() => Ask(n, end.Token))), Task.Run(() => Publish(end.Token)),
        ];
        while (!end.IsCancellationRequested)
        {
            report($"{clock.Elapsed:hh\\:mm\\:ss} {this}");
            await Task.Delay(TimeSpan.FromMinutes(1), end.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }

        await Task.WhenAll(work);
        File.Copy(_folder["good"], _folder["model"], overwrite: true);
        for (int tries = 0; !(await _client.GetStringAsync("/health")).Contains("\"ok\"", StringComparison.Ordinal); tries++)
        {
            if (tries == 300)
                throw new InvalidOperationException("The service doesn't come back to its good model.");
            await Task.Delay(100);
        }

        report($"{clock.Elapsed:hh\\:mm\\:ss} {this}");
    }

    public override string ToString()
    {
        _server.Refresh();
        var (requests, changes, faults, published, refused) = _count;
        long memory = _server.HasExited ? 0 : _server.WorkingSet64;
        int unexpected = _unexpected.Values.Sum();
        string wrong = string.Join("; ", _unexpected.Take(20).Select(u => $"{u.Value} x {u.Key}"));
        return string.Create(CultureInfo.InvariantCulture,
            $"{requests} requests, {changes} of them changes of items and {faults} faulty; {published} files published, {refused} times "
                + $"one refused; {memory / 1e6:F0} MB, {unexpected} answers not due {wrong}");
    }

    public void Dispose()
    {
        if (!_server.HasExited)
            _server.Kill();
        _server.WaitForExit();
        _server.Dispose();
        _client.Dispose();
        _folder.Dispose();
    }

    private async Task Ask(int client, CancellationToken end)
    {
        var random = new SeededRandom((ulong)client, 77);
        while (!end.IsCancellationRequested)
        {
            int kind = random.NextInt(40);
            try
            {
                await (kind switch
                {
                    0 or 1 => Change(random),
                    2 => HangUp(random),
                    3 => Fault(random),
                    _ => Read(random),
                });
            }
            catch (Exception exception) when (exception is HttpRequestException or SocketException or IOException)
            {
                Wrong($"{kind}: {exception.Message}");
            }
        }
    }

    private async Task Read(SeededRandom random)
    {
        string user = Uri.EscapeDataString(_users[random.NextInt(_users.Length)]), item = _items[random.NextInt(_items.Length)];
        string path = random.NextInt(6) switch
        {
            0 => $"/users/{user}/history",
            1 => $"/items/{Uri.EscapeDataString(item)}/similar?count=5",
            2 => $"/recommendations?user={user}&why=true",
            3 => "/users?skip=3&count=20",
            4 => "/health",
            _ => $"/users/{user}/recommendations?count=20",
        };
        using HttpResponseMessage answer = await _client.GetAsync(path);
        await Due(answer, path, HttpStatusCode.OK);
    }

    private async Task Change(SeededRandom random)
    {
        Interlocked.Increment(ref _count.Changes);
        string path = $"/items/new-{random.NextInt(50)}";
        if (random.NextInt(3) == 0)
        {
            using HttpResponseMessage gone = await _client.DeleteAsync(path);
            await Due(gone, "DELETE", HttpStatusCode.NoContent, HttpStatusCode.NotFound);
            return;
        }

        Dictionary<string, float[]> features = Served.Data.Features
            .ToDictionary(f => f.Modality.Name, f => (float[])[.. Enumerable.Range(0, f.Dimension).Select(_ => random.NextSingle())]);
        using HttpResponseMessage put = await _client.PutAsJsonAsync(path, new { features });
        await Due(put, "PUT", HttpStatusCode.NoContent);
    }

    private async Task Fault(SeededRandom random)
    {
        Interlocked.Increment(ref _count.Faults);
        using HttpContent body = random.NextInt(4) switch
        {
            0 => new StringContent("{\"history\": [", Encoding.UTF8, "application/json"),
            1 => new ByteArrayContent([0xff, 0xfe, 0, 1, 2]) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
            2 => new StringContent("{\"count\": 1e99}", Encoding.UTF8, "application/json"),
            _ => new StringContent(new string(' ', 2 << 20), Encoding.UTF8, "application/json"),
        };
        try
        {
            using HttpResponseMessage answer = await _client.PostAsync("/recommendations", body);
            await Due(answer, "a faulty body", HttpStatusCode.BadRequest, HttpStatusCode.RequestEntityTooLarge);
        }
        catch (HttpRequestException) when (body.Headers.ContentLength > 1 << 20)
        {
            // The service answers and hangs up before all of it is sent.
            Interlocked.Increment(ref _count.Requests);
        }
    }

    /// <summary>Sends the beginning of a request, or a request whose answer nobody waits for.</summary>
    private async Task HangUp(SeededRandom random)
    {
        Interlocked.Increment(ref _count.Faults);
        Interlocked.Increment(ref _count.Requests);
        using var socket = new TcpClient { LingerState = new LingerOption(random.NextInt(2) == 0, 0) };
        await socket.ConnectAsync(_client.BaseAddress!.Host, _client.BaseAddress.Port);
        string request = $"GET /users/{_users[0]}/recommendations?count=200 HTTP/1.1\r\nHost: x\r\n\r\n";
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request[..(1 + random.NextInt(request.Length))]));
    }

    private async Task Publish(CancellationToken end)
    {
        for (int n = 0; !end.IsCancellationRequested; n++)
        {
            string file = Files[n % Files.Length];
            if (file == "none")
            {
                File.Delete(_folder["model"]);
            }
            else
            {
                File.Copy(_folder[file], _folder["next"], overwrite: true);
                File.Move(_folder["next"], _folder["model"], overwrite: true);
            }

            _count.Published++;
            await Task.Delay(TimeSpan.FromSeconds(1), end).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private async Task Due(HttpResponseMessage answer, string what, params HttpStatusCode[] due)
    {
        Interlocked.Increment(ref _count.Requests);
        if (!due.Contains(answer.StatusCode))
            Wrong($"{what.Split('?')[0]}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        else if (answer.StatusCode == HttpStatusCode.OK)
            await answer.Content.ReadAsByteArrayAsync();
    }

    private void Wrong(string what) => _unexpected.AddOrUpdate(what, 1, (_, n) => n + 1);

    private void Note(string? line)
    {
        if (line?.Contains("can't serve", StringComparison.Ordinal) == true)
            Interlocked.Increment(ref _count.Refused);
        else if (line is not null && new[] { "crit: ", "fail: Microsoft", "Unhandled" }.Any(line.StartsWith))
            Wrong(line);
    }

    private async Task<bool> IsUp()
    {
        try
        {
            using HttpResponseMessage answer = await _client.GetAsync("/healthz");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
