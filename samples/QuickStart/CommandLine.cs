using System.CommandLine;
using Common;

namespace QuickStart;

internal sealed record CommandLine(string? Data, int Epochs, int Seed, int Threads, string? Save, string? Json, string? Checkpoint)
{
    public static int Run(string[] args, Action<CommandLine, CancellationToken> body)
    {
        Option<string?> data = TrainingOptions.Data("a made-up shop");
        Option<int> epochs = TrainingOptions.Epochs(300);
        var seed = new Option<int>("--seed")
        {
            Description = "The seed of weights, batches and negatives.",
            DefaultValueFactory = _ => 2024,
        };
        Option<int> threads = TrainingOptions.Threads();
        var save = new Option<string?>("--save") { Description = "A file to save the recommender to." }.InExistingFolder();
        var json = new Option<string?>("--json") { Description = "A file for the figures of all models." }.InExistingFolder();
        var checkpoint = new Option<string?>("--checkpoint")
        {
            Description = "Keeps the state of each training in FILE.MODEL.checkpoint: stop or kill the program, run it again with the same "
                + "options, and it goes on.",
        }.InExistingFolder();
        var root = new RootCommand(
            "Trains LightGCN and DRepMRec, compares them with Popularity, ItemKNN and EASE, and recommends items to a user.")
        {
            data, epochs, seed, threads, save, json, checkpoint,
        };
        root.SetAction((result, cancellation) => Task.FromResult(Guarded.Run(() => body(new CommandLine(
            result.GetValue(data), result.GetValue(epochs), result.GetValue(seed), result.GetValue(threads),
            result.GetValue(save), result.GetValue(json), result.GetValue(checkpoint)), cancellation))));
        return Commands.Invoke(root, args);
    }
}
