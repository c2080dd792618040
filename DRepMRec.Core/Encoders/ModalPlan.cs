using DRepMRec.Graphs;

namespace DRepMRec.Encoders;

/// <summary>Which items a step of the modal encoder computes, and the matrices that make rows of them. Holds no tensors.</summary>
internal sealed class ModalPlan
{
    // Beyond this share of the items, computing all of them costs no more than picking.
    private const double MaxPickedShare = 0.6;

    /// <param name="mixing">The constant matrices of the encoder.</param>
    /// <param name="history">[n, I]: the means over the users' items.</param>
    /// <param name="items">The items that are asked for.</param>
    public ModalPlan(ModalMixing mixing, CsrMatrix history, int[] items)
    {
        for (int n = 0; n < history.RowCount; n++)
        {
            if (history.RowOffsets[n] == history.RowOffsets[n + 1])
                (ColdUsers ??= new float[history.RowCount])[n] = 1;
        }

        CsrMatrix rows = history.AppendUnitRows(items);
        if (ColdUsers is not null)
        {
            Rows = rows.AppendRow(mixing.ItemsWithContent, 1f / Math.Max(1, mixing.ItemsWithContent.Length));
            return;
        }

        int[] picked = rows.UsedColumns();
        if (picked.Length > MaxPickedShare * history.ColumnCount)
        {
            Rows = rows;
            return;
        }

        IsPicked = true;
        Rows = rows.SelectColumns(picked);
        Sources = new (CsrMatrix, int[])[mixing.Features.ModalityCount];
        for (int m = 0; m < Sources.Length; m++)
        {
            CsrMatrix own = mixing.Items(m).SelectRows(picked);
            int[] sources = own.UsedColumns();
            Sources[m] = (own.SelectColumns(sources), sources);
        }
    }

    /// <summary>Whether some items are computed, those that the rows are made of, and not all.</summary>
    public bool IsPicked { get; }

    /// <summary>From the computed items to the asked rows: the users, the items, and, where a user has none, the mean over all.</summary>
    public CsrMatrix Rows { get; }

    /// <summary>1 for users without an item, 0 for others; <see langword="null"/> where all have one.</summary>
    public float[]? ColdUsers { get; }

    /// <summary>For each modality the matrix from the gated features of some items to the picked items, and these items.</summary>
    public (CsrMatrix Matrix, int[] Items)[] Sources { get; } = [];

    /// <summary>Makes the matrices of the way back.</summary>
    public void Transpose()
    {
        Rows.Transpose();
        foreach (var (matrix, _) in Sources)
            matrix.Transpose();
    }
}
