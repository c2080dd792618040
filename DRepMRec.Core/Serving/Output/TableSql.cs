using System.Data.Common;
using System.Globalization;

namespace DRepMRec.Serving;

/// <summary>The statements for a table of recommendations.</summary>
internal sealed class TableSql(DatabaseExportOptions options)
{
    public const int Columns = 5;
    private const string ByPlace = "?";
    private static readonly string[] Markers = ["@", "$", ":", ByPlace];

    private string Table => (options.Schema is null ? "" : Quoted(options.Schema) + ".") + Quoted(options.Table);

    public string Create => string.Create(CultureInfo.InvariantCulture,
        $"CREATE TABLE IF NOT EXISTS {Table} ({Quoted("user_id")} {options.IdType} NOT NULL, {Quoted("rank")} INTEGER NOT NULL, "
        + $"{Quoted("item_id")} {options.IdType} NOT NULL, {Quoted("score")} REAL NOT NULL, {Quoted("source")} VARCHAR(16) NOT NULL, "
        + $"PRIMARY KEY ({Quoted("user_id")}, {Quoted("rank")}))");

    public string Delete => $"DELETE FROM {Table}";

    /// <summary>An insert of some rows, whose parameters are p0, p1 … in the order of the columns.</summary>
    public string Insert(int rows, string marker)
    {
        string names = string.Join(", ", new[] { "user_id", "rank", "item_id", "score", "source" }.Select(Quoted));
        var values = Enumerable.Range(0, rows)
            .Select(row => "(" + string.Join(", ", Enumerable.Range(row * Columns, Columns).Select(n => Parameter(marker, n))) + ")");
        return $"INSERT INTO {Table} ({names}) VALUES {string.Join(", ", values)}";
    }

    /// <summary>The marker of parameters: that of the options, or the first that the database understands. Not in a transaction.</summary>
    public async Task<string> MarkerAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        if (options.ParameterMarker is not null)
            return options.ParameterMarker;
        DbException? last = null;
        foreach (string marker in Markers)
        {
            try
            {
                if (await UnderstandsAsync(connection, marker, cancellationToken).ConfigureAwait(false))
                    return marker;
            }
            catch (Exception exception) when (exception is DbException or InvalidOperationException or InvalidCastException
                or FormatException or OverflowException)
            {
                last = exception as DbException ?? last;
            }
        }

        throw new NotSupportedException(
            $"None of the markers {string.Join(' ', Markers)} stands for a parameter in 'SELECT @p0' of {connection.GetType().Name}; "
            + $"{nameof(DatabaseExportOptions)}.{nameof(DatabaseExportOptions.ParameterMarker)} names another way.", last);
    }

    private static async Task<bool> UnderstandsAsync(DbConnection connection, string marker, CancellationToken cancellationToken)
    {
        const int Sent = 20_404;
        DbCommand command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = "SELECT " + Parameter(marker, 0);
            AddParameter(command, marker, 0).Value = Sent;
            object? answer = await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
            return answer is IConvertible && Convert.ToInt64(answer, CultureInfo.InvariantCulture) == Sent;
        }
    }

    /// <summary>Adds a parameter; one that goes by its place has no name.</summary>
    public static DbParameter AddParameter(DbCommand command, string marker, int number)
    {
        DbParameter parameter = command.CreateParameter();
        if (marker != ByPlace)
            parameter.ParameterName = string.Create(CultureInfo.InvariantCulture, $"p{number}");
        command.Parameters.Add(parameter);
        return parameter;
    }

    private static string Parameter(string marker, int number)
        => marker == ByPlace ? marker : string.Create(CultureInfo.InvariantCulture, $"{marker}p{number}");

    private string Quoted(string name)
        => options.QuotePrefix + name.Replace(options.QuoteSuffix, options.QuoteSuffix + options.QuoteSuffix, StringComparison.Ordinal)
            + options.QuoteSuffix;
}
