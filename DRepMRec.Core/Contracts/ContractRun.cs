using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Contracts;

/// <summary>Runs checks one after the other, in a dispose scope each, and collects what they find.</summary>
/// <remarks>Draws of libtorch's own generator begin anew with each call of a part; afterwards the generator is as it was.</remarks>
internal sealed class ContractRun(string part, IReadOnlyCollection<ContractCheck> leaveOut)
{
    /// <summary>What rows may differ by where sums are made in another order, as a share of the largest number.</summary>
    public const double Rounding = 1e-4;

    /// <summary>What libtorch's generator begins with in each call.</summary>
    public const long Seed = 17;

    private const string LeftOut = "it was left out.";
    private const int MaxFindings = 5;
    private readonly SortedSet<ContractCheck> _done = [];
    private readonly List<ContractFinding> _findings = [];
    private readonly Dictionary<ContractCheck, string> _notChecked = [];
    private ContractCheck _current;

    public ContractReport Report => new(
        part, [.. _done.Except(_findings.Select(f => f.Check)).Except(_notChecked.Keys)], [.. _findings], _notChecked.AsReadOnly());

    /// <summary>Whether the shapes don't fit: then nothing else can be looked at.</summary>
    public bool IsMisshapen => _findings.Any(f => f.Check == ContractCheck.Shapes);

    /// <summary>Checks the shapes. Where they don't fit, all other checks are left out.</summary>
    /// <returns>Whether they fit.</returns>
    public bool CheckShapes(Action shapes)
    {
        Check(ContractCheck.Shapes, shapes);
        if (IsMisshapen)
            Skip(Enum.GetValues<ContractCheck>().Where(c => c != ContractCheck.Shapes), "the shapes come first.");
        return !IsMisshapen;
    }

    /// <summary>Runs a check. What it throws is a finding.</summary>
    public void Check(ContractCheck check, Action action)
    {
        if (leaveOut.Contains(check))
        {
            Skip([check], LeftOut);
            return;
        }

        _current = check;
        _done.Add(check);
        Tensor generator = random.get_rng_state();
        try
        {
            using DisposeScope scope = NewDisposeScope();
            action();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Find("a call", "an answer", $"{exception.GetType().Name}: {Internals.Shown.Message(exception.Message)}");
        }
        finally
        {
            random.set_rng_state(generator);
            generator.Dispose();
        }
    }

    /// <summary>Takes down why some checks aren't made; of several reasons the first.</summary>
    public void Skip(IEnumerable<ContractCheck> checks, string reason)
    {
        foreach (ContractCheck check in checks)
            _notChecked.TryAdd(check, leaveOut.Contains(check) ? LeftOut : reason);
    }

    /// <summary>Adds a finding to the check that runs; the first few of each check are enough.</summary>
    public void Find(string where, string expected, string actual)
    {
        if (_findings.Count(f => f.Check == _current) < MaxFindings)
            _findings.Add(new ContractFinding(_current, where, expected, actual));
    }

    public void Require(bool holds, string where, string expected, string actual)
    {
        if (!holds)
            Find(where, expected, actual);
    }

    /// <summary>Lets libtorch's generator begin anew, so that what a part draws from it is the same in each call.</summary>
    public static T Seeded<T>(Func<T> call, long seed = Seed)
    {
        random.manual_seed(seed);
        return call();
    }

    /// <summary>Compares two tables, number by number; the first difference is a finding.</summary>
    /// <param name="where">What the tables are.</param>
    /// <param name="expected">The numbers that are due.</param>
    /// <param name="actual">The numbers that came.</param>
    /// <param name="width">The numbers of a row.</param>
    /// <param name="tolerance">What they may differ by, as a share of the largest; 0 for the same bits.</param>
    public bool RequireSame(string where, float[] expected, float[] actual, int width, double tolerance = 0)
    {
        if (expected.Length != actual.Length)
        {
            Find(where, $"{expected.Length} numbers", $"{actual.Length}");
            return false;
        }

        int i = Difference(expected, actual, tolerance);
        if (i >= 0)
            Find($"{where}, row {i / Math.Max(1, width)}, column {i % Math.Max(1, width)}", Shown(expected[i]), Shown(actual[i]));
        return i < 0;
    }

    /// <summary>The place of the first number that differs by more than a share of the largest; -1 where none does.</summary>
    public static int Difference(float[] expected, float[] actual, double tolerance)
    {
        double largest = expected.Where(float.IsFinite).Select(x => (double)Math.Abs(x)).DefaultIfEmpty().Max();
        return Array.FindIndex([.. expected.Zip(actual)], pair =>
            BitConverter.SingleToInt32Bits(pair.First) != BitConverter.SingleToInt32Bits(pair.Second)
            && !(Math.Abs((double)pair.First - pair.Second) <= tolerance * largest));
    }

    public static string Shown(double value) => value.ToString("G9", CultureInfo.InvariantCulture);
}
