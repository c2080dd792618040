using System.Reflection;
using System.Runtime.Loader;

namespace DRepMRec.Tests.Internals.NativeLoading;

public sealed class PluginContextTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EnsureLoaded_WorksInALoadContextOfItsOwn(bool isCollectible)
    {
        var context = new AssemblyLoadContext("plugin", isCollectible);
        Assembly torchSharp = context.LoadFromAssemblyPath(typeof(TorchSharp.torch).Assembly.Location);
        Assembly core = context.LoadFromAssemblyPath(typeof(TorchBackend).Assembly.Location);
        core.Should().NotBeSameAs(typeof(TorchBackend).Assembly);

        MethodInfo ensureLoaded = core.GetType(typeof(TorchBackend).FullName!, throwOnError: true)!
            .GetMethod(nameof(TorchBackend.EnsureLoaded))!;
        ensureLoaded.Invoke(null, null);

        torchSharp.GetType("TorchSharp.torch")!.GetMethod("get_num_threads", [])!.Invoke(null, null).Should().BeOfType<int>();
    }
}
