using System.Runtime.CompilerServices;

namespace DRepMRec.Tests.Support;

/// <summary>
/// Applications of tests don't follow their settings' files: each would take one of the 128 watchers that Linux gives a user, and that
/// containers of one host may share.
/// </summary>
internal static class SettingsFiles
{
    [ModuleInitializer]
    public static void Choose() => Environment.SetEnvironmentVariable("DOTNET_hostBuilder__reloadConfigOnChange", "false");
}
