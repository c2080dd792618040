// Everything that becomes of a model while its data change, on a stream that is made up or on a log of your own.
//   dotnet run --project samples/FollowTheLog -c Release -- --days 3
//   dotnet run --project samples/FollowTheLog -c Release -- replay receipt.json --without u7
//   dotnet run --project samples/FollowTheLog -c Release -- schedule
using System.CommandLine;
using Common;
using DRepMRec.Training;
using FollowTheLog;

var data = new Option<string?>("--data")
{
    Description = "A CSV file with the columns user, item and timestamp, a number, and perhaps weight; or the folder of a dataset without "
        + "times, in an order that is drawn. Default: a stream that is made up.",
    Recursive = true,
};
data.Validators.Add(result =>
{
    if (result.GetValueOrDefault<string?>() is { } file && !File.Exists(file) && !Directory.Exists(file))
        result.AddError($"--data: there is no file or folder '{file}'.");
});
var days = new Option<int>("--days")
{
    Description = "How many days to serve, each with a night in which the next model is trained.",
    DefaultValueFactory = _ => 3,
}.AboveZero();
var output = new Option<string>("--out")
{
    Description = "The folder for the model, the weights, the receipt and the pages.",
    DefaultValueFactory = _ => Directory.CreateTempSubdirectory("drepmrec-").FullName,
    Recursive = true,
};
var receipt = new Argument<string>("receipt") { Description = "The receipt of a training." };
var without = new Option<string[]>("--without")
{
    Description = "The users who were left out.",
    AllowMultipleArgumentsPerToken = true,
};
var more = new Option<int>("--more") { Description = "Interactions that are made up on top, to see that they are seen." };

var replay = new Command("replay", "Does the training of a receipt again and says whether it gives the same bits.")
{
    receipt, without, more,
};
replay.SetAction(result =>
{
    int same = 0;
    int failed = Guarded.Run(() => same = Forgetting.Replay(
        Log.Read(result.GetValue(data)), result.GetRequiredValue(receipt), result.GetValue(without) ?? [], result.GetValue(more)));
    return failed != 0 ? failed : same;
});
var epochs = new Option<int>("--epochs")
{
    Description = "The epochs of a training from nothing.",
    DefaultValueFactory = _ => 20,
}.AboveZero();
var warmEpochs = new Option<int>("--warm-epochs")
{
    Description = "The epochs of a training that begins from the model before.",
    DefaultValueFactory = _ => 3,
}.AboveZero();
var learningRate = new Option<double>("--learning-rate")
{
    Description = "The learning rate of Adam.",
    DefaultValueFactory = _ => Shop.Training.Adam.LearningRate,
};
var batchSize = new Option<int>("--batch-size")
{
    Description = "The interactions of a batch.",
    DefaultValueFactory = _ => Shop.Training.BatchSize!.Value,
}.AboveZero();
var firstShare = new Option<double>("--first-share")
{
    Description = "The share of the log that the first model knows.",
    DefaultValueFactory = _ => 0.5,
};
var windows = new Option<int>("--windows")
{
    Description = "The windows that the rest is cut into.",
    DefaultValueFactory = _ => 8,
}.AboveZero();
var threads = new Option<int>("--threads")
{
    Description = "The most threads of a training.",
    DefaultValueFactory = _ => Environment.ProcessorCount,
}.AboveZero();
var schedule = new Command("schedule", "Replays the log under policies: what to refresh, what to train, how often.")
{
    epochs, warmEpochs, learningRate, batchSize, firstShare, windows, threads,
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
            Threads = result.GetValue(threads),
        },
        WarmStartEpochs = result.GetValue(warmEpochs),
        Policies = Schedule.Policies,
    };
    string folder = Directory.CreateDirectory(result.GetRequiredValue(output)).FullName;
    Schedule.Compare(Log.Read(result.GetValue(data)), options, folder, cancellation);
})));
var root = new RootCommand("Serves a model and takes in what comes; trains at night, compares, publishes; forgets somebody.")
{
    data, days, output, replay, schedule,
};
root.SetAction((result, cancellation) => Task.FromResult(Guarded.Run(
    () => new Shop(Log.Read(result.GetValue(data)), Directory.CreateDirectory(result.GetRequiredValue(output)).FullName)
        .Run(result.GetValue(days), cancellation))));
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
