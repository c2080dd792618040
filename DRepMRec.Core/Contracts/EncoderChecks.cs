using System.Diagnostics.CodeAnalysis;
using DRepMRec.Data;
using DRepMRec.Graphs;
using DRepMRec.Internals;
using DRepMRec.Kernels;
using DRepMRec.Losses;
using DRepMRec.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Contracts;

/// <summary>The checks of an encoder that one instance is enough for. Its weights and buffers are as they were afterwards.</summary>
[RequiresUnreferencedCode(Untrimmed.Message)]
internal sealed class EncoderChecks(ContractRun run, EncoderSubject subject, RecDataset data)
{
    private readonly InteractionGraph _graph = new(data.Train);
    private readonly TrainingBatch _batch = ContractData.Batch(data);
    private readonly TrainingBatch _shared = ContractData.SharedBatch(data);

    public void Run()
    {
        Processor.ThrowIfElsewhere(subject.Module);
        using var modes = new ModuleModes(subject.Module);
        using var before = new BestWeights(subject.Module);
        before.Take();
        try
        {
            if (!run.CheckShapes(Shapes))
                return;
            run.Check(ContractCheck.FiniteRows, FiniteRows);
            run.Check(ContractCheck.Ownership, Ownership);
            run.Check(ContractCheck.Determinism, Determinism);
            CheckGradients();
            run.Check(ContractCheck.BatchRows, BatchRows);
            subject.Module.eval();
            run.Check(ContractCheck.Export, () =>
            {
                using IDisposable noGradient = no_grad();
                subject.CheckExport(run, _graph);
            });
        }
        finally
        {
            before.Restore();
        }
    }

    private void Shapes()
    {
        subject.Module.eval();
        RequireShape("call(graph)", subject.Call(_graph), _graph.UserCount, _graph.ItemCount);
        run.Require(subject.Weights.Count > 0 || !subject.Module.parameters().Any(), "weights", "some that take gradients", "none");
        subject.Module.train();
        bool hasModal = subject is HostSubject { Host.HasModalRepresentation: true };
        BatchRows[] calls = [_batch.Whole, _batch.Compact, _shared.Whole, _shared.Compact];
        foreach (BatchRows rows in calls)
        {
            string where = (rows.Rows.IsAll ? "Encode with all rows" : "Encode with the rows of a batch")
                + (rows.Batch.SharedNegatives ? " of shared negatives" : "");
            int users = rows.Rows.IsAll ? _graph.UserCount : rows.Rows.Users.Length;
            int items = rows.Rows.IsAll ? _graph.ItemCount : rows.Rows.Items.Length;
            if (subject.Encode(_graph, rows.Rows, rows) is not { } output)
            {
                run.Find(where, "an output", "nothing");
                continue;
            }

            RequireShape(where, output.Embeddings, users, items);
            if (output.Modal is { } modal)
                RequireShape($"Modal of {where}", modal, users, items);
            else if (hasModal)
                run.Find($"Modal of {where}", $"rows, as {nameof(IBehaviorEncoder.HasModalRepresentation)} says", "nothing");
            subject.CheckEgo(run, where, output, rows.Rows);
            TermCheck.Run(run, where, output.Terms);
        }
    }

    private void RequireShape(string where, UserItemEmbeddings rows, int users, int items)
        => ContractRows.RequireShape(run, where, rows, users, items, subject.Dimension);

    private void FiniteRows()
    {
        ContractRows rows = Inference(_graph);
        RequireFinite("", rows);
        if (Encoded(RowSet.All, null, training: false).Modal is { } modal)
            RequireFinite(" of Modal", modal);
    }

    private void RequireFinite(string of, ContractRows rows)
    {
        foreach (var (name, values, degree) in new (string, float[], Func<int, int>)[]
            { ("user", rows.Users, _graph.UserDegree), ("item", rows.Items, i => _graph.ItemDegrees[i]) })
        {
            int at = Array.FindIndex(values, x => !float.IsFinite(x));
            if (at >= 0)
            {
                int row = at / rows.Width;
                run.Find($"{name} {row}{of}, who has {degree(row)} interactions", "finite numbers", ContractRun.Shown(values[at]));
            }
        }
    }

