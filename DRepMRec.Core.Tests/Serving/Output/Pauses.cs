using System.Data;
using System.Data.Common;
using DRepMRec.Serving;
using Microsoft.Data.Sqlite;

namespace DRepMRec.Tests.Serving.Output;

/// <summary>Operations of which one, by its number, isn't done until the caller has got its task.</summary>
internal sealed class Pauses(int at)
{
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _number;

    /// <summary>Whether there were that many operations.</summary>
    public bool HasPaused => _number > at;

    public Task Next() => _number++ == at ? _end.Task : Task.CompletedTask;

    public void End() => _end.SetResult();

    public async IAsyncEnumerable<UserRecommendations> Lists(IEnumerable<UserRecommendations> lists)
    {
        foreach (UserRecommendations list in lists)
        {
            await Next().ConfigureAwait(false);
            yield return list;
        }
    }
}

internal sealed class PausedStream(Pauses pauses) : MemoryStream
{
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await pauses.Next().ConfigureAwait(false);
        Write(buffer.Span);
    }

    public override async Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => await WriteAsync(buffer.AsMemory(offset, count), cancellationToken).ConfigureAwait(false);

    public override Task FlushAsync(CancellationToken cancellationToken) => pauses.Next();
}

internal sealed class PausedConnection(Pauses pauses, string connectionString) : SqliteConnection(connectionString)
{
    /// <summary>The numbers of parameters of the statements so far.</summary>
    public List<int> Statements { get; } = [];

    public override async Task OpenAsync(CancellationToken cancellationToken)
    {
        await pauses.Next().ConfigureAwait(false);
        Open();
    }

    public override async Task CloseAsync()
    {
        await pauses.Next().ConfigureAwait(false);
        Close();
    }

    public override SqliteCommand CreateCommand() => new PausedCommand(pauses, this) { Transaction = Transaction };

    protected override async ValueTask<DbTransaction> BeginDbTransactionAsync(
        IsolationLevel isolationLevel, CancellationToken cancellationToken)
    {
        await pauses.Next().ConfigureAwait(false);
        return BeginDbTransaction(isolationLevel);
    }

    private sealed class PausedCommand(Pauses pauses, PausedConnection connection) : SqliteCommand("", connection)
    {
        public override async Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken)
        {
            await pauses.Next().ConfigureAwait(false);
            connection.Statements.Add(Parameters.Count);
            return ExecuteNonQuery();
        }

        public override async Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken)
        {
            await pauses.Next().ConfigureAwait(false);
            return ExecuteScalar();
        }

        public override async ValueTask DisposeAsync()
        {
            await pauses.Next().ConfigureAwait(false);
            Dispose();
        }
    }
}
