// Searches the options of a model on validation: a grid, random draws, or successive halving; every trial is a line of a log that a later
// run goes on from.
using Common;
using DRepMRec.Data;
using SearchOptions;

return CommandLine.Run(args, (options, cancellation) =>
{
    RecDataset data = options.Data is null ? SyntheticDataset.Create().Data : RecDataset.Load(options.Data);
    Console.WriteLine(data);
    HeldOut.Require(data, options.Test);
    SearchSpace space = SearchSpace.Read(options.Space);
    using var log = new TrialLog(options.Log, data);
    var search = new Search(space, new TrialRunner(data, log, options.Jobs), options);
    IReadOnlyList<Candidate> ranked = search.Run(cancellation);
    ResultTable.Show(ranked, space);
    if (ranked.All(candidate => double.IsNegativeInfinity(candidate.Mean)))
        throw new IOException("A training of every combination diverged: the space has nothing to choose from.");
    if (options.Test)
        search.Test(ranked[0], cancellation);
});
