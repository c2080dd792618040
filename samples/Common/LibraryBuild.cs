using System.Reflection;
using DRepMRec;

namespace Common;

/// <summary>Which build of the library makes what is logged.</summary>
internal static class LibraryBuild
{
    private const int IdDigits = 8;

    /// <summary>The version with the commit, and digits of the module's id, which no build of other sources has.</summary>
    public static string This { get; } = Name(typeof(Trainer).Assembly);

    private static string Name(Assembly library)
        => (library.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? $"{library.GetName().Version}")
            + $" ({library.ManifestModule.ModuleVersionId.ToString("N")[..IdDigits]})";
}
