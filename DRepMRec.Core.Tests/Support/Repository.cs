namespace DRepMRec.Tests.Support;

/// <summary>
/// Where the repository lies: above the test assembly.
/// Paths that the compiler recorded would not do, as a deterministic build maps them away.
/// </summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "DRepMRec.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"There is no DRepMRec.sln above {AppContext.BaseDirectory}.");
    }
}
