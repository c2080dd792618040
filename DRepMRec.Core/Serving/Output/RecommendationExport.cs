using System.Data.Common;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>
/// Writes lists of recommendations to files and databases as they come, in bounded memory: a row per recommended item, <c>user_id</c>,
/// <c>rank</c> (1 for the best), <c>item_id</c>, <c>score</c>, and <c>source</c> (<see cref="RecommendationSource"/> by name).
/// </summary>
/// <remarks>The methods read the lists once, and are safe for use by many threads with lists and targets of their own.</remarks>
/// <example>
/// <code>
/// await recommender.RecommendAllAsync().WriteParquetAsync("top20.parquet");
/// </code>
/// </example>
public static class RecommendationExport
{
    /// <summary>Writes a CSV file: UTF-8, a header, commas, quotes by RFC 4180 where they're needed, lines that end with LF.</summary>
    /// <param name="lists">The lists, such as those of <see cref="Recommender.RecommendAllAsync"/>.</param>
    /// <param name="path">The file, in an existing folder: whole, or as it was. A symbolic link stays, its target is written.</param>
    /// <param name="cancellationToken">Stops between users; the file is as it was then.</param>
    /// <exception cref="IOException">The folder doesn't exist, or the file can't be written.</exception>
    public static async Task<ExportSummary> WriteCsvAsync(
        this IAsyncEnumerable<UserRecommendations> lists, string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lists);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var summary = default(ExportSummary);
        await AtomicFiles.WriteAsync(path, async stream =>
            summary = await RecommendationCsv.WriteAsync(stream, lists, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        return summary;
    }

    /// <summary>Writes a Parquet file, Snappy-compressed, in row groups of a quarter of a million rows.</summary>
    /// <param name="lists">The lists, such as those of <see cref="Recommender.RecommendAllAsync"/>.</param>
    /// <param name="path">The file, in an existing folder: whole, or as it was. A symbolic link stays, its target is written.</param>
    /// <param name="cancellationToken">Stops between users; the file is as it was then.</param>
    /// <exception cref="IOException">The folder doesn't exist, or the file can't be written.</exception>
    public static async Task<ExportSummary> WriteParquetAsync(
        this IAsyncEnumerable<UserRecommendations> lists, string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lists);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var summary = default(ExportSummary);
        await AtomicFiles.WriteAsync(path, async stream =>
            summary = await RecommendationParquet.WriteAsync(stream, lists, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        return summary;
    }

    /// <summary>Inserts the rows into a table of any ADO.NET database, all in one transaction: all are there, or none.</summary>
    /// <param name="lists">The lists, such as those of <see cref="Recommender.RecommendAllAsync"/>.</param>
    /// <param name="connection">The connection, not in a transaction; opened for the time of the call if it's closed.</param>
    /// <param name="options">The table and its SQL; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Stops between users and inserts; the transaction is rolled back then.</param>
    /// <exception cref="DbException">The database refuses something: what it says stands in the message.</exception>
    /// <exception cref="NotSupportedException">
    /// None of the usual markers of parameters works: <see cref="DatabaseExportOptions.ParameterMarker"/> names another.
    /// </exception>
    public static Task<ExportSummary> WriteDatabaseAsync(
        this IAsyncEnumerable<UserRecommendations> lists, DbConnection connection, DatabaseExportOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lists);
        ArgumentNullException.ThrowIfNull(connection);
        return RecommendationTable.WriteAsync(connection, options ?? new DatabaseExportOptions(), lists, cancellationToken);
    }
}
