// Makes the trainings behind the published tables and pictures, several at once and going on where it was stopped, and writes the tables
// and pictures.
using DRepMRec.Data;
using ReproduceResults;
using ReproduceResults.Reports;
using ReproduceResults.Studies;
using ReproduceResults.Trainings;

return CommandLine.Run(args, (options, cancellation) =>
{
    RecDataset data = options.Data is null ? SyntheticDataset.Create().Data : RecDataset.Load(options.Data);
    Study study = Study.Of(options.Study);
    Console.WriteLine(study.Describe(data));
    IReadOnlyList<Variant> variants = study.Select(data, options);
    using var log = new TrainingLog(options.Log);
    var runner = new StudyRunner(study, variants, log, options);
    if (!options.ReportOnly)
        runner.Train(cancellation);
    if (options.Out is null)
        return;
    IReadOnlyList<Outcome> outcomes = runner.Outcomes();
    var report = new Report(options);
    report.Say($"{study.Describe(data)}. Loss {options.Loss}, seeds {string.Join(", ", options.Seeds)}, "
        + $"at most {options.Epochs} epochs. Test figures of the best validation epoch, full ranking; "
        + "mean ± standard deviation over seeds.");
    if (runner.Gaps() is { } gaps)
        report.Say(gaps);
    study.Write(report, outcomes);
    Console.WriteLine($"Written: {report.Save()}");
});