    private void Ownership()
    {
        subject.Module.eval();
        EncoderOutput encoded = subject.Encode(_graph, RowSet.All, null);
        var returned = new List<(string From, UserItemEmbeddings? Rows)>
        {
            ("call(graph)", subject.Call(_graph)), ("Encode", encoded.Embeddings), ("Ego of Encode", encoded.Ego),
            ("Modal of Encode", encoded.Modal), ("Ego", (subject as HostSubject)?.Host.Ego),
        };
        IEnumerable<(string Name, Tensor Tensor)> own = subject.Module.named_parameters().Select(p => (p.name, (Tensor)p.parameter))
            .Concat(subject.Module.named_buffers().Select(b => (b.name, b.buffer)));
        foreach (var (name, weight) in own)
        {
            foreach (var (from, rows) in returned)
            {
                run.Require(!ReferenceEquals(weight, rows?.Users) && !ReferenceEquals(weight, rows?.Items), from,
                    "tensors of the caller's, such as alias() of a weight",
                    $"the weight '{name}' itself, which goes when the caller disposes it");
            }
        }

        subject.Module.train();
        void Step()
        {
            using DisposeScope scope = NewDisposeScope();
            EncoderOutput output = subject.Encode(_graph, _batch.Whole.Rows, _batch.Whole);
            Tensor loss = output.Terms.Aggregate(
                output.Embeddings.Users.sum().Plus(output.Embeddings.Items.sum()), (sum, term) => sum.Plus(term.Value));
            if (loss.requires_grad)
                Backpropagation.Run(loss);
        }

        Remains.RequireNoneLeft(run, "a step", Step);
        subject.Module.eval();
        Remains.RequireNoneLeft(run, "call(graph)", () =>
        {
            using DisposeScope scope = NewDisposeScope();
            subject.Call(_graph);
        });
        foreach (var (_, weight) in subject.Weights)
            weight.grad = null;
    }

    private void Determinism()
    {
        float[][] features = FeatureValues();
        ContractRows first = Inference(_graph);
        first.RequireSame(run, Inference(_graph), "the same call again");
        first.RequireSame(run, Inference(_graph, ContractRun.Seed + 1), "the same call after other draws of libtorch's generator");
        Inference(_graph.Without(_batch.UserIndices, _batch.PositiveIndices));
        first.RequireSame(run, Inference(_graph), "the same call after one with another graph");
        first.RequireSame(run, Encoded(RowSet.All, null, training: false).Rows, "Encode with all rows, which call(graph) gives,");
        var step = Encoded(_batch.Whole.Rows, _batch.Whole, training: true);
        var again = Encoded(_batch.Whole.Rows, _batch.Whole, training: true);
        step.Rows.RequireSame(run, again.Rows, "the same step again");
        if (step.Modal is { } modal && again.Modal is { } other)
            modal.RequireSame(run, other, "Modal of the same step again");
        else
            run.Require(step.Modal == again.Modal, "Modal of the same step again", "rows each time or never", "rows once");
        if (subject is HostSubject { Host: var host })
        {
            InteractionSet one = host.GraphForEpoch(_graph, 1).Interactions, two = host.GraphForEpoch(_graph, 1).Interactions;
            run.Require(one.Offsets.SequenceEqual(two.Offsets) && one.Items.SequenceEqual(two.Items)
                && one.Confidences.SequenceEqual(two.Confidences), "GraphForEpoch(graph, 1)", "the same graph each time", "another one");
        }

        foreach (var (before, after) in features.Zip(FeatureValues()))
            run.RequireSame("the features, an input,", before, after, 1);
    }

    private void CheckGradients()
    {
        subject.Module.train();
        run.Check(ContractCheck.Gradients, new GradientCheck(run, subject.Weights, () => Outputs(withEgo: true)).Run);
        run.Check(ContractCheck.UsedWeights, () =>
        {
            UnregisteredWeights.RequireNone(run, subject.Module);
            // Weights of a few items, such as those that alone have a modality, may be in none of one batch's rows.
            string[] unused = [.. new GradientCheck(run, subject.Weights, () => Outputs(withEgo: false)).Unused()];
            if (unused.Length > 0)
                unused = [.. unused.Intersect(new GradientCheck(run, subject.Weights, () => Outputs(false, _batch.Whole)).Unused())];
            foreach (string name in unused)
                run.Find($"the weight '{name}'", "a gradient from the rows of a batch or a term", "none");
        });
    }

    private List<(string Name, Tensor Value)> Outputs(bool withEgo, BatchRows? batch = null)
    {
        batch ??= _batch.Compact;
        EncoderOutput output = subject.Encode(_graph, batch.Rows, batch);
        List<(string, Tensor)> outputs = [("the rows", cat([output.Embeddings.Users.flatten(), output.Embeddings.Items.flatten()]))];
        outputs.AddRange(output.Terms.Select(t => ($"the term '{t.Name}'", t.Value)));
        if (withEgo && output.Ego is { } ego)
            outputs.Add(("Ego", cat([ego.Users.flatten(), ego.Items.flatten()])));
        if (withEgo && output.Modal is { } modal)
            outputs.Add(("Modal", cat([modal.Users.flatten(), modal.Items.flatten()])));
        return outputs;
    }

