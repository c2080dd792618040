using TorchSharp;

namespace DRepMRec.Contracts;

/// <summary>What is asked of any part about what it leaves behind.</summary>
internal static class Remains
{
    private static long Count => DisposeScopeManager.Statistics.ThreadTotalLiveCount;

    /// <summary>After the first time, the same again makes no tensor that stays.</summary>
    public static void RequireNoneLeft(ContractRun run, string what, Action action)
    {
        action();
        long before = Count;
        action();
        action();
        run.Require(Count == before, $"{what}, twice", "no tensor left that wasn't there before", $"{Count - before}");
    }

    /// <summary>After <c>Dispose</c> no tensor is left, and calls are refused.</summary>
    public static void RequireDisposal(ContractRun run, string call, Func<Instance> create)
    {
        Instance Used()
        {
            Instance instance = create();
            using (instance.Part)
            {
                using DisposeScope scope = torch.NewDisposeScope();
                instance.Call();
            }

            return instance;
        }

        Used();
        long before = Count;
        Instance gone = Used();
        run.Require(Count == before, "Dispose", "no tensor left", $"{Count - before}");
        try
        {
            gone.Call();
            run.Require(!gone.MustRefuse, $"{call} after Dispose", "an exception", "rows");
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
        }
    }

    /// <summary>A part that was created, and a call of it.</summary>
    public sealed record Instance(IDisposable Part, Action Call)
    {
        /// <summary>Whether it can't answer without what is disposed.</summary>
        public bool MustRefuse { get; init; } = true;
    }
}
