using System.Diagnostics.CodeAnalysis;
using DRepMRec.Data;
using DRepMRec.Fusions;
using DRepMRec.Graphs;
using DRepMRec.Internals;
using DRepMRec.Kernels;
using DRepMRec.Losses;
using DRepMRec.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Contracts;

/// <summary>The checks of an alignment, on two lines of random rows.</summary>
[RequiresUnreferencedCode(Untrimmed.Message)]
internal sealed class AlignmentChecks(ContractRun run, int dimension, RecDataset data)
{
    private readonly int _users = data.Users.Count;
    private readonly int _items = data.Items.Count;
    private readonly TrainingBatch _batch = ContractData.Batch(data);
    private readonly TrainingBatch _shared = ContractData.SharedBatch(data);

    public static nn.Module AsModule(IAlignmentModule alignment) => alignment as nn.Module
        ?? throw new ArgumentException($"Expected a TorchSharp module (nn.Module), got {alignment.GetType()}.", nameof(alignment));

    public void Run(IAlignmentModule alignment)
    {
        nn.Module module = AsModule(alignment);
        Processor.ThrowIfElsewhere(module);
        using var modes = new ModuleModes(module);
        using var before = new BestWeights(module);
        before.Take();
        try
        {
            module.train();
            if (!run.CheckShapes(() => Shapes(alignment)))
                return;
            run.Check(ContractCheck.FiniteRows, () => FiniteRows(alignment));
            run.Check(ContractCheck.Ownership, () => Ownership(alignment));
            run.Check(ContractCheck.Determinism, () => Determinism(alignment));
            CheckGradients(alignment, module);
            run.Check(ContractCheck.UserOrder,
                () => WithoutDraws(alignment, () => Order(alignment, ContractData.Order(_users), ContractData.Same(_items))));
            run.Check(ContractCheck.ItemOrder,
                () => WithoutDraws(alignment, () => Order(alignment, ContractData.Same(_users), ContractData.Order(_items))));
            if (alignment.FusesByRow)
                run.Check(ContractCheck.BatchRows, () => WithoutDraws(alignment, () => BatchRows(alignment)));
            else
                run.Skip([ContractCheck.BatchRows], $"its rows depend on each other ({nameof(IAlignmentModule.FusesByRow)}).");
            run.Check(ContractCheck.WeightZero, ()
                => TermCheck.RequireWeights(run, "a step", alignment.call(Line(1), Line(2), _batch.Whole).Terms));
            module.eval();
            run.Check(ContractCheck.Export, () => Export(alignment));
        }
        finally
        {
            before.Restore();
        }
    }

    public void RunInstances(Func<IAlignmentModule> create)
    {
        run.Check(ContractCheck.SavedWeights, () => SavedWeights(create));
        run.Check(ContractCheck.Disposal, () => Disposal(create));
    }

    private void Shapes(IAlignmentModule alignment)
    {
        foreach (BatchRows? batch in new[] { null, _batch.Whole, _shared.Whole })
        {
            string where = batch is null ? "a call without a batch"
                : batch.Batch.SharedNegatives ? "a call with a batch of shared negatives" : "a call with a batch";
            if (alignment.call(Line(1), Line(2), batch) is not { } result)
            {
                run.Find(where, "a result", "nothing");
                continue;
            }

            ContractRows.RequireShape(run, where, result.Fused, _users, _items, alignment.EmbeddingDim);
            TermCheck.Run(run, where, result.Terms);
        }
    }

    private void FiniteRows(IAlignmentModule alignment)
    {
        // The last ones have no behaviour, the ones before these no content, and the first have neither.
        UserItemEmbeddings behavior = Line(1, -1, 0), modal = Line(2, -2, 0);
        ContractRows rows = Compute(alignment, behavior, modal, _batch.Whole);
        foreach (var (name, values) in new[] { ("user", rows.Users), ("item", rows.Items) })
        {
            int at = Array.FindIndex(values, x => !float.IsFinite(x));
            run.Require(at < 0, $"{name} {at / rows.Width}, where rows are zeros because nothing is known", "finite numbers",
                at < 0 ? "" : ContractRun.Shown(values[at]));
        }

        foreach (var (name, value) in rows.Terms)
            run.Require(float.IsFinite(value), $"the term '{name}', with rows of zeros", "a finite value", ContractRun.Shown(value));
        foreach (var (name, gradient) in AlignmentGradients.Of(alignment, Trainable(behavior), Trainable(modal), _batch.Whole))
        {
            int at = Array.FindIndex(gradient, x => !float.IsFinite(x));
            run.Require(at < 0, $"the gradient for {name}, where rows are zeros because nothing is known", "finite numbers",
                at < 0 ? "" : ContractRun.Shown(gradient[at]));
        }
    }

