// Measures what the library promises to be fast at. Figures are medians; compare those of one run.
using System.CommandLine;
using Benchmarks.Serving;
using Common;

var suite = new Option<string>("--suite") { Description = "What to measure.", DefaultValueFactory = _ => "serving" }.AcceptOnlyFromAmong("serving", "serving-model");
var root = new RootCommand("Measures the library.") { suite };
root.SetAction(result => Guarded.Run(result.GetValue(suite) == "serving-model" ? ServingSuite.WriteModel : ServingSuite.Run));
return root.Parse(args).Invoke();
