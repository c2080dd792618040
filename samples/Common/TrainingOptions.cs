using System.CommandLine;

namespace Common;

/// <summary>The options that the command lines of trainings share.</summary>
internal static class TrainingOptions
{
    public static Option<string?> Data(string usual = "a synthetic dataset") => new Option<string?>("--data")
    {
        Description = $"A folder with a dataset in the MMRec, RecBole or LATTICE layout. Default: {usual}.",
    }.ExistingFolder();

    public static Option<int[]> Seeds(params int[] usual) => new("--seeds")
    {
        Description = "The seeds, with commas.",
        DefaultValueFactory = _ => usual,
        CustomParser = OptionRules.ParseSeeds,
    };

    public static Option<int> Epochs(int usual)
        => OptionRules.Number("--epochs", "The most epochs; early stopping ends training before.", usual);

    public static Option<int> Threads() => OptionRules.Number("--threads", "The most threads.", Environment.ProcessorCount);

    public static Option<int> Jobs()
        => OptionRules.Number("--jobs", "How many trainings run at once, each on one thread.", Environment.ProcessorCount);

    public static Option<string?> Log() => new Option<string?>("--log")
    {
        Description = "The log, a line of JSON per training; trainings that it already has are not made again.",
        Required = true,
    }.InExistingFolder();
}
