using System.Diagnostics.CodeAnalysis;
using DRepMRec.Data;
using DRepMRec.Graphs;
using DRepMRec.Internals;
using DRepMRec.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Contracts;

/// <summary>The checks of an encoder that need instances of it, made for the same data or for others.</summary>
[RequiresUnreferencedCode(Untrimmed.Message)]
internal sealed class InstanceChecks(ContractRun run, Func<RecDataset, EncoderSubject> create, RecDataset data)
{
    public const string Reason = "it needs instances of its own: give a function that creates one.";

    public static ContractCheck[] All { get; } =
    [
        ContractCheck.UserOrder, ContractCheck.ItemOrder, ContractCheck.WeightZero, ContractCheck.SavedWeights, ContractCheck.Disposal,
    ];

    private readonly InteractionGraph _graph = new(data.Train);

    public void Run()
    {
        int[] users = ContractData.Same(data.Users.Count), items = ContractData.Same(data.Items.Count);
        run.Check(ContractCheck.UserOrder, () => Order(ContractCheck.UserOrder, ContractData.Order(users.Length), items));
        run.Check(ContractCheck.ItemOrder, () => Order(ContractCheck.ItemOrder, users, ContractData.Order(items.Length)));
        run.Check(ContractCheck.Determinism, OtherGraph);
        run.Check(ContractCheck.WeightZero, WeightZero);
        run.Check(ContractCheck.SavedWeights, SavedWeights);
        run.Check(ContractCheck.Disposal, Disposal);
    }

    /// <summary>What one instance was asked for before has no say in what it answers now.</summary>
    private void OtherGraph()
    {
        TrainingBatch batch = ContractData.Batch(data);
        InteractionGraph other = _graph.Without(batch.UserIndices, batch.PositiveIndices);
        using EncoderSubject one = create(data), fresh = create(data);
        Rows(one, _graph);
        Rows(fresh, other).RequireSame(run, Rows(one, other), "a call after one with another graph");
    }

    private void Order(ContractCheck check, int[] users, int[] items)
    {
        RecDataset moved = ContractData.Reordered(data, users, items);
        using EncoderSubject one = create(data), other = create(moved);
        var sides = new GrowingSides(create, data);
        Dictionary<string, Tensor> weights = one.Module.state_dict();
        string[] parameters = [.. one.Module.named_parameters().Select(p => p.name)];
        ContractRows expected = Rows(one, _graph).Reordered(users, items);
        ContractRows? usual = null;

        // Buffers that an instance made of the moved data, such as tables of neighbours, are of it already; those that were drawn have to
        // move like weights.
        bool[] moving = weights.Count == parameters.Length ? [true] : [false, true];
        foreach (var (moves, layout) in moving.SelectMany(moves => GrowingSides.Layouts.Select(layout => (moves, layout))))
        {
            Tensor? Moved(string own) => sides.Reordered(own, weights[own], users, items, layout);
            if (Misfit(other, moves ? weights.Keys : parameters, Moved) is { } name)
            {
                run.Skip([check], $"it isn't known which places of the weights '{name}' are those of which user or item.");
                return;
            }

            ContractRows actual = Rows(other, new InteractionGraph(moved.Train));
            if (expected.IsNear(actual, ContractRun.Rounding))
                return;
            usual ??= actual;
        }

        expected.RequireSame(run, usual!, "another order", ContractRun.Rounding);
    }

    /// <summary>Gives an instance the weights of another in another order.</summary>
    /// <returns>The name of one that has none, if there is one.</returns>
    private static string? Misfit(EncoderSubject target, IEnumerable<string> names, Func<string, Tensor?> reordered)
    {
        using IDisposable noGradient = no_grad();
        Dictionary<string, Tensor> targets = target.Module.state_dict();
        foreach (string name in names)
        {
            if (reordered(name) is not { } own)
                return name;
            targets[name].copy_(own);
        }

        return null;
    }

    private void WeightZero()
    {
        using EncoderSubject probe = create(data);
        if (probe is not HostSubject)
        {
            run.Skip([ContractCheck.WeightZero], "a modal encoder isn't there when the modal line is off.");
            return;
        }

        ContractRun.Seeded(Trained).RequireSame(run, ContractRun.Seeded(Trained), "another instance after the same two epochs");
        using DisposeScope scope = NewDisposeScope();
        BatchRows batch = ContractData.Batch(data).Whole;
        TermCheck.RequireWeights(run, "a step", probe.Encode(_graph, batch.Rows, batch).Terms);
    }

    private ContractRows Trained()
    {
        var options = new DRepMRecOptions { UseModalLine = false, Loss = new RankingLoss.Bpr() };
        using EncoderSubject subject = create(data);
        using DRepMRecModel model = DRepMRecModel.Create(data, ((HostSubject)subject).Host, options);
        new Trainer(model, data, new TrainerOptions { MaxEpochs = 2 }).Fit();
        using UserItemEmbeddings rows = model.Embed();
        return ContractRows.Of(rows);
    }

    private void SavedWeights()
    {
        using EncoderSubject one = create(data), other = create(data);
        Rows(one, _graph).RequireSame(run, Rows(other, _graph), "another instance of the same options");
        BatchRows batch = ContractData.Batch(data).Compact;
        CopiedWeights.Train(one.Module, other.Module, () =>
        {
            EncoderOutput output = one.Encode(_graph, batch.Rows, batch);
            Tensor loss = new RankingLoss.Bpr().Compute(output.Embeddings, batch);
            return output.Terms.Aggregate(loss, (sum, term) => sum.Plus(term.Value));
        });
        Rows(one, _graph).RequireSame(run, Rows(other, _graph), CopiedWeights.Where);
    }

    private void Disposal() => Remains.RequireDisposal(run, "call(graph)", () =>
    {
        EncoderSubject subject = create(data);
        subject.Module.eval();
        return new(subject, () => subject.Call(_graph));
    });

    private static ContractRows Rows(EncoderSubject subject, InteractionGraph graph)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        subject.Module.eval();
        return ContractRows.Of(ContractRun.Seeded(() => subject.Call(graph)));
    }
}
