// Everything that becomes of a model while its data change, on a stream that is made up or on a log of your own.
//   dotnet run --project samples/FollowTheLog -c Release -- --days 3
//   dotnet run --project samples/FollowTheLog -c Release -- replay receipt.json --without user-7
//   dotnet run --project samples/FollowTheLog -c Release -- schedule
//   dotnet run --project samples/FollowTheLog -c Release -- warm-starts
using System.CommandLine;
using Common;
using DRepMRec.Training;
using FollowTheLog;

var data = new Option<string?>("--data")
{
    Description = "A CSV file with the columns user, item and timestamp, a date or a number, and perhaps weight; or "
        + "the folder of a dataset without times, in an order that is drawn. Default: a stream that is made up.",
    Recursive = true,
};
data.Validators.Add(result =>
{
    if (result.GetValueOrDefault<string?>() is { } file && !File.Exists(file) && !Directory.Exists(file))
        result.AddError($"--data: there is no file or folder '{file}'.");
});
Option<int> days = OptionRules.Number("--days", "How many days to serve, each with a night in which the next model is trained.", 3);
var output = new Option<string?>("--out")
{
    Description = "The folder for the model, the weights, the receipt and the pages. Default: a new one among the temporary files.",
};
string Folder(ParseResult result) => result.GetValue(output) is { } folder ? Directory.CreateDirectory(folder).FullName
    : Directory.CreateTempSubdirectory("drepmrec-").FullName;
var receipt = new Argument<string>("receipt") { Description = "The receipt of a training." };
var without = new Option<string[]>("--without")
{
    Description = "The users who were left out.",
    AllowMultipleArgumentsPerToken = true,
};
var more = new Option<int>("--more") { Description = "Interactions that are made up on top, to see that they are seen." }.AboveZero();

var replay = new Command("replay", "Does the training of a receipt again and says whether it gives the same bits.")
{
    receipt, without, more,
};
replay.SetAction((result, cancellation) =>
{
    int same = 0;
    int failed = Guarded.Run(() => same = Forgetting.Replay(
        Log.Read(result.GetValue(data)), result.GetRequiredValue(receipt), result.GetValue(without) ?? [], result.GetValue(more),
        cancellation));
    return Task.FromResult(failed != 0 ? failed : same);
});
Option<int> epochs = OptionRules.Number("--epochs", "The epochs of a training from nothing.", 20);
Option<int> warmEpochs = OptionRules.Number("--warm-epochs", "The epochs of a training that begins from the model before.", 3);
var learningRate = new Option<double>("--learning-rate")
{
    Description = "The learning rate of Adam.",
    DefaultValueFactory = _ => Shop.Training.Adam.LearningRate,
    CustomParser = OptionRules.ParseReal,
};
Option<int> batchSize = OptionRules.Number("--batch-size", "The interactions of a batch.", Shop.Training.BatchSize!.Value);
var firstShare = new Option<double>("--first-share")
{
    Description = "The share of the log that the first model knows.",
    DefaultValueFactory = _ => 0.5,
    CustomParser = OptionRules.ParseReal,
};
Option<int> windows = OptionRules.Number("--windows", "The windows that the rest is cut into.", 8);
Option<int> threads = OptionRules.Number("--threads", "The most threads of a training.", Environment.ProcessorCount);
var seed = new Option<int>("--seed")
{
    Description = "The seed of trainings.",
    DefaultValueFactory = _ => Shop.Training.Seed,
};
var schedule = new Command("schedule", "Replays the log under policies: what to refresh, what to train, how often.")
{
    epochs, warmEpochs, learningRate, batchSize, firstShare, windows, seed, threads, output,
};
schedule.SetAction((result, cancellation) => Task.FromResult(Guarded.Run(() =>
{
    var options = new TimeTravelOptions
    {
        Model = Shop.Model,
        FirstShare = result.GetValue(firstShare),
        Windows = result.GetValue(windows),
        Training = Shop.Training with
        {
            MaxEpochs = result.GetValue(epochs),
            BatchSize = result.GetValue(batchSize),
            Adam = new AdamOptions { LearningRate = result.GetValue(learningRate) },
            Seed = result.GetValue(seed),
            Threads = result.GetValue(threads),
        },
        WarmStartEpochs = result.GetValue(warmEpochs),
        Policies = Schedule.Policies,
    };
    Schedule.Compare(Log.Read(result.GetValue(data)), options, Folder(result), cancellation);
})));
var seeds = new Option<int[]>("--seeds")
{
    Description = "The seeds of trainings, with commas.",
    DefaultValueFactory = _ => [2024, 2025, 2026, 2027, 2028],
    CustomParser = OptionRules.ParseSeeds,
};
var newShare = new Option<double>("--new-share")
{
    Description = "The share of the interactions for training that yesterday's model doesn't know.",
    DefaultValueFactory = _ => 0.125,
    CustomParser = OptionRules.ParseReal,
};
var epochShare = new Option<double>("--epoch-share")
{
    Description = "The epochs of a warm start as a share of those that yesterday's training made.",
    DefaultValueFactory = _ => 0.2,
    CustomParser = OptionRules.ParseReal,
};
var warmStarts = new Command("warm-starts", "Trains from nothing and from yesterday's model: what each reaches, and in what time.")
{
    seeds, newShare, epochShare, threads,
};
warmStarts.SetAction((result, cancellation) => Task.FromResult(Guarded.Run(
    () => new WarmStarts(Log.Read(result.GetValue(data)), result.GetValue(newShare), result.GetValue(epochShare), result.GetValue(threads))
        .Compare(result.GetValue(seeds)!, cancellation))));
var root = new RootCommand("Serves a model and takes in what comes; trains at night, compares, publishes; forgets somebody.")
{
    data, days, output, replay, schedule, warmStarts,
};
root.SetAction((result, cancellation) => Task.FromResult(Guarded.Run(
    () => new Shop(Log.Read(result.GetValue(data)), Folder(result)).Run(result.GetValue(days), cancellation))));
return Commands.Invoke(root, args);
