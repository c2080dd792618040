// Makes the trainings behind the published tables and pictures, several at once and going on where it was stopped, and writes the tables
// and pictures; recomputes them from logs.
using DRepMRec.Data;
using ReproduceResults;
using ReproduceResults.Reports;
using ReproduceResults.Studies;
using ReproduceResults.Trainings;

return CommandLine.Run(args, (options, cancellation) =>
{
    RecDataset data = options.Data is null ? SyntheticDataset.Create().Data : RecDataset.Load(options.Data);
    Study study = Study.Of(options.Study);
    Console.WriteLine(study.Describe(DatasetFigures.Of(data, data, kind: null)));
    IReadOnlyList<Variant> variants = study.Select(data, options);
    using var log = new TrainingLog(options.Log, toRead: options.ReportOnly);
    var runner = new StudyRunner(study, variants, log, options);
    if (!options.ReportOnly)
        runner.Train(cancellation);
    if (options.Out is null)
        return;
    if (runner.Gaps() is { } gaps)
        Console.WriteLine(gaps);
    Console.WriteLine($"Written: {Page.WriteWithLog(options.Out, options.Study, options.Loss, runner.Made())}");
});
