using System.Numerics.Tensors;

namespace DRepMRec.Serving;

/// <summary>The rows of users, each made from the items of the user when it's asked for.</summary>
/// <param name="model">The model without rows of users.</param>
/// <param name="file">The rows of users of whom nothing else is known.</param>
/// <param name="propagated">The propagation; <see langword="null"/> where users with newer histories are folded in.</param>
internal sealed class UserRows(ServingModel model, FileUserRows file, PropagatedRows? propagated)
{
    /// <summary>The rows that are the file's.</summary>
    public FileUserRows File => file;

    /// <summary>A model with these rows.</summary>
    public ServingModel Apply()
    {
        int users = model.UserIds.Count;
        RowPrecision precision = model.Items.Precision;
        var fused = new RowStore(users, model.Items.Width, precision, Fused);
        return model with
        {
            UserRows = this,
            Users = fused,
            UserBehavior = model.Form?.Lines is null ? fused : new RowStore(users, model.ItemBehavior.Width, precision, Behavior),
            UserModal = [.. model.ItemModal.Select((rows, m) => new RowStore(users, rows.Width, precision, user => Modal(user, m)))],
        };
    }

    private float[] Behavior(int user)
    {
        if (propagated is not null)
            return propagated.User(user);
        return model.Histories.IsNewer(user)
            ? FoldInMap.Apply(model, model.Seen(user)) ?? new float[model.ItemBehavior.Width]
            : OfFile(file.Behavior, user);
    }

    private float[] Fused(int user)
    {
        if (model.Form is not { } form)
            return Behavior(user);
        if (propagated is null && !model.Histories.IsNewer(user))
            return OfFile(file.Fused, user);
        return LineFusion.Sum(LineFusion.Parts(
            form, Behavior(user), [.. model.ItemModal.Select((_, m) => Modal(user, m))], isUser: true));
    }

    /// <summary>The mean of the user's items by their weights; the file's row for a user without any.</summary>
    private float[] Modal(int user, int modality)
    {
        ReadOnlySpan<int> items = model.Seen(user);
        if (items.IsEmpty || (propagated is null && !model.Histories.IsNewer(user)))
            return OfFile(file.Modal[modality], user);
        RowStore rows = model.ItemModal[modality];
        ReadOnlySpan<float> weights = model.Histories.WeightsOf(user);
        double sum = items.Length;
        if (!weights.IsEmpty)
        {
            sum = 0;
            foreach (float weight in weights)
                sum += weight;
        }

        var mean = new float[rows.Width];
        for (int n = 0; n < items.Length; n++)
            TensorPrimitives.MultiplyAdd(rows[items[n]], (float)((weights.IsEmpty ? 1 : weights[n]) / sum), mean, mean);
        return mean;
    }

    private static float[] OfFile(RowStore rows, int user) => user < rows.Count ? rows[user].ToArray() : new float[rows.Width];
}
