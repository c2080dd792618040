using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using DRepMRec.Tests.Data;
using Microsoft.AspNetCore.Builder;
using ServeRecommendations;

namespace DRepMRec.Tests.Serving;

/// <summary>The sample's API on a port of the loopback interface.</summary>
public abstract class ApiTestBase : IAsyncLifetime
{
    private protected TempFolder Folder { get; } = new();

    private protected WebApplication App { get; }

    private protected HttpClient Client { get; private set; } = new();

    protected ApiTestBase()
    {
        Served.Recommender.Save(Folder["model"]);
        App = Api.Build(WebApplication.CreateBuilder(
            ["--urls", "http://127.0.0.1:0", "--Recommender:Path", Folder["model"], "--Logging:LogLevel:Default", "Warning"]));
    }

    public async Task InitializeAsync()
    {
        await App.StartAsync();
        Client = new HttpClient { BaseAddress = new Uri(App.Urls.First()) };
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await App.DisposeAsync();
        Folder.Dispose();
    }

    /// <summary>Sends a target as it is: clients of HTTP take dots for folders.</summary>
    private protected async Task<string> Raw(string method, string target)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Client.BaseAddress!.Port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    private protected Task<JsonElement> Get(string path) => Client.GetFromJsonAsync<JsonElement>(path);

    private protected static async Task RequireProblem(HttpResponseMessage response, HttpStatusCode status, string message = "")
    {
        using (response)
        {
            string body = await response.Content.ReadAsStringAsync();
            response.StatusCode.Should().Be(status, body);
            response.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
            JsonDocument.Parse(body).RootElement.GetProperty("status").GetInt32().Should().Be((int)status);
            if (message.Length > 0)
                body.Replace("\\u0027", "'", StringComparison.Ordinal).Should().Contain(message);
        }
    }
}
