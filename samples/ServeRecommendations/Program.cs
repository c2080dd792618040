// Serves recommendations over HTTP, with a page to look at them: http://localhost:5080
//   dotnet run --project samples/ServeRecommendations -c Release                     trains a small synthetic model at the first start
//   dotnet run --project samples/ServeRecommendations -c Release -- --model FILE     serves a model of yours, as Recommender.Save wrote it
//   dotnet run --project samples/ServeRecommendations -c Release -- --help           lists the options
using System.Net.Sockets;
using DRepMRec;
using DRepMRec.Training;
using Microsoft.Extensions.Options;
using ServeRecommendations;

if (CommandLine.AsksForHelp(args))
{
    Console.WriteLine(CommandLine.Help);
    return 0;
}

if (CommandLine.Fault(args) is { } fault)
{
    Console.Error.WriteLine(fault);
    return 1;
}

try
{
    WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
    builder.Configuration.AddCommandLine(args, new Dictionary<string, string> { ["--model"] = "Recommender:Path" });
    builder.Configuration["Recommender:Path"] ??= FirstModel.FileOrTrain();
    WebApplication app = Api.Build(builder);
    if (new[] { "urls", "http_ports", "https_ports" }.All(key => builder.Configuration[key] is null))
        app.Urls.Add("http://localhost:5080");
    await app.RunAsync();
    return 0;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or ArgumentException
    or InvalidOperationException or SocketException or OptionsValidationException or TorchBackendException
    or TrainingDivergedException)
{
    string served = e is TorchBackendException ? " --model FILE needs no libtorch." : "";
    Console.Error.WriteLine($"The service can't start ({e.GetType().Name}): {e.Message}{served}");
    return 1;
}
