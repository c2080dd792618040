using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Common;

/// <summary>The rules that the samples' command lines hold their options to.</summary>
internal static class OptionRules
{
    /// <summary>Refuses a folder, and a file in a folder that doesn't exist, before any work is done for it.</summary>
    public static Option<string?> InExistingFolder(this Option<string?> option)
    {
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is not { } path)
                return;
            if (path.Length == 0 || Directory.Exists(path))
                result.AddError($"{option.Name}: expected a file, '{path}' is {(path.Length == 0 ? "empty" : "a folder")}.");
            else if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
                result.AddError($"{option.Name}: the folder of '{path}' doesn't exist.");
        });
        return option;
    }

    /// <summary>Refuses a folder that isn't there.</summary>
    public static Option<string?> ExistingFolder(this Option<string?> option)
    {
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } path && !Directory.Exists(path))
                result.AddError($"{option.Name}: the folder '{path}' doesn't exist.");
        });
        return option;
    }

    /// <summary>A number with a decimal point: by itself the parser takes a comma for nothing, and 0,5 for 5.</summary>
    public static double ParseReal(ArgumentResult argument)
    {
        string text = argument.Tokens is [var token] ? token.Value : "";
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number))
            return number;
        argument.AddError($"{(argument.Parent as OptionResult)?.Option.Name}: expected a number such as 0.5, got '{text}'.");
        return 0;
    }

    /// <summary>A number above 0.</summary>
    public static Option<int> Number(string name, string description, int usual)
        => new Option<int>(name) { Description = description, DefaultValueFactory = _ => usual }.AboveZero();

    /// <summary>Refuses numbers below 1.</summary>
    public static Option<int> AboveZero(this Option<int> option)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out int number) && number < 1)
                result.AddError($"{option.Name}: expected a number above 0.");
        });
        return option;
    }

    /// <summary>Whole numbers with commas, each one once.</summary>
    public static int[] ParseSeeds(ArgumentResult argument)
    {
        var seeds = new List<int>();
        foreach (string part in Parts(argument))
        {
            if (int.TryParse(part, CultureInfo.InvariantCulture, out int seed))
                seeds.Add(seed);
            else
                argument.AddError($"--seeds: expected whole numbers with commas, got '{part}'.");
        }

        if (seeds.Count == 0)
            argument.AddError("--seeds: expected at least one whole number.");
        return [.. seeds.Distinct()];
    }

    /// <summary>The parts of arguments that commas or spaces separate.</summary>
    public static string[] Parts(ArgumentResult argument)
        => [.. argument.Tokens.SelectMany(t => t.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
}