    private void Ownership(IAlignmentModule alignment)
    {
        UserItemEmbeddings behavior = Line(1), modal = Line(2);
        UserItemEmbeddings fused = alignment.call(behavior, modal, null).Fused;
        Tensor[] inputs = [behavior.Users, behavior.Items, modal.Users, modal.Items];
        run.Require(!inputs.Any(t => ReferenceEquals(t, fused.Users) || ReferenceEquals(t, fused.Items)), "the fused rows",
            "tensors of the caller's, such as alias() of an input", "an input itself");
        Remains.RequireNoneLeft(run, "a step", () =>
        {
            using DisposeScope scope = NewDisposeScope();
            AlignmentResult result = alignment.call(Trainable(1), Trainable(2), _batch.Whole);
            Tensor loss = result.Fused.Users.sum().Plus(result.Loss);
            if (loss.requires_grad)
                Backpropagation.Run(loss);
            foreach (var parameter in AsModule(alignment).parameters())
                parameter.grad = null;
        });
    }

    private void Determinism(IAlignmentModule alignment)
    {
        UserItemEmbeddings behavior = Line(1), modal = Line(2);
        ContractRows before = ContractRows.Of(behavior), content = ContractRows.Of(modal);
        ContractRows first = Compute(alignment, behavior, modal, _batch.Whole);
        first.RequireSame(run, Compute(alignment, behavior, modal, _batch.Whole), "the same step again");
        WithoutDraws(alignment, () => (Compute(alignment, behavior, modal, _batch.Whole) with { Terms = [] })
            .RequireSame(run, Compute(alignment, behavior, modal, null), "the same rows without a batch"));
        AtInference(alignment, () => Compute(alignment, behavior, modal, null).RequireSame(run,
            Compute(alignment, behavior, modal, null, ContractRun.Seed + 1), "the same rows after other draws of libtorch's generator"));
        before.RequireSame(run, ContractRows.Of(behavior), "the behaviour line, an input,");
        content.RequireSame(run, ContractRows.Of(modal), "the modal line, an input,");
    }

    private void CheckGradients(IAlignmentModule alignment, nn.Module module)
    {
        using DisposeScope scope = NewDisposeScope();
        UserItemEmbeddings behavior = Trainable(1), modal = Trainable(2);
        IReadOnlyList<(string Name, Tensor Tensor)> weights = AlignmentGradients.Weights(module);
        GradientCheck check = new(run, [.. AlignmentGradients.Inputs(behavior, modal), .. weights], () =>
        {
            AlignmentResult result = alignment.call(behavior, modal, _batch.Whole);
            return
            [
                ("the fused rows", cat([result.Fused.Users.flatten(), result.Fused.Items.flatten()])),
                .. result.Terms.Select(t => ($"the term '{t.Name}'", t.Value)),
            ];
        });
        run.Check(ContractCheck.Gradients, check.Run);
        run.Check(ContractCheck.UsedWeights, () =>
        {
            UnregisteredWeights.RequireNone(run, module);
            foreach (string name in check.Unused().Intersect(weights.Select(w => w.Name)))
                run.Find($"the weight '{name}'", "a gradient from the fused rows or a term", "none");
        });
    }

    /// <summary>
    /// Runs a check of other rows than those of a step: where training draws from libtorch's generator, such as for a dropout, they get
    /// other numbers, and the check is of inference.
    /// </summary>
    private void WithoutDraws(IAlignmentModule alignment, Action check)
    {
        if (Draws(alignment))
            AtInference(alignment, check);
        else
            check();
    }

    private static void AtInference(IAlignmentModule alignment, Action check)
    {
        nn.Module module = AsModule(alignment);
        module.eval();
        try
        {
            check();
        }
        finally
        {
            module.train();
        }
    }

    private bool Draws(IAlignmentModule alignment)
    {
        ContractRows Of(long seed) => Compute(alignment, Line(1), Line(2), _batch.Whole, seed);
        return !Of(1).IsSame(Of(2));
    }

    private void Order(IAlignmentModule alignment, int[] users, int[] items)
    {
        UserItemEmbeddings Moved(UserItemEmbeddings line)
            => new(line.Users.index_select(0, tensor(users, device: CPU)), line.Items.index_select(0, tensor(items, device: CPU)));
        UserItemEmbeddings behavior = Line(1), modal = Line(2);
        Compute(alignment, behavior, modal, _batch.Whole).Reordered(users, items).RequireSame(run,
            Compute(alignment, Moved(behavior), Moved(modal), ContractData.Renamed(_batch, users, items).Whole),
            "another order", ContractRun.Rounding);
    }

