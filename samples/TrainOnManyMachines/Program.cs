// One training on many processes or machines, each with some columns of the embeddings; and what it takes on how many of them.
//   mpirun -n 2 dotnet run --project samples/TrainOnManyMachines -c Release --no-build -- train
using System.CommandLine;
using Common;
using TrainOnManyMachines;

var data = new Option<string?>("--data")
{
    Description = "The folder of a dataset as MMRec, RecBole or LATTICE have them. Default: a made-up one.",
};
var interactions = new Option<int>("--interactions")
{
    Description = "Interactions of the made-up dataset.",
    DefaultValueFactory = _ => 100_000,
}.AboveZero();
var dimension = new Option<int>("--dimension") { Description = "Columns D.", DefaultValueFactory = _ => 64 }.AboveZero();
var softmax = new Option<bool>("--softmax") { Description = "Train by sampled softmax instead of BPR." };
var scores = new Option<bool>("--scores") { Description = "Exchange partial scores instead of rows." };
var threads = new Option<int>("--threads")
{
    Description = "Threads of each process.",
    DefaultValueFactory = _ => Environment.ProcessorCount,
}.AboveZero();
var timeout = new Option<TimeSpan>("--timeout")
{
    Description = "How long an exchange may take before the others are taken for lost.",
    DefaultValueFactory = _ => TimeSpan.FromMinutes(5),
};
var epochs = new Option<int>("--epochs") { Description = "The most epochs.", DefaultValueFactory = _ => 20 }.AboveZero();
var checkpoint = new Option<string?>("--checkpoint") { Description = "Where the state is kept, on the machine of rank 0." };
var model = new Option<string>("--model") { Description = "The model's file.", DefaultValueFactory = _ => "model.drepmrec" };
var steps = new Option<int>("--steps") { Description = "Steps to measure.", DefaultValueFactory = _ => 5 }.AboveZero();
var lists = new Option<string>("--out")
{
    Description = "The folder of the lists, made if there is none.",
    DefaultValueFactory = _ => ".",
};
var part = new Option<int?>("--part") { Description = "One part alone, such as one that was lost. Default: that of the rank." };
var parts = new Option<int?>("--parts") { Description = "How many parts there are, with --part." };

var train = new Command("train", "Trains, under mpirun on all of its processes, and saves the model.")
{
    data, interactions, dimension, softmax, scores, threads, timeout, epochs, checkpoint, model,
};
train.SetAction(result => Guarded.Run(() => Training.Run(
    new Setup(result.GetValue(data), result.GetValue(interactions), result.GetValue(dimension), result.GetValue(softmax),
        result.GetValue(scores)),
    result.GetValue(threads), result.GetValue(timeout), result.GetValue(epochs), result.GetValue(checkpoint),
    result.GetRequiredValue(model))));
var recommend = new Command("lists", "Writes the top 20 of all users of a saved model, each process those of its range of users.")
{
    model, lists, part, parts, threads,
};
recommend.Validators.Add(result =>
{
    if (result.GetResult(part) is not null && result.GetResult(parts) is null)
        result.AddError("--part: expected --parts beside it, the number of processes that made the others.");
    if (result.GetResult(parts) is not null && result.GetResult(part) is null)
        result.AddError("--parts: expected --part beside it; each process writes one part, and there are as many as processes.");
});
recommend.SetAction((result, stop) => Task.FromResult(Guarded.Run(() => Lists.WriteAsync(
    result.GetRequiredValue(model), result.GetRequiredValue(lists), result.GetValue(part), result.GetValue(parts),
    result.GetValue(threads), stop).GetAwaiter().GetResult())));
var measure = new Command("measure", "Measures steps, under mpirun on all of its processes: time by parts, bytes, memory.")
{
    data, interactions, dimension, softmax, scores, threads, timeout, steps,
};
measure.SetAction(result => Guarded.Run(() => Measurement.Run(
    new Setup(result.GetValue(data), result.GetValue(interactions), result.GetValue(dimension), result.GetValue(softmax),
        result.GetValue(scores)),
    result.GetValue(threads), result.GetValue(timeout), result.GetValue(steps))));
var simulate = new Command("simulate", "Measures what each of 1 to 64 machines would compute, and adds the network's time to it.")
{
    data, interactions, dimension, softmax, scores, threads, steps,
};
simulate.SetAction(result => Guarded.Run(() => Simulation.Run(
    new Setup(result.GetValue(data), result.GetValue(interactions), result.GetValue(dimension), result.GetValue(softmax),
        result.GetValue(scores)),
    result.GetValue(threads), result.GetValue(steps))));
var root = new RootCommand("One training on many machines: see docs/scale.md.") { train, recommend, measure, simulate };

// A training has its own way to stop all processes.
return args is ["lists", ..] ? Commands.Invoke(root, args)
    : await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
