using System.Diagnostics;
using DRepMRec.Tests.Documentation;
using DRepMRec.Tests.Mutants;
using DRepMRec.Tests.Support;
using DRepMRec.Tests.Training;

namespace DRepMRec.Tests.Reliability;

/// <summary>
/// The long runs behind docs/reliability.md: <c>dotnet run --project DRepMRec.Core.Tests -c Release -- COMMAND</c>. The suite has short
/// ones of the same.
/// </summary>
internal static class Program
{
    private const string Usage =
        """
        kill   [--kills 200] [--seed 1]      kills and terminates processes that train, at random moments
        fuzz   [--inputs 100000] [--seed 1]  damages input to every reader and parser
        memory [--steps 2000]                what is in use after a quarter and at the end of a training, for every model
        storm  [--minutes 10]                everything while garbage is collected without pause
        race   [--rounds 100] [--seed 1]     trainings at once, cancelled and resumed, beside recommenders in use
        soak   [--minutes 30]                the web sample under load, with reloads, changes and faults
        faults [--runs 200] [--seed 1]       trainings on several processes of which one is lost or stuck
        peer   --training T --checkpoint F   one process of a training that mpirun starts
        train  --model M --checkpoint F      one such process
        shop   files|database                the examples of docs/your-own-data.md, in the folder at hand
        receipt train|replay FILE            a training that writes its receipt, or that does one again
        mutants --part P --area A            the tests of an area against the mistakes planted in a part (.ci/mutate)
                --report F --to D
        """;

    public static int Main(string[] args)
    {
        var clock = Stopwatch.StartNew();
        string Text(string name) => Array.IndexOf(args, name) is >= 0 and int at && at + 1 < args.Length ? args[at + 1]
            : throw new ArgumentException($"{name} is missing.\n{Usage}");
        int Number(string name, int otherwise) => args.Contains(name)
            ? int.Parse(Text(name), System.Globalization.CultureInfo.InvariantCulture) : otherwise;
        switch (args.FirstOrDefault())
        {
            case "train":
                return TinyTraining.AsProcess(Text("--model"), Text("--checkpoint"), Number("--epochs", 40));
            case "shop":
                if (args.ElementAtOrDefault(1) == "database")
                    YourOwnDataExample.FromADatabase();
                else
                    YourOwnDataExample.FromTwoFiles();
                return 0;
            case "receipt":
                string receipt = args.ElementAtOrDefault(2) ?? throw new ArgumentException($"The receipt's file is missing.\n{Usage}");
                return args[1] == "train" ? ReceiptProcess.Train(receipt) : ReceiptProcess.Replay(receipt);
            case "kill":
                var kills = new KillRun(Number("--seed", 1), longestWait: 2500);
                for (int n = 0; kills.Kills < Number("--kills", 200); n++)
                {
                    kills.Train(Models.Names[n % Models.Names.Count]);
                    Console.WriteLine($"{clock.Elapsed:mm\\:ss} {kills}");
                }

                return 0;
            case "fuzz":
                FuzzTarget[] targets = [.. FuzzTargets.All, .. Real()];
                int each = (Number("--inputs", 100_000) + targets.Length) / (targets.Length + 1);
                int sum = 0;
                foreach (FuzzTarget target in targets)
                {
                    FuzzRun run = new FuzzRun(target, Number("--seed", 1)).Run(each / target.Cost);
                    Console.WriteLine(run);
                    sum += run.Inputs;
                }

                OptionRun options = new OptionRun(Number("--seed", 1)).Run(each);
                Console.WriteLine(options);
                sum += options.Inputs;
                Console.WriteLine($"{clock.Elapsed:mm\\:ss} {sum} inputs over {targets.Length} readers and parsers and the options, none "
                    + $"with an outcome that isn't documented");
                return 0;
            case "memory":
                bool flat = true;
                foreach (MemoryRun run in MemoryRun.All(Number("--steps", 2000)))
                {
                    Console.WriteLine($"{clock.Elapsed:mm\\:ss} {(run.IsFlat ? "flat" : "GROWS")}: {run}");
                    flat &= run.IsFlat;
                }

                return flat ? 0 : 1;
            case "storm":
                var storm = new StormRun();
                while (clock.Elapsed < TimeSpan.FromMinutes(Number("--minutes", 10)))
                {
                    storm.Round();
                    Console.WriteLine($"{clock.Elapsed:mm\\:ss} {storm}");
                }

                return 0;
            case "race":
                var race = new RaceRun(Number("--seed", 1));
                while (race.Rounds < Number("--rounds", 100))
                {
                    race.Round();
                    Console.WriteLine($"{clock.Elapsed:mm\\:ss} {race}");
                }

                return 0;
            case "soak":
                using (var soak = new SoakRun())
                {
                    soak.RunAsync(TimeSpan.FromMinutes(Number("--minutes", 30)), Console.WriteLine).GetAwaiter().GetResult();
                    return soak.IsSound ? 0 : 1;
                }

            case "faults":
                var faults = new FaultRun(Number("--seed", 1), TimeSpan.FromSeconds(0.5));
                while (faults.Runs < Number("--runs", 200))
                {
                    faults.Next();
                    Console.WriteLine($"{clock.Elapsed:mm\\:ss} {faults}");
                }

                return 0;
            case "mutants":
                return new MutationRun(Text("--part"), Text("--area"), Text("--report"), Text("--to")).Run(Console.WriteLine);
            case "mutant-coverage":
                return MutantProcess.Cover(Text("--area"), Text("--to"));
            case "mutant-try":
                return MutantProcess.Try(Text("--area"), Text("--coverage"),
                    [.. Text("--mutants").Split(',').Select(n => int.Parse(n, System.Globalization.CultureInfo.InvariantCulture))]);
            case "peer":
                return PeerProcess.Run(Text("--training"), Text("--checkpoint"), Number("--stuck-rank", -1), Number("--timeout", 600));
            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
    }

    private static IReadOnlyList<FuzzTarget> Real()
    {
        try
        {
            return FuzzTargets.Real();
        }
        catch (SkipException exception)
        {
            Console.WriteLine($"Without pieces of real files: {exception.Message}");
            return [];
        }
    }
}
