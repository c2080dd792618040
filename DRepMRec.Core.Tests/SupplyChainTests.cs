using System.Text.Json;
using System.Xml.Linq;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests;

public sealed class SupplyChainTests
{
    [Fact]
    public void Every_package_of_the_library_is_locked_and_its_licence_is_listed()
    {
        using JsonDocument locked = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(Repository.Root, "DRepMRec.Core", "packages.lock.json")));
        string listed = File.ReadAllText(Path.Combine(Repository.Root, "docs", "licences.md"));
        JsonProperty[] packages = [.. locked.RootElement.GetProperty("dependencies").GetProperty("net10.0").EnumerateObject()];
        packages.Should().NotBeEmpty();
        foreach (JsonProperty package in packages)
            listed.Should().Contain($"| {package.Name} | {package.Value.GetProperty("resolved").GetString()} |");
    }

    [Fact]
    public void Every_version_is_pinned_and_every_package_that_is_named_has_its_licence_listed()
    {
        string listed = File.ReadAllText(Path.Combine(Repository.Root, "docs", "licences.md"));
        foreach (XElement package in XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props"))
            .Descendants("PackageVersion"))
        {
            string version = package.Attribute("Version")!.Value;
            version.Should().MatchRegex("^[0-9]+(\\.[0-9]+)+$", "versions don't float");
            listed.Should().Contain($"| {package.Attribute("Include")!.Value} | {version} |");
        }
    }

    /// <summary>A package that is new to the library must be put on one side or the other.</summary>
    [Fact]
    public void Applications_that_only_serve_get_the_packages_of_serving_alone()
    {
        string[] serving =
        [
            "MathNet.Numerics", "System.Numerics.Tensors", "Microsoft.Extensions.", "Microsoft.NET.ILLink.Tasks",
            "Microsoft.CodeAnalysis.BannedApiAnalyzers",
        ];
        XDocument targets = XDocument.Load(Path.Combine(Repository.Root, "DRepMRec.Core", "buildTransitive", "DRepMRec.Core.targets"));
        string[] leftOut = [.. targets.Descendants("_DRepMRecSpare")
            .SelectMany(e => e.Attribute("Include")?.Value.Split(';') ?? []).Where(name => !name.StartsWith('@')), "TorchSharp"];
        using JsonDocument locked = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(Repository.Root, "DRepMRec.Core", "packages.lock.json")));
        locked.RootElement.GetProperty("dependencies").GetProperty("net10.0").EnumerateObject().Select(p => p.Name)
            .Where(name => !serving.Any(s => name.StartsWith(s, StringComparison.Ordinal))).Should().BeEquivalentTo(leftOut);
    }

    [Fact]
    public void The_template_asks_for_the_version_that_is_packed()
    {
        string version = XDocument.Load(Path.Combine(Repository.Root, "DRepMRec.Core", "DRepMRec.Core.csproj"))
            .Descendants("Version").Single().Value;
        using JsonDocument template = JsonDocument.Parse(File.ReadAllText(Path.Combine(
            Repository.Root, "samples", "Templates", "RecommenderService", ".template.config", "template.json")));
        template.RootElement.GetProperty("symbols").GetProperty("drepmrecVersion").GetProperty("defaultValue").GetString()
            .Should().Be(version);
    }
}