    private void BatchRows()
    {
        RowSet own = _batch.Compact.Rows;
        RequireSelected(Encoded(RowSet.All, null, training: false), Encoded(own, null, training: false), own,
            "Encode with the rows of a batch at inference");
        ContractRows step = Encoded(_batch.Whole.Rows, _batch.Whole, training: true).Rows with { Terms = [] };
        ContractRows.Of(ContractRun.Seeded(() => subject.Call(_graph, _batch))).RequireSame(run, step,
            subject is HostSubject ? "Encode with a batch, which are those of call(graph),"
                : "Encode with a batch, which are those of call(graph.Without(batch)),", ContractRun.Rounding);

        // What draws in training draws other numbers for a batch's rows than for all, so it is looked at as it is at inference.
        bool training = !Draws();
        foreach (TrainingBatch batch in new[] { _batch, _shared })
        {
            RequireSelected(Encoded(RowSet.All, batch.Whole, training), Encoded(batch.Compact.Rows, batch.Compact, training),
                batch.Compact.Rows, "Encode with the rows of a batch");
            float[][] expected = GradientsOf(batch, batch.Whole, training), actual = GradientsOf(batch, batch.Compact, training);
            foreach (var (weight, e, a) in subject.Weights.Zip(expected, actual))
                run.RequireSame($"the gradient for '{weight.Name}' from the rows of a batch", e, a, 1, 10 * ContractRun.Rounding);
        }
    }

    private void RequireSelected((ContractRows Rows, ContractRows? Modal) whole, (ContractRows Rows, ContractRows? Modal) own, RowSet rows,
        string where)
    {
        int[] users = rows.Users.ToArray(), items = rows.Items.ToArray();
        whole.Rows.Reordered(users, items).RequireSame(run, own.Rows, where, ContractRun.Rounding);
        if (whole.Modal is { } modal && own.Modal is { } selected)
            modal.Reordered(users, items).RequireSame(run, selected, $"Modal of {where}", ContractRun.Rounding);
    }

    /// <summary>Whether training draws from libtorch's generator: then whole tables and a batch's draw other numbers.</summary>
    private bool Draws()
    {
        using DisposeScope scope = NewDisposeScope();
        subject.Module.train();
        (ContractRows Rows, ContractRows? Modal) One(long seed)
        {
            EncoderOutput output = ContractRun.Seeded(() => subject.Encode(_graph, RowSet.All, _batch.Whole), seed);
            return (ContractRows.Of(output.Embeddings, output.Terms), output.Modal is { } modal ? ContractRows.Of(modal) : null);
        }

        var (one, other) = (One(1), One(2));
        return !one.Rows.IsSame(other.Rows) || (one.Modal is { } rows && other.Modal is { } others && !rows.IsSame(others));
    }

    private float[][] GradientsOf(TrainingBatch batch, BatchRows rows, bool training)
    {
        using DisposeScope scope = NewDisposeScope();
        subject.Module.train(training);
        EncoderOutput output = ContractRun.Seeded(() => subject.Encode(_graph, rows.Rows, rows));
        Tensor Squares(UserItemEmbeddings table)
        {
            UserItemEmbeddings own = rows.Rows.IsAll ? batch.Compact.Rows.Select(table) : table;
            return own.Users.Squared().sum().Plus(own.Items.Squared().sum());
        }

        Tensor loss = output.Terms.Aggregate(Squares(output.Embeddings), (sum, t) => sum.Plus(t.Value));
        if (output.Modal is { } modal)
            loss = loss.Plus(Squares(modal));
        foreach (var (_, weight) in subject.Weights)
            weight.grad = null;
        if (loss.requires_grad)
            Backpropagation.Run(loss);
        float[][] gradients =
        [
            .. subject.Weights.Select(w => w.Tensor.grad is { } g ? UserItemEmbeddings.Values(g.to_dense()) : new float[w.Tensor.numel()]),
        ];
        foreach (var (_, weight) in subject.Weights)
            weight.grad = null;
        return gradients;
    }

    private ContractRows Inference(InteractionGraph graph, long seed = ContractRun.Seed)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        subject.Module.eval();
        return ContractRows.Of(ContractRun.Seeded(() => subject.Call(graph), seed));
    }

    private (ContractRows Rows, ContractRows? Modal) Encoded(RowSet rows, BatchRows? batch, bool training)
    {
        using IDisposable? noGradient = training ? null : no_grad();
        using DisposeScope scope = NewDisposeScope();
        subject.Module.train(training);
        EncoderOutput output = ContractRun.Seeded(() => subject.Encode(_graph, rows, batch));
        ContractRows own = ContractRows.Of(output.Embeddings, batch is null ? null : output.Terms);
        return (own, output.Modal is { } modal ? ContractRows.Of(modal) : null);
    }

    private float[][] FeatureValues() => subject.Features is { } features ? [.. features.Values.Select(UserItemEmbeddings.Values)] : [];
}
