// Trains recommenders without and with Behaviour-Modal Alignment under one protocol, and says which differences are more than chance.
using Common;
using CompareModels;
using DRepMRec.Data;

return CommandLine.Run(args, (options, cancellation) =>
{
    RecDataset data = options.Data is null ? SyntheticDataset.Create().Data : RecDataset.Load(options.Data);
    Console.WriteLine(data);
    HeldOut.Require(data, test: true);
    var experiment = new Experiment(options, data);
    IReadOnlyList<Comparison> lines = Comparison.Of(experiment.Run(cancellation));
    ResultTable.Show(lines);
    foreach (string note in experiment.LeftOut)
        Console.WriteLine(note);
    if (options.Markdown is not null)
        File.WriteAllText(options.Markdown, ResultTable.Markdown(lines, options, experiment.LeftOut));
});
