using System.Numerics.Tensors;
using DRepMRec.Data;
using DRepMRec.Internals;
using DRepMRec.Kernels;

namespace DRepMRec.Serving;

/// <summary>Checks all that loading takes on trust: offsets, ids, histories, that numbers are finite, and the checksum.</summary>
internal static class ModelVerification
{
    private const int Slice = 1 << 20;

    /// <summary>Checks the checksum first: it takes no longer than reading the file, and finds whatever an accident did.</summary>
    /// <param name="model">The model.</param>
    /// <param name="arrays">The arrays that it was made of.</param>
    public static void Verify(ServingModel model, ModelArrays arrays)
    {
        if (model.Manifest.DataChecksum.Length > 0)
        {
            string checksum = arrays.Checksum();
            if (checksum != model.Manifest.DataChecksum)
                throw new FormatException($"the arrays have the checksum {checksum}, the manifest says "
                    + $"{Shown.Text(model.Manifest.DataChecksum)}: the file is damaged");
        }

        Verify(model);
    }

    /// <exception cref="FormatException">Something doesn't hold.</exception>
    public static void Verify(ServingModel model)
    {
        ThrowIfNotRising(model.UserIds.Offsets, "id");
        ThrowIfNotRising(model.ItemIds.Offsets, "id");
        ThrowIfNotRising(model.SeenOffsets, "seen item");
        model.UserIds.Verify("user");
        model.ItemIds.Verify("item");
        ThrowIfSeenInvalid(model);
        ThrowIfNotFinite(model.Users, "representation of the user");
        ThrowIfNotFinite(model.Items, "representation of the item");
        foreach (RowStore rows in model.UserModal.Append(model.UserBehavior))
            ThrowIfNotFinite(rows, "line of the user");
        foreach (RowStore rows in model.ItemModal.Append(model.ItemBehavior))
            ThrowIfNotFinite(rows, "line of the item");
        model.Metadata?.Verify(model);
        model.Encoders?.Verify();
        if (model.FoldInMap is { } map)
            ThrowIfNotFinite(map, 0, map.Length, "fold-in map");
        if (model.FirstLayer is { } first)
        {
            ThrowIfNotFinite(first.Users, "first row of the user");
            ThrowIfNotFinite(first.Items, "first row of the item");
            if (first.ItemOffset is { } offset)
                ThrowIfNotFinite(offset, "offset of the item");
        }

        foreach (float weight in model.SeenWeights is { } weights ? weights.Slice(0, weights.Length) : [])
        {
            if (!EventWeights.IsWeight(weight))
            {
                throw new FormatException(FormattableString.Invariant(
                    $"expected weights from {EventWeights.Min} to {EventWeights.Max}, an interaction has {weight}"));
            }
        }

        if (model.ItemToItem is { } part)
            ThrowIfItemToItemInvalid(part, model.ItemIds.Count);
        foreach (ContentEncoder content in model.Content)
        {
            Block<float>?[] blocks = [content.Mean, content.Deviation, content.Projection, content.ProjectionBias, content.Gate,
                content.GateBias];
            string form = $"content form of '{content.Form.Name}'";
            foreach (Block<float>? block in blocks.Append(content.Features?.Rows.Numbers).Append(content.NeighborValues?.Rows.Numbers))
                ThrowIfNotFinite(block ?? Block<float>.Empty, 0, block?.Length ?? 0, form);
            ThrowIfNotScales(content.Features?.Rows, form);
            ThrowIfNotScales(content.NeighborValues?.Rows, form);
        }
    }

    private static void ThrowIfSeenInvalid(ServingModel model)
    {
        var degrees = new int[model.ItemIds.Count];
        int trained = model.TrainedItems;
        for (int user = 0; user < model.UserIds.Count; user++)
        {
            int previous = -1;
            foreach (int item in model.Seen(user))
            {
                if (item <= previous || item >= trained)
                    throw new FormatException($"the items of the user with index {user} must ascend from 0 to {trained - 1}; {item} comes "
                        + $"after {previous}");
                degrees[item]++;
                previous = item;
            }
        }

        if (!model.ItemDegrees.Slice(0, model.ItemDegrees.Length).SequenceEqual(degrees))
            throw new FormatException("the numbers of users per item don't match the items of the users");
    }

    private static void ThrowIfItemToItemInvalid(ItemToItemRows part, int items)
    {
        ThrowIfNotRising(part.Offsets, "item-to-item weight");
        for (int row = 0; row < items; row++)
        {
            int previous = -1;
            foreach (int item in part.RowOf(row).Items)
            {
                if (item <= previous || item >= items || item == row)
                    throw new FormatException($"the items that the item with index {row} speaks for must ascend from 0 to {items - 1} "
                        + $"without itself; {item} comes after {previous}");
                previous = item;
            }
        }

        ThrowIfNotFinite(part.Values, 0, part.Values.Length, "item-to-item part");
        ThrowIfNotFinite(part.Residuals, 0, part.Residuals.Length, "item-to-item part");
    }

    private static void ThrowIfNotFinite(RowStore rows, string what)
    {
        if (rows.Precision != RowPrecision.Single)
        {
            ThrowIfNotScales(rows.Rows, what);
            return;
        }

        int step = Math.Max(1, Slice / rows.Width);
        for (int row = 0; row < rows.FileCount; row += step)
        {
            long length = Math.Min(step, rows.FileCount - row) * (long)rows.Width;
            ReadOnlySpan<float> values = rows.Rows.Numbers.Slice((long)row * rows.Width, length);
            if (TensorPrimitives.IsFiniteAll(values))
                continue;
            int at = 0;
            while (float.IsFinite(values[at]))
                at++;
            throw new FormatException(FormattableString.Invariant(
                $"expected finite numbers; the {what} with index {row + (at / rows.Width)} has {values[at]}"));
        }
    }

    /// <summary>Of rows of bytes: whatever the bytes are, by these scales they are exact and finite.</summary>
    private static void ThrowIfNotScales(RowBlock? rows, string what)
    {
        for (int row = 0; rows?.Bytes is not null && row < rows.Count; row++)
        {
            if (!ByteRows.IsScale(rows.Numbers[row]))
            {
                throw new FormatException(FormattableString.Invariant(
                    $"expected 0, or {ByteRows.MinScale} to {ByteRows.MaxScale} with 16 significant bits, as scales; ")
                    + FormattableString.Invariant($"the {what} with index {row} has {rows.Numbers[row]}"));
            }
        }
    }

    private static void ThrowIfNotFinite(PagedRows rows, string what)
    {
        for (int row = 0; row < rows.Count; row++)
        {
            if (!TensorPrimitives.IsFiniteAll(rows[row]))
                throw new FormatException($"expected finite numbers; the {what} with index {row} has one that isn't");
        }
    }

    private static void ThrowIfNotFinite(Block<float> block, long from, long to, string what)
    {
        for (; from < to; from += Slice)
        {
            if (!TensorPrimitives.IsFiniteAll(block.Slice(from, Math.Min(Slice, to - from))))
                throw new FormatException($"expected finite numbers; the {what} has one that isn't");
        }
    }

    public static void ThrowIfNotRising(Block<long> offsets, string kind)
    {
        for (long i = 1; i < offsets.Length; i++)
        {
            if (offsets[i] < offsets[i - 1])
                throw new FormatException($"the {kind} offsets must not fall, but number {i} is {offsets[i]} after {offsets[i - 1]}");
        }
    }
}
