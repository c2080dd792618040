using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using DRepMRec.Tests.Data;

namespace DRepMRec.Tests.Support;

/// <summary>
/// A page in a headless Chromium that is installed on this machine, spoken to by the DevTools protocol. What goes wrong in the page is in
/// <see cref="Errors"/>.
/// </summary>
internal sealed partial class Browser : IAsyncDisposable
{
    private static readonly string[] Names =
        ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "chrome.exe", "msedge.exe"];

    private readonly TempFolder _profile;
    private readonly Process _process;
    private readonly ClientWebSocket _socket = new();
    private int _calls;

    private Browser(TempFolder profile, Process process) => (_profile, _process) = (profile, process);

    /// <summary>Exceptions, and errors of the console, since the page was opened.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>Where the browser's program is, or <see langword="null"/>.</summary>
    public static string? Find()
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    public static async Task<Browser> StartAsync(string program)
    {
        var profile = new TempFolder();
        var start = new ProcessStartInfo(program) { RedirectStandardError = true };
        string[] arguments =
        [
            "--headless", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-background-networking", "--disable-extensions",
            "--disable-dev-shm-usage", "--remote-debugging-port=0", $"--user-data-dir={profile["profile"]}", "about:blank",
        ];
        if (OperatingSystem.IsLinux() && Environment.UserName == "root")
            start.ArgumentList.Add("--no-sandbox");
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        var browser = new Browser(profile, Process.Start(start)!);
        try
        {
            await browser.ConnectAsync();
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }

        return browser;
    }

    public async Task OpenAsync(string address)
    {
        Errors.Clear();
        await CallAsync("Page.navigate", new { url = "about:blank" });
        await CallAsync("Page.navigate", new { url = address });
    }

    /// <summary>Runs JavaScript, and waits for what it promises.</summary>
    public async Task<JsonElement> RunAsync(string script)
    {
        JsonElement answer = await CallAsync("Runtime.evaluate",
            new { expression = script, awaitPromise = true, returnByValue = true, userGesture = true });
        if (answer.TryGetProperty("exceptionDetails", out JsonElement fault))
            throw new InvalidOperationException($"{script}: {fault}");
        return answer.GetProperty("result").TryGetProperty("value", out JsonElement value) ? value : default;
    }

    /// <summary>Waits until an expression of JavaScript is true.</summary>
    public async Task UntilAsync(string condition)
    {
        var clock = Stopwatch.StartNew();
        while (!await IsTrueAsync(condition))
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(20))
            {
                JsonElement page = await RunAsync("document.body?.innerText ?? ''");
                throw new TimeoutException($"'{condition}' didn't come true. {string.Join(" ", Errors)}\n{page}");
            }

            await Task.Delay(20);
        }
    }

    public async Task TypeAsync(string text) => await CallAsync("Input.insertText", new { text });

    /// <summary>Presses a key, such as "Tab", "Enter" or "ArrowDown".</summary>
    public async Task PressAsync(string key)
    {
        int code = key switch { "Tab" => 9, "Enter" => 13, "ArrowRight" => 39, "ArrowDown" => 40, _ => throw new ArgumentException(key) };
        await CallAsync("Input.dispatchKeyEvent", key == "Enter"
            ? (object)new { type = "keyDown", key, code = key, windowsVirtualKeyCode = code, text = "\r" }
            : new { type = "rawKeyDown", key, code = key, windowsVirtualKeyCode = code });
        await CallAsync("Input.dispatchKeyEvent", new { type = "keyUp", key, code = key, windowsVirtualKeyCode = code });
    }

    public async Task ChooseFileAsync(string selector, string file)
    {
        JsonElement document = await CallAsync("DOM.getDocument", new { });
        JsonElement node = await CallAsync("DOM.querySelector",
            new { nodeId = document.GetProperty("root").GetProperty("nodeId").GetInt32(), selector });
        await CallAsync("DOM.setFileInputFiles", new { nodeId = node.GetProperty("nodeId").GetInt32(), files = new[] { file } });
    }

    public async Task LookAsync(bool dark, int width, int height = 1000)
    {
        await CallAsync("Emulation.setEmulatedMedia",
            new { features = new[] { new { name = "prefers-color-scheme", value = dark ? "dark" : "light" } } });
        await CallAsync("Emulation.setDeviceMetricsOverride", new { width, height, deviceScaleFactor = 1, mobile = false });
    }

    public async Task SaveScreenshotAsync(string file)
    {
        JsonElement picture = await CallAsync("Page.captureScreenshot", new { captureBeyondViewport = true });
        await File.WriteAllBytesAsync(file, picture.GetProperty("data").GetBytesFromBase64());
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _profile.Dispose();
    }

    private async Task<bool> IsTrueAsync(string condition)
    {
        try
        {
            return (await RunAsync($"Boolean({condition})")).GetBoolean();
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private async Task ConnectAsync()
    {
        string? line;
        Match address;
        do
        {
            line = await _process.StandardError.ReadLineAsync() ?? throw new InvalidOperationException("The browser ended at its start.");
            address = Listening().Match(line);
        }
        while (!address.Success);
        _ = _process.StandardError.ReadToEndAsync();
        using var client = new HttpClient();
        using JsonDocument pages = JsonDocument.Parse(await client.GetStringAsync($"http://{address.Groups[1].Value}/json/list"));
        string page = pages.RootElement.EnumerateArray().First(p => p.GetProperty("type").GetString() == "page")
            .GetProperty("webSocketDebuggerUrl").GetString()!;
        await _socket.ConnectAsync(new Uri(page), CancellationToken.None);
        foreach (string domain in (string[])["Page", "Runtime", "Log", "DOM"])
            await CallAsync($"{domain}.enable", new { });
    }

    /// <summary>Sends one command and reads until its answer is there; what comes between are events.</summary>
    private async Task<JsonElement> CallAsync(string method, object parameters)
    {
        int id = ++_calls;
        byte[] request = JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, object> { ["id"] = id, ["method"] = method, ["params"] = parameters });
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await _socket.SendAsync(request, WebSocketMessageType.Text, endOfMessage: true, patience.Token);
        while (true)
        {
            JsonElement message = await ReceiveAsync(patience.Token);
            if (!message.TryGetProperty("id", out JsonElement answered))
                Note(message);
            else if (answered.GetInt32() == id)
                return message.TryGetProperty("result", out JsonElement result) ? result
                    : throw new InvalidOperationException($"{method}: {message}");
        }
    }

    private async Task<JsonElement> ReceiveAsync(CancellationToken cancellation)
    {
        using var whole = new MemoryStream();
        byte[] piece = new byte[1 << 16];
        ValueWebSocketReceiveResult received;
        do
        {
            received = await _socket.ReceiveAsync(piece.AsMemory(), cancellation);
            whole.Write(piece, 0, received.Count);
        }
        while (!received.EndOfMessage);
        using JsonDocument message = JsonDocument.Parse(whole.ToArray());
        return message.RootElement.Clone();
    }

    private void Note(JsonElement message)
    {
        JsonElement content = message.GetProperty("params");
        string method = message.GetProperty("method").GetString()!;
        if (method == "Runtime.exceptionThrown"
            || (method == "Log.entryAdded" && content.GetProperty("entry").GetProperty("level").GetString() == "error")
            || (method == "Runtime.consoleAPICalled" && content.GetProperty("type").GetString() == "error"))
            Errors.Add(content.ToString());
    }

    [GeneratedRegex("DevTools listening on ws://([^/]+)/")]
    private static partial Regex Listening();
}
