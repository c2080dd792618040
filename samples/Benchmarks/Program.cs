// Measures what the library promises to be good at. Times are medians; compare those of one run.
using System.CommandLine;
using Benchmarks.Serving;
using Common;

var suite = new Option<string>("--suite") { Description = "What to measure.", DefaultValueFactory = _ => "serving" }.AcceptOnlyFromAmong("serving", "serving-cold", "serving-model");
var data = new Option<string?>("--data") { Description = "A folder with a dataset, for serving-cold. Default: a synthetic dataset." };
var epochs = new Option<int>("--epochs") { Description = "The most epochs, for serving-cold.", DefaultValueFactory = _ => 300 }.AboveZero();
var root = new RootCommand("Measures the library.") { suite, data, epochs };
root.SetAction(result => Guarded.Run(() =>
{
    switch (result.GetValue(suite))
    {
        case "serving-cold": ColdStart.Run(result.GetValue(data), result.GetValue(epochs)); break;
        case "serving-model": ServingSuite.WriteModel(); break;
        default: ServingSuite.Run(); break;
    }
}));
return root.Parse(args).Invoke();
