// An application that serves a model and trains the next one on a schedule: published if it's no worse on the newest interactions.
//   dotnet run --project samples/RetrainOnSchedule -c Release -- --rounds 4
using System.CommandLine;
using Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RetrainOnSchedule;

var rounds = new Option<int>("--rounds")
{
    Description = "How often to train before the program ends.",
    DefaultValueFactory = _ => int.MaxValue,
}.AboveZero();
var every = new Option<TimeSpan>("--every")
{
    Description = "The time from the beginning of a training to that of the next, such as 1.00:00:00 for a day.",
    DefaultValueFactory = _ => TimeSpan.FromSeconds(5),
};
every.Validators.Add(result =>
{
    if (result.GetValueOrDefault<TimeSpan>() <= TimeSpan.Zero)
        result.AddError("--every: expected more than 0.");
    else if (result.GetValueOrDefault<TimeSpan>() > Retraining.Longest)
        result.AddError($"--every: expected at most {Retraining.Longest:g}, as no timer waits longer.");
});
var model = new Option<string?>("--model")
{
    Description = "The model's file, which servers follow. Default: a new one in the folder for temporary files.",
};
model.InExistingFolder();
var root = new RootCommand("Serves a model, trains the next one on a schedule, compares the two, and publishes or refuses.")
{
    rounds, every, model,
};
root.SetAction(async (result, cancellation) =>
{
    string file = Path.GetFullPath(result.GetValue(model)
        ?? Path.Combine(Directory.CreateTempSubdirectory("drepmrec-").FullName, "model.drepmrec"));
    HostApplicationBuilder builder = Host.CreateApplicationBuilder();
    builder.Logging.AddSimpleConsole(console => console.SingleLine = true).AddFilter("Microsoft", LogLevel.Warning)
        .AddFilter("DRepMRec.Trainer", LogLevel.Warning); // Of trainings only what is to be warned of, such as a better baseline.
    builder.Services.AddRecommender(options =>
    {
        options.Path = file;
        options.RequiredAtStart = false;
    });
    builder.Services.AddSingleton<Shop>();
    var schedule = new Schedule(result.GetValue(every), result.GetValue(rounds), file);
    builder.Services.AddSingleton(schedule);
    builder.Services.AddHostedService<Retraining>();
    await builder.Build().RunAsync(cancellation);
    return schedule.AllFailed ? 1 : 0;
});
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
