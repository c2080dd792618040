using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace DRepMRec.Tests.Mutants;

/// <summary>The tests of an area, run one by one in this process.</summary>
internal sealed class AreaTests : IDisposable
{
    private static readonly Assembly Own = typeof(AreaTests).Assembly;

    private readonly XunitTestFramework _framework = new(new Sink(_ => { }));
    private readonly ITestFrameworkExecutor _executor;

    /// <param name="area">Parts of the full names of tests, one of which has to occur, with | between them.</param>
    public AreaTests(string area)
    {
        string[] parts = area.Split('|');
        bool Chosen(string name) => parts.Any(part => name.Contains(part, StringComparison.Ordinal));
        _executor = _framework.GetExecutor(Own.GetName());
        ITestFrameworkDiscoverer discoverer = _framework.GetDiscoverer(Reflector.Wrap(Own));
        List<ITestCase> cases = [];
        foreach (Type type in Own.GetExportedTypes().Where(t => t.IsClass && t.GetMethods().Any(m => Chosen($"{t.FullName}.{m.Name}"))))
        {
            using var done = new ManualResetEventSlim();
            discoverer.Find(type.FullName!, includeSourceInformation: false, new Sink(message =>
            {
                if (message is ITestCaseDiscoveryMessage found
                    && Chosen($"{found.TestClass.Class.Name}.{found.TestMethod.Method.Name}"))
                    cases.Add(found.TestCase);
                if (message is IDiscoveryCompleteMessage)
                    done.Set();
            }), new Options());
            done.Wait();
        }

        Cases = cases.DistinctBy(c => c.UniqueID).ToDictionary(c => c.UniqueID);
    }

    /// <summary>By name that stays the same in every process.</summary>
    public IReadOnlyDictionary<string, ITestCase> Cases { get; }

    /// <returns>Whether it passed, null where it was skipped.</returns>
    public bool? Run(ITestCase test)
    {
        bool? passed = null;
        using var done = new ManualResetEventSlim();
        _executor.RunTests([test], new Sink(message =>
        {
            passed = message switch
            {
                ITestPassed => passed ?? true,
                ITestFailed or IErrorMessage or ITestCleanupFailure or ITestClassCleanupFailure => false,
                _ => passed,
            };
            if (message is ITestAssemblyFinished)
                done.Set();
        }), new Options());
        done.Wait();
        return passed;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _executor.Dispose();
        _framework.Dispose();
    }

    private sealed class Sink(Action<IMessageSinkMessage> take) : LongLivedMarshalByRefObject, IMessageSink
    {
        public bool OnMessage(IMessageSinkMessage message)
        {
            take(message);
            return true;
        }
    }

    private sealed class Options : LongLivedMarshalByRefObject, ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
    {
        public TValue GetValue<TValue>(string name) => default!;

        public void SetValue<TValue>(string name, TValue value)
        {
        }
    }
}
