namespace DRepMRec.Data;

/// <summary>
/// Adds rows to a log while the next ones are parsed: looking up ids in tables that no cache holds takes as long as parsing. The log gets
/// the rows in their order, so that what it says and makes doesn't depend on threads.
/// </summary>
internal sealed class RowQueue(InteractionLog log) : IDisposable
{
    private const int BlockRows = 4096;

    // Whoever has more mistakes than this isn't helped by threads that wait for each other.
    private const int MaxInterruptions = 256;

    private readonly Action<ParsedRows> _add = block => block.AddTo(log);
    private ParsedRows _filling = new();
    private ParsedRows _adding = new();
    private Task _task = Task.CompletedTask;
    private int _interruptions = Parallelism.Threads > 1 ? 0 : MaxInterruptions;

    /// <summary>Adds a row, now or soon.</summary>
    public void Add(ReadOnlySpan<char> user, ReadOnlySpan<char> item, in RowValues values)
    {
        if (_interruptions >= MaxInterruptions)
        {
            log.Add(user, item, values);
            return;
        }

        _filling.Add(user, item, values);
        if (_filling.Count < BlockRows)
            return;
        _task.GetAwaiter().GetResult();
        (_filling, _adding) = (_adding, _filling);
        ParsedRows full = _adding;
        _task = Task.Run(() => _add(full));
    }

    /// <summary>Waits until the log has all rows so far, to go on with what only their reader can say.</summary>
    public InteractionLog Interrupt()
    {
        Flush();
        _interruptions++;
        return log;
    }

    /// <summary>Counts a row whose event has the weight 0; nothing of the other thread's is touched.</summary>
    public void IgnoreEvent() => log.IgnoreEvent();

    /// <summary>Counts a row whose rating is below the minimum, if it is; nothing of the other thread's is touched either.</summary>
    public bool IsBelowMinimum(double rating) => log.IsBelowMinimum(rating);

    /// <summary>Waits until the log has all rows.</summary>
    public void Flush()
    {
        _task.GetAwaiter().GetResult();
        _filling.AddTo(log);
    }

    /// <summary>Waits for the other thread, whatever comes of it.</summary>
    public void Dispose() => ((IAsyncResult)_task).AsyncWaitHandle.WaitOne();

    private sealed class ParsedRows
    {
        // So many rows' look-ups are fetched at once.
        private const int RowsAhead = 32;

        private Row[] _rows = new Row[16];
        private char[] _text = new char[256];
        private int _length;

        public int Count { get; private set; }

        public void Add(ReadOnlySpan<char> user, ReadOnlySpan<char> item, in RowValues values)
        {
            int userEnd = _length + user.Length, itemEnd = userEnd + item.Length;
            if (itemEnd > _text.Length)
                Array.Resize(ref _text, Math.Max(itemEnd, 2 * _text.Length));
            if (Count == _rows.Length)
                Array.Resize(ref _rows, 2 * Count);
            user.CopyTo(_text.AsSpan(_length));
            item.CopyTo(_text.AsSpan(userEnd));
            _length = itemEnd;
            _rows[Count++] = new Row(userEnd, itemEnd, IdCollector.Hash(user), IdCollector.Hash(item), values);
        }

        public void AddTo(InteractionLog log)
        {
            int start = 0;
            for (int begin = 0; begin < Count; begin += RowsAhead)
            {
                Span<Row> rows = _rows.AsSpan(begin, Math.Min(RowsAhead, Count - begin));
                foreach (ref Row row in rows)
                {
                    log.Users.Expect(row.UserHash);
                    log.Items.Expect(row.ItemHash);
                }

                foreach (ref Row row in rows)
                {
                    ReadOnlySpan<char> user = _text.AsSpan(start..row.UserEnd), item = _text.AsSpan(row.UserEnd..row.ItemEnd);
                    log.Add(user, row.UserHash, item, row.ItemHash, row.Values);
                    start = row.ItemEnd;
                }
            }

            (Count, _length) = (0, 0);
        }

        private readonly record struct Row(int UserEnd, int ItemEnd, int UserHash, int ItemHash, RowValues Values);
    }
}
