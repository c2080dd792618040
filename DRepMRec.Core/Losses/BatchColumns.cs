using DRepMRec.Collectives;

namespace DRepMRec.Losses;

/// <summary>What an encoder gives out of rows of which each process has some columns.</summary>
internal static class BatchColumns
{
    /// <summary>All columns; in a step that exchanges scores, the ones of this process.</summary>
    public static UserItemEmbeddings Gather(this ColumnPartition columns, UserItemEmbeddings own, BatchRows? batch)
        => batch is not null && columns.Exchange == ExchangedValues.Scores ? own : columns.Gather(own);
}
