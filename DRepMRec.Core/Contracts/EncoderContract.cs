using System.Diagnostics.CodeAnalysis;
using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Contracts;

/// <summary>Runs the checks of an encoder, of whichever line.</summary>
[RequiresUnreferencedCode(Untrimmed.Message)]
internal static class EncoderContract
{
    /// <summary>Runs the checks that one instance is enough for.</summary>
    public static ContractReport Check(EncoderSubject subject, RecDataset data, IReadOnlyCollection<ContractCheck> leaveOut)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(leaveOut);
        var run = new ContractRun(subject.Module.GetType().Name, leaveOut);
        new EncoderChecks(run, subject, ContractData.WithCold(data)).Run();
        run.Skip(InstanceChecks.All, InstanceChecks.Reason);
        return run.Report;
    }

    /// <summary>Runs all checks, on instances that are created and disposed here.</summary>
    public static ContractReport Check(
        Func<RecDataset, EncoderSubject> create, RecDataset data, IReadOnlyCollection<ContractCheck> leaveOut)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(leaveOut);
        RecDataset cold = ContractData.WithCold(data);
        ContractRun run;
        using (EncoderSubject subject = create(cold))
        {
            run = new ContractRun(subject.Module.GetType().Name, leaveOut);
            new EncoderChecks(run, subject, cold).Run();
        }

        if (!run.IsMisshapen)
            new InstanceChecks(run, create, cold).Run();
        return run.Report;
    }
}
