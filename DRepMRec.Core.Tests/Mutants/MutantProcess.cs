using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Xunit.Abstractions;

namespace DRepMRec.Tests.Mutants;

/// <summary>One process of a <see cref="MutationRun"/>: switches mistakes on and asks the tests that come by them.</summary>
internal static class MutantProcess
{
    /// <summary>A test that passes without mistakes.</summary>
    /// <param name="Test">Its name.</param>
    /// <param name="Milliseconds">How long it takes.</param>
    /// <param name="Mutants">The mistakes that it comes by.</param>
    public sealed record Coverage(string Test, double Milliseconds, int[] Mutants);

    private static readonly Type Control = typeof(DRepMRecModel).Assembly.GetTypes().SingleOrDefault(t => t.Name == "MutantControl")
        ?? throw new InvalidOperationException("This library has no mistakes in it: .ci/mutate starts this command.");

    private static int Active { set => Control.GetField("ActiveMutant")!.SetValue(null, value); }

    /// <summary>Which test comes by which mistake, without those that fail or are skipped without any.</summary>
    public static int Cover(string area, string file)
    {
        FieldInfo capture = Control.GetField("CaptureCoverage")!;
        MethodInfo covered = Control.GetMethod("GetCoverageData")!;
        capture.SetValue(null, true);
        using var tests = new AreaTests(area);
        List<Coverage> all = [];
        foreach ((string name, ITestCase test) in tests.Cases)
        {
            covered.Invoke(null, null);
            var clock = Stopwatch.StartNew();
            bool? passed = tests.Run(test);
            var lists = (IList<int>[])covered.Invoke(null, null)!;
            if (passed == true)
                all.Add(new Coverage(name, clock.Elapsed.TotalMilliseconds, [.. lists[0].Union(lists[1])]));
            else if (passed == false)
                Console.WriteLine($"fails without any mistake: {test.DisplayName}");
        }

        File.WriteAllText(file, JsonSerializer.Serialize(all));
        Console.WriteLine($"{all.Count} tests, {all.Sum(t => t.Milliseconds) / 1000:F1} s");
        return 0;
    }

    /// <summary>
    /// Tries mistakes and writes lines that begin with @. One alone is switched on before tests are looked for, and all of them are asked.
    /// </summary>
    public static int Try(string area, string file, IReadOnlyList<int> mutants)
    {
        bool isAlone = mutants.Count == 1;
        if (isAlone)
            Console.WriteLine($"@{mutants[0]} begins");
        Active = isAlone ? mutants[0] : -1;
        Coverage[] all = [.. JsonSerializer.Deserialize<Coverage[]>(File.ReadAllBytes(file))!.OrderBy(t => t.Milliseconds)];
        using var tests = new AreaTests(area);
        foreach (int mutant in mutants)
        {
            if (!isAlone)
                Console.WriteLine($"@{mutant} begins");
            Active = mutant;
            ITestCase? finder = all.Where(t => isAlone || t.Mutants.Contains(mutant)).Select(t => tests.Cases[t.Test])
                .FirstOrDefault(test => Asks(test) == false);
            Active = -1;
            // What a mistake left behind must not speak against the next one.
            if (finder is not null && !isAlone && tests.Run(finder) == false)
            {
                Console.WriteLine($"@{mutant} spoiled");
                return 1;
            }

            Console.WriteLine(finder is null ? $"@{mutant} survived" : $"@{mutant} killed {finder.DisplayName}");
        }

        return 0;

        // A line says that this process is alive: one test that hangs ends it, not many that take their time.
        bool? Asks(ITestCase test)
        {
            Console.WriteLine(test.DisplayName);
            return tests.Run(test);
        }
    }
}
