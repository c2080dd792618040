using DRepMRec.Internals;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Configuration;

public sealed class DefaultsTests
{
    [Fact]
    public void Every_option_has_the_approved_default()
    {
        IEnumerable<string> lines = OptionTypes.All.SelectMany(Defaults)
            .Concat(Lines("DRepMRecPreset.PublishedParts.Model", DRepMRecPreset.PublishedParts.Model))
            .Concat(Lines("DRepMRecPreset.PublishedParts.Training", DRepMRecPreset.PublishedParts.Training));
        string actual = string.Join("\n", lines.Order(StringComparer.Ordinal)) + "\n";
        string received = Path.Combine(AppContext.BaseDirectory, "Defaults.received.txt");
        File.WriteAllText(received, actual);
        string approved = File.ReadAllText(Path.Combine(Repository.Root, "DRepMRec.Core.Tests", "Defaults.approved.txt"))
            .ReplaceLineEndings("\n");
        actual.Should().Be(
            approved, $"a change of a default must be approved: compare, then copy {received} to Defaults.approved.txt");
    }

    /// <summary>The lines of a type of options, without what must be given.</summary>
    private static IEnumerable<string> Defaults(Type type)
    {
        string name = type.FullName![(type.Namespace!.Length + 1)..].Replace('+', '.');
        return Lines(name, OptionTypes.Default(type),
            [.. OptionTypes.Settable(type).Where(OptionTypes.IsRequired).Select(property => $"{name}.{property.Name}")]);
    }

    /// <summary>"Type.Field = value" for each field but some; how many threads there are is up to the machine.</summary>
    private static IEnumerable<string> Lines(string name, object options, params string[] without)
    {
        var fields = new Dictionary<string, string>();
        OptionFields.Add(fields, name, options);
        bool IsWithin(string field, string whole)
            => field == whole || field.StartsWith($"{whole}.", StringComparison.Ordinal)
                || field.StartsWith($"{whole}[", StringComparison.Ordinal);
        return fields.Where(f => !f.Key.EndsWith(".Threads", StringComparison.Ordinal) && !without.Any(whole => IsWithin(f.Key, whole)))
            .Select(f => Shown.Whole($"{f.Key} = {f.Value}").TrimEnd());
    }
}
