// Times every optimised path beside the plain libtorch way of doing it and beside its bound, in one process.
using Benchmarks;

return Arguments.Run(args, (options, cancellation) =>
{
    var report = new Report(options);
    foreach (var (name, run) in Suites.Chosen(options.Suite))
    {
        Console.WriteLine($"== {name}");
        run(options, report, cancellation);
    }

    report.Save();
});
