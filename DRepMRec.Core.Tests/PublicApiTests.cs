using DRepMRec.Tests.Support;
using PublicApiGenerator;

namespace DRepMRec.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_the_approved_one()
    {
        // By default a generator of surfaces passes over Microsoft.Extensions.DependencyInjection, where AddRecommender is.
        var options = new ApiGeneratorOptions { IncludeAssemblyAttributes = false, DenyNamespacePrefixes = [] };
        string actual = typeof(Trainer).Assembly.GeneratePublicApi(options)
            .ReplaceLineEndings("\n").Trim() + "\n";
        string approved = File.ReadAllText(Path.Combine(Repository.Root, "DRepMRec.Core.Tests", "PublicApi.approved.txt"))
            .ReplaceLineEndings("\n");
        string received = Path.Combine(AppContext.BaseDirectory, "PublicApi.received.txt");
        File.WriteAllText(received, actual);
        actual.Should().Be(
            approved, $"a change of the public surface must be approved: compare, then copy {received} to PublicApi.approved.txt");
    }

    [Fact]
    public void Constructors_have_at_most_five_arguments()
    {
        typeof(Trainer).Assembly.GetExportedTypes()
            .Where(t => t is { IsValueType: false } && !IsRecord(t) && !typeof(Exception).IsAssignableFrom(t))
            .SelectMany(t => t.GetConstructors()).Where(c => c.GetParameters().Length > 5).Should().BeEmpty("the rest is options");
    }

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null;
}
