namespace ServeRecommendations;

/// <summary>The arguments of the program: a model, and where to listen; the rest is configuration of ASP.NET Core.</summary>
internal static class CommandLine
{
    public const string Help =
        """
        Serves recommendations over HTTP, with a page to look at them.

        Usage:
          ServeRecommendations [options]

        Options:
          --model FILE    a model, as Recommender.Save wrote it; without it a small synthetic one is trained at the first start
          --urls URLS     where to listen, with semicolons between addresses [default: http://localhost:5080]
          --Recommender:KEY VALUE
                          how the model is loaded and followed, such as --Recommender:PollInterval 00:00:01
          --Shelf:KEY VALUE
                          what the page shows of items: Title [default: title] and Picture [default: picture], the columns of the
                          model's metadata that have them, and PictureFolder, that pictures' paths are relative to; none without it
          --SECTION:KEY VALUE
                          any other setting of ASP.NET Core, such as --Logging:LogLevel:Default Debug
          --environment NAME, --contentRoot FOLDER
                          those of ASP.NET Core
          -h, --help      shows this
        """;

    private static readonly string[] Options = ["--model", "--urls", "--environment", "--contentRoot"];

    public static bool AsksForHelp(string[] args) => args.Any(a => a is "--help" or "-h" or "-?" or "/?");

    /// <summary>The fault of the arguments; <see langword="null"/> for valid arguments.</summary>
    public static string? Fault(string[] args)
    {
        for (int n = 0; n < args.Length; n++)
        {
            string name = args[n].Split('=', 2)[0];
            if (!name.StartsWith("--", StringComparison.Ordinal)
                || !(Options.Contains(name, StringComparer.OrdinalIgnoreCase) || name.Contains(':', StringComparison.Ordinal)))
                return $"'{args[n]}' isn't an option; --help lists them.";
            if (!args[n].Contains('=', StringComparison.Ordinal)
                && (++n == args.Length || args[n].StartsWith("--", StringComparison.Ordinal)))
                return $"{name}: expected a value.";
        }

        return null;
    }
}
