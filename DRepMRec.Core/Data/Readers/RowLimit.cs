namespace DRepMRec.Data;

/// <summary>How many rows a table may have.</summary>
/// <param name="max">The most; <see langword="null"/> for any number.</param>
/// <param name="options">The type of the options that say so.</param>
internal sealed class RowLimit(long? max, string options)
{
    /// <summary>What is wrong with a number of rows; <see langword="null"/> if nothing is.</summary>
    /// <param name="rows">How many rows there are, at least.</param>
    public string? WhatIsWrong(long rows)
        => rows <= (max ?? long.MaxValue) ? null : FormattableString.Invariant($"expected at most {max:N0} rows, found more (option ")
            + $"{options}.{nameof(DatasetOptions.MaxRows)}).";

    /// <summary>Refuses a table that says it has more, before it's read.</summary>
    public void ThrowIfPromisesMore(ITextRows rows)
    {
        if (rows.RowCount is { } count && WhatIsWrong(count) is { } wrong)
            throw rows.Error(wrong);
    }
}
