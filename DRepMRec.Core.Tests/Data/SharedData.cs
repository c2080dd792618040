using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Data;

/// <summary>Real datasets that aren't part of the repository: under DREPMREC_DATA or in ../shared/data beside the repository.</summary>
internal static class SharedData
{
    /// <summary>The folder of a dataset; the test is skipped when it isn't there.</summary>
    public static string Require(string name)
    {
        string root = Environment.GetEnvironmentVariable("DREPMREC_DATA")
            ?? Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "data"));
        string folder = Path.Combine(root, name);
        Skip.IfNot(Directory.Exists(folder), $"The dataset '{name}' isn't at '{root}'; set DREPMREC_DATA to where it is.");
        return folder;
    }
}
