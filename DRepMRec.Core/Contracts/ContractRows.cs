using DRepMRec.Losses;
using static TorchSharp.torch;

namespace DRepMRec.Contracts;

/// <summary>The numbers of rows and terms, copied out of their tensors.</summary>
internal sealed record ContractRows(float[] Users, float[] Items, int Width, IReadOnlyList<(string Name, float Value)> Terms)
{
    public static ContractRows Of(UserItemEmbeddings rows, IReadOnlyList<LossTerm>? terms = null)
        => new(UserItemEmbeddings.Values(rows.Users), UserItemEmbeddings.Values(rows.Items), rows.Dimension,
            [.. (terms ?? []).Select(t => (t.Name, UserItemEmbeddings.Values(t.Value)[0]))]);

    /// <summary>The rows in another order: row n is what row order[n] was.</summary>
    public ContractRows Reordered(int[] users, int[] items) => this with
    {
        Users = Pick(Users, users, Width),
        Items = Pick(Items, items, Width),
    };

    public bool IsSame(ContractRows other)
        => Users.AsSpan().SequenceEqual(other.Users) && Items.AsSpan().SequenceEqual(other.Items) && Terms.SequenceEqual(other.Terms);

    /// <summary>Whether rows differ by no more than a share of the largest number.</summary>
    public bool IsNear(ContractRows other, double tolerance)
        => ContractRun.Difference(Users, other.Users, tolerance) < 0 && ContractRun.Difference(Items, other.Items, tolerance) < 0;

    /// <summary>Requires the same rows and terms; the first difference of each is a finding.</summary>
    public void RequireSame(ContractRun run, ContractRows actual, string where, double tolerance = 0)
    {
        run.RequireSame($"users of {where}", Users, actual.Users, Width, tolerance);
        run.RequireSame($"items of {where}", Items, actual.Items, Width, tolerance);
        string[] names = [.. Terms.Select(t => t.Name)], others = [.. actual.Terms.Select(t => t.Name)];
        if (!names.SequenceEqual(others))
        {
            run.Find($"terms of {where}", $"[{string.Join(", ", names)}]", $"[{string.Join(", ", others)}]");
            return;
        }

        foreach (var (expected, came) in Terms.Zip(actual.Terms))
            run.RequireSame($"the term '{expected.Name}' of {where}", [expected.Value], [came.Value], 1, tolerance);
    }

    /// <summary>Requires a row of Float32 for each user and item.</summary>
    public static void RequireShape(ContractRun run, string where, UserItemEmbeddings rows, int users, int items, int width)
    {
        foreach (var (name, tensor, count) in new[] { ("Users", rows.Users, users), ("Items", rows.Items, items) })
        {
            string? misfit = Misfit(tensor, count, width);
            run.Require(misfit is null, $"{name} of {where}", $"Float32 [{count}, {width}]", misfit ?? "");
        }
    }

    public static float[] Pick(float[] table, int[] rows, int width)
        => [.. rows.SelectMany(row => table.AsSpan(row * width, width).ToArray())];

    /// <summary>What a tensor is that isn't Float32 of a shape; <see langword="null"/> of one that is.</summary>
    public static string? Misfit(Tensor? tensor, params long[] shape)
        => tensor is null ? "nothing"
            : tensor.IsInvalid ? "a disposed tensor"
            : tensor.dtype != ScalarType.Float32 || !tensor.shape.SequenceEqual(shape)
                ? $"{tensor.dtype} [{string.Join(", ", tensor.shape)}]"
                : null;
}
