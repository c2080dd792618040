using System.Reflection;
using DRepMRec;

namespace Common;

/// <summary>Which build of the library makes what is logged.</summary>
internal static class LibraryBuild
{
    private const int IdDigits = 8;

    /// <summary>The version with the commit, and digits of the module's id, which no build of other sources has.</summary>
    public static string This { get; } = Name(typeof(Trainer).Assembly);

    /// <summary>Says which of the trainings that are taken from a file another build of the library made, if any.</summary>
    /// <param name="builds">The build of each training; <see langword="null"/> where it isn't known.</param>
    public static string? Others(IEnumerable<string?> builds)
    {
        string[] others = [.. builds.Select(build => build ?? "one that isn't known").Where(build => build != This)];
        return others.Length == 0 ? null
            : $"{others.Length} of these trainings were made by another build of the library than this, {This}: "
                + $"{string.Join("; ", others.Distinct())}. Where formulas have changed since, begin a new log.";
    }

    private static string Name(Assembly library)
        => (library.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? $"{library.GetName().Version}")
            + $" ({library.ManifestModule.ModuleVersionId.ToString("N")[..IdDigits]})";
}
