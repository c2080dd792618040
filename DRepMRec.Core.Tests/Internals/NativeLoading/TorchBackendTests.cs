using DRepMRec.Internals.NativeLoading;
using TorchSharp;

namespace DRepMRec.Tests.Internals.NativeLoading;

public sealed class TorchBackendTests
{
    [Fact]
    public void EnsureLoaded_MakesTorchWork()
    {
        TorchBackend.EnsureLoaded();
        TorchBackend.EnsureLoaded();

        using torch.Tensor ones = torch.ones(3);
        using torch.Tensor sum = ones.sum();
        sum.item<float>().Should().Be(3f);
    }

    [Fact]
    public void EnsureLoaded_MayBeCalledFromManyThreads()
    {
        Action act = () => Parallel.For(0, 16, _ => TorchBackend.EnsureLoaded());

        act.Should().NotThrow();
    }

    [Fact]
    public void Initialize_MayBeCalledAgain() => FluentActions.Invoking(TorchBackend.Initialize).Should().NotThrow();

    [Fact]
    public void Initializer_IsCompiledIntoApplicationsAndTests()
        => typeof(TorchBackendTests).Assembly.GetType("DRepMRec.Generated.DRepMRecModuleInitializer")
            .Should().NotBeNull("this project imports DRepMRec.Core.targets");

    [Fact]
    public void Require_ReturnsTheName() => TorchBackend.Require("LightGcnEncoder").Should().Be("LightGcnEncoder");

    [Fact]
    public void Versions_AreThoseOfTheReferencedPackages()
    {
        torch.__version__.Should().StartWith(TorchPackages.LibtorchVersion);
        typeof(torch).Assembly.GetName().Version!.ToString().Should().StartWith(TorchPackages.TorchSharpVersion);
    }
}
