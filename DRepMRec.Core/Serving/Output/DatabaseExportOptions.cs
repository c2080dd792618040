using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>The table that recommendations are written to, and the SQL of its database.</summary>
/// <remarks>
/// The defaults are those of SQLite, DuckDB and PostgreSQL, against which they are tested. Others differ in details: MySQL and MariaDB
/// quote with <c>`</c> (<see cref="QuotePrefix"/>), SQL Server has no <c>CREATE TABLE IF NOT EXISTS</c> (<see cref="CreateTable"/>), older
/// versions of Oracle insert a row at a time (<see cref="RowsPerInsert"/>).
/// </remarks>
public sealed record DatabaseExportOptions
{
    /// <summary>The names before the table's, such as that of a schema; none by default.</summary>
    public string? Schema { get; init; }

    /// <summary>The table, with the columns <c>user_id</c>, <c>rank</c>, <c>item_id</c>, <c>score</c> and <c>source</c>.</summary>
    /// <value>The default is <c>recommendations</c>.</value>
    public string Table { get; init => field = Guard.NotEmpty(value); } = "recommendations";

    /// <summary>
    /// Whether the table is made if there is none, with the key <c>(user_id, rank)</c>, so that lists for the same users aren't added twice
    /// unawares. It's made before the transaction of the rows, and stays where that is rolled back.
    /// </summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool CreateTable { get; init; } = true;

    /// <summary>Whether the rows that the table has are deleted first, in the same transaction; otherwise rows are added to them.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool ReplaceRows { get; init; }

    /// <summary>The type of the ids' columns in a table that is made.</summary>
    /// <value>The default is <c>VARCHAR(255)</c>.</value>
    public string IdType { get; init => field = Guard.NotEmpty(value); } = "VARCHAR(255)";

    /// <summary>
    /// How many rows one INSERT has, of five parameters each. More save journeys to a server, up to the 2,100 parameters that SQL Server
    /// allows; databases in process look for parameters by name, and are slower then.
    /// </summary>
    /// <value>1 or more. The default is 20.</value>
    public int RowsPerInsert { get; init => field = Guard.Positive(value); } = 20;

    /// <summary>
    /// What stands before a parameter's name in SQL, <c>@</c>, <c>$</c> or <c>:</c>, or <c>?</c> for parameters by place;
    /// <see langword="null"/> to find out, by a query of one constant.
    /// </summary>
    /// <exception cref="ArgumentException">It's none of these.</exception>
    public string? ParameterMarker
    {
        get;
        init => field = value is null or "@" or "$" or ":" or "?" ? value
            : throw new ArgumentException($"Expected @, $, : or ?, got '{value}'.", nameof(value));
    }

    /// <summary>What stands before a quoted name.</summary>
    /// <value>The default is the quotation mark, as standard SQL has it.</value>
    public string QuotePrefix { get; init => field = Guard.NotEmpty(value); } = "\"";

    /// <summary>What stands behind a quoted name; doubled where it stands in one.</summary>
    /// <value>The default is the quotation mark, as standard SQL has it.</value>
    public string QuoteSuffix { get; init => field = Guard.NotEmpty(value); } = "\"";
}
