using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.Loader;

namespace DRepMRec.Internals;

/// <summary>Applications whose project sets <c>DRepMRecServingOnly</c>: what training needs isn't in their output.</summary>
internal static class ServingOnly
{
    private const string Switch = "DRepMRec.ServingOnly";

    /// <summary>Assemblies that are left out, with what they are for.</summary>
    private static readonly Dictionary<string, string> LeftOut = new()
    {
        ["TorchSharp"] = "Training",
        ["Parquet"] = "Writing Parquet",
    };

    /// <summary>Whether the application only serves.</summary>
    [FeatureSwitchDefinition(Switch)]
    public static bool IsSet => AppContext.TryGetSwitch(Switch, out bool isSet) && isSet;

    /// <summary>What is said to an application that does more.</summary>
    /// <param name="what">What it does.</param>
    /// <param name="assembly">The assembly that it needs.</param>
    public static string Message(string what, string assembly)
        => $"{what} needs {assembly}, which isn't part of this application: its project sets the MSBuild property DRepMRecServingOnly to "
        + "true. Take the property out, or do it in another application.";

    /// <summary>Says so, instead of that a file wasn't found.</summary>
    public static void Explain(AssemblyLoadContext context) => context.Resolving += static (_, name) => Refuse(name);

    private static Assembly? Refuse(AssemblyName name)
        => name.Name is { } assembly && LeftOut.TryGetValue(assembly, out string? what)
            ? throw new NotSupportedException(Message(what, assembly))
            : null;
}
