using System.Diagnostics;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Serving;

public sealed class LibtorchFreeTests
{
    [Fact]
    public async Task An_application_without_a_libtorch_package_loads_a_model_and_serves()
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).FullName
            .Contains($"{Path.DirectorySeparatorChar}Debug{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Debug" : "Release";
        string folder = Path.Combine(Repository.Root, "DRepMRec.Core.Tests", "Serving", "LibtorchFree", "bin", configuration, "net10.0");
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetFileName(f))
            .Should().NotContain(f => f.StartsWith("libtorch.", StringComparison.Ordinal) || f
                .Contains("torch_cpu", StringComparison.Ordinal));

        using var models = new TempFolder();
        Grown.Recommender.Save(models["model"]);
        new RawItemTests.Shop().Recommender.Save(models["shop"]);
        string program = Path.Combine(folder, "LibtorchFree.dll");
        var start = new ProcessStartInfo("dotnet", [program, models["model"], models["shop"]])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        (await errors).Should().BeEmpty();
        output.ReplaceLineEndings("\n").Should().Be(
            "user 3\nhistory FoldIn\nnew 3\nwhy True\ngrown 3, 1\nraw 3\ntext 1\n", "nothing of torch is to be loaded");
    }
}
