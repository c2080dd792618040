using System.Data;
using System.Data.Common;

namespace DRepMRec.Serving;

/// <summary>Inserts recommendations into a table.</summary>
internal static class RecommendationTable
{
    public static async Task<ExportSummary> WriteAsync(
        DbConnection connection, DatabaseExportOptions options, IAsyncEnumerable<UserRecommendations> lists,
        CancellationToken cancellationToken)
    {
        bool wasClosed = connection.State == ConnectionState.Closed;
        if (wasClosed)
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var sql = new TableSql(options);
            string marker = await sql.MarkerAsync(connection, cancellationToken).ConfigureAwait(false);
            if (options.CreateTable) // Outside of the transaction, which it would end on MySQL.
                await ExecuteAsync(connection, null, sql.Create, cancellationToken).ConfigureAwait(false);
            DbTransaction transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                if (options.ReplaceRows)
                    await ExecuteAsync(connection, transaction, sql.Delete, cancellationToken).ConfigureAwait(false);
                DbCommand Insert(int rows) => Command(transaction, sql.Insert(rows, marker), marker, rows);
                ExportSummary summary = await InsertAsync(Insert, options.RowsPerInsert, lists, cancellationToken).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false); // Whether half a commit holds nobody knows.
                return summary;
            }
        }
        finally
        {
            if (wasClosed)
                await connection.CloseAsync().ConfigureAwait(false);
        }
    }

    private static async Task<ExportSummary> InsertAsync(
        Func<int, DbCommand> insert, int rowsPerInsert, IAsyncEnumerable<UserRecommendations> lists, CancellationToken cancellationToken)
    {
        var summary = default(ExportSummary);
        var rows = new List<(string User, int Rank, Recommendation Item, string Source)>(rowsPerInsert);
        DbCommand full = insert(rowsPerInsert);
        await using (full.ConfigureAwait(false))
        {
            await foreach (var (user, list) in lists.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                summary = summary.Plus(list);
                string source = list.Source.ToString();
                for (int n = 0; n < list.Count; n++)
                {
                    rows.Add((user, n + 1, list[n], source));
                    if (rows.Count == rowsPerInsert)
                        await SendAsync(full).ConfigureAwait(false);
                }
            }
        }

        if (rows.Count > 0)
        {
            DbCommand rest = insert(rows.Count);
            await using (rest.ConfigureAwait(false))
                await SendAsync(rest).ConfigureAwait(false);
        }

        return summary;

        async Task SendAsync(DbCommand command)
        {
            for (int n = 0; n < rows.Count; n++)
            {
                var (user, rank, item, source) = rows[n];
                object[] values = [user, rank, item.Item, item.Score, source];
                for (int column = 0; column < values.Length; column++)
                    command.Parameters[(n * TableSql.Columns) + column].Value = values[column];
            }

            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            rows.Clear();
        }
    }

    private static DbCommand Command(DbTransaction transaction, string sql, string marker, int rows)
    {
        DbCommand command = transaction.Connection!.CreateCommand();
        (command.Transaction, command.CommandText) = (transaction, sql);
        DbType[] types = [DbType.String, DbType.Int32, DbType.String, DbType.Single, DbType.String];
        for (int n = 0; n < rows * types.Length; n++)
            TableSql.AddParameter(command, marker, n).DbType = types[n % types.Length];
        return command;
    }

    private static async Task ExecuteAsync(
        DbConnection connection, DbTransaction? transaction, string sql, CancellationToken cancellationToken)
    {
        DbCommand command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            (command.Transaction, command.CommandText) = (transaction, sql);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
