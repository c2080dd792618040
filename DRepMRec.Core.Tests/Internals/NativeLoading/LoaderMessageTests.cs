using DRepMRec.Internals.NativeLoading;

namespace DRepMRec.Tests.Internals.NativeLoading;

public sealed class LoaderMessageTests
{
    [Theory]
    [InlineData("linux-x64", ", or to TorchSharp-cuda-linux 0.107.0 for NVIDIA devices")]
    [InlineData("win-x64", ", or to TorchSharp-cuda-windows 0.107.0 for NVIDIA devices")]
    [InlineData("osx-arm64", "")]
    public void Explain_WithoutLibtorch_NamesThePackages(string platform, string cuda)
        => LoaderMessage.Explain(platform, [], "anything").Should().Be(
            "TorchSharp 0.107.0 needs libtorch 2.10.0, which the application doesn't have; add a package reference to "
            + $"libtorch-cpu-{platform} 2.10.0, or to TorchSharp-cpu 0.107.0{cuda}.");

    [Theory]
    [InlineData("linux-x64", "libtorch_cpu.so")]
    [InlineData("osx-arm64", "libtorch_cpu.dylib")]
    [InlineData("win-x64", "torch_cpu.dll")]
    public void Explain_WithLibtorch_GivesTheReason(string platform, string file)
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllBytes(Path.Combine(directory.Path, file), []);

        LoaderMessage.Explain(platform, [directory.Path], "it is broken.")
            .Should().Be("TorchSharp's native library LibTorchSharp can't be loaded: it is broken.");
    }

    [Fact]
    public void Unsupported_NamesThePlatforms()
        => TorchPackages.Unsupported("linux-arm64")
            .Should().Be("TorchSharp 0.107.0 runs on linux-x64, osx-arm64, win-arm64 and win-x64, but this process runs on linux-arm64.");

    [Theory]
    [InlineData("linux-x64", true)]
    [InlineData("linux-arm64", false)]
    [InlineData("osx-x64", false)]
    public void Support_KnowsThePlatforms(string platform, bool expected) => TorchPackages.Support(platform).Should().Be(expected);

    [Fact]
    public void Of_PicksTheLinesOfTheSystemLoader()
        => LoaderMessage.Of(new DllNotFoundException(
            "Unable to load shared library 'x'.\na: cannot open\n b: not found \na: cannot open\n"))
            .Should().Be("a: cannot open; b: not found");

    [Fact]
    public void Of_KeepsAMessageOfOneLine() => LoaderMessage.Of(new DllNotFoundException("There is no x.")).Should().Be("There is no x.");

    [Fact]
    public void Of_AnotherException_IsItsFirstLine()
        => LoaderMessage.Of(new NotSupportedException("\nNo x.\n\nTrace:\n    a\n")).Should().Be("No x.");
}