    private void BatchRows(IAlignmentModule alignment)
    {
        UserItemEmbeddings behavior = Trainable(1), modal = Trainable(2);
        foreach (TrainingBatch batch in new[] { _batch, _shared })
        {
            RowSet own = batch.Compact.Rows;
            Compute(alignment, behavior, modal, batch.Whole).Reordered(own.Users.ToArray(), own.Items.ToArray()).RequireSame(run,
                Compute(alignment, own.Select(behavior), own.Select(modal), batch.Compact),
                "the rows of a batch alone, as FusesByRow promises,", ContractRun.Rounding);
            foreach (var (expected, actual) in AlignmentGradients.OfBatch(alignment, behavior, modal, batch, alone: false)
                .Zip(AlignmentGradients.OfBatch(alignment, behavior, modal, batch, alone: true)))
            {
                run.RequireSame($"the gradient for {expected.Name} from the rows of a batch alone", expected.Gradient, actual.Gradient, 1,
                    10 * ContractRun.Rounding);
            }
        }
    }

    private void Export(IAlignmentModule alignment)
    {
        UserItemEmbeddings behavior = Line(1, -1), modal = Line(2);
        if (alignment.Export(behavior) is not { } form)
            return;
        ContractRows rows = Compute(alignment, behavior, modal, null);
        float[] Fused(Tensor one, Tensor two, bool isUser)
        {
            float[] b = UserItemEmbeddings.Values(one), m = UserItemEmbeddings.Values(two);
            return [.. Enumerable.Range(0, b.Length / dimension).SelectMany(row =>
            {
                float[][] parts = form.Parts(
                    b.AsSpan(row * dimension, dimension), [m.AsSpan(row * dimension, dimension).ToArray()], isUser);
                return parts[0].Zip(parts[1], (x, y) => x + y);
            })];
        }

        rows.RequireSame(run,
            rows with
            {
                Users = Fused(behavior.Users, modal.Users, isUser: true),
                Items = Fused(behavior.Items, modal.Items, isUser: false),
            },
            $"the exported {nameof(FusionForm)}", ContractRun.Rounding);
    }

    private void SavedWeights(Func<IAlignmentModule> create)
    {
        IAlignmentModule one = create(), other = create();
        using nn.Module first = AsModule(one), second = AsModule(other);
        UserItemEmbeddings behavior = Trainable(1), modal = Trainable(2);
        Compute(one, behavior, modal, _batch.Whole)
            .RequireSame(run, Compute(other, behavior, modal, _batch.Whole), "another instance of the same options");
        CopiedWeights.Train(first, second, () =>
        {
            AlignmentResult result = one.call(behavior, modal, _batch.Whole);
            return result.Fused.Users.Squared().sum().Plus(result.Fused.Items.Squared().sum()).Plus(result.Loss);
        });
        Compute(one, behavior, modal, _batch.Whole).RequireSame(
            run, Compute(other, behavior, modal, _batch.Whole), CopiedWeights.Where);
    }

    private void Disposal(Func<IAlignmentModule> create) => Remains.RequireDisposal(run, "a call", () =>
    {
        IAlignmentModule alignment = create();
        nn.Module module = AsModule(alignment);
        return new(module, () => Compute(alignment, Line(1), Line(2), _batch.Whole)) { MustRefuse = module.parameters().Any() };
    });

    private static ContractRows Compute(IAlignmentModule alignment, UserItemEmbeddings behavior, UserItemEmbeddings modal, BatchRows? batch,
        long seed = ContractRun.Seed)
    {
        using DisposeScope scope = NewDisposeScope();
        AlignmentResult result = ContractRun.Seeded(() => alignment.call(behavior, modal, batch), seed);
        return ContractRows.Of(result.Fused, result.Terms);
    }

    /// <summary>Random rows, some of them zeros; places count from the end where they are negative.</summary>
    private UserItemEmbeddings Line(ulong seed, params int[] zeros)
    {
        Tensor Table(int rows, ulong purpose)
        {
            var random = new SeededRandom(seed, purpose);
            float[] values = [.. Enumerable.Range(0, rows * dimension).Select(_ => (float)random.NextGaussian())];
            foreach (int row in zeros.Select(row => row < 0 ? rows + row : row).Where(row => row >= 0))
                values.AsSpan(row * dimension, dimension).Clear();
            return tensor(values, [rows, dimension], device: CPU);
        }

        return new UserItemEmbeddings(Table(_users, 1), Table(_items, 2));
    }

    private UserItemEmbeddings Trainable(ulong seed) => Trainable(Line(seed));

    private static UserItemEmbeddings Trainable(UserItemEmbeddings line)
        => new(line.Users.detach().clone().requires_grad_(), line.Items.detach().clone().requires_grad_());
}
