using System.Diagnostics;

namespace DRepMRec.Collectives;

/// <summary>The messages under way between the members of an <see cref="InProcessCollective"/>.</summary>
/// <param name="size">The number of members.</param>
/// <param name="timeout">How long a member waits for the messages of an exchange together.</param>
/// <param name="faults">What goes wrong on the way, if anything.</param>
internal sealed class Mailboxes(int size, TimeSpan timeout, SimulatedFaults? faults)
{
    // A member's messages by sender and exchange: they are taken by their numbers, so the order in which they arrive doesn't matter.
    private readonly Dictionary<(int From, long Exchange), Message>[] _boxes =
        [.. Enumerable.Range(0, size).Select(_ => new Dictionary<(int From, long Exchange), Message>())];

    private readonly bool[] _hasLeft = new bool[size];

    public int Size => size;

    public TimeSpan Timeout => timeout;

    public SimulatedFaults? Faults => faults;

    public void Send(int from, int to, long exchange, string operation, byte[] data)
    {
        long arrival = Stopwatch.GetTimestamp() + (faults?.Delay(from, to, exchange) ?? 0);
        lock (_boxes[to])
        {
            _boxes[to][(from, exchange)] = new Message(operation, data, arrival);
            Monitor.PulseAll(_boxes[to]);
        }
    }

    /// <summary>Waits for a message. The time for all messages of an exchange began when it did, by the stopwatch.</summary>
    /// <exception cref="CollectiveException">Nothing came in time, or something else; or the sender has left.</exception>
    public void Receive(int from, int to, long exchange, string operation, long began, Span<byte> target)
    {
        string where = $"Process {to} of {size} in exchange {exchange} ({operation})";
        lock (_boxes[to])
        {
            while (true)
            {
                TimeSpan wait = timeout - Stopwatch.GetElapsedTime(began);
                bool isSent = _boxes[to].TryGetValue((from, exchange), out Message message);
                TimeSpan way = isSent ? Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), message.Arrival) : wait;
                if (isSent && way <= TimeSpan.Zero)
                {
                    _boxes[to].Remove((from, exchange));
                    if (message.Operation != operation || message.Data.Length != target.Length)
                    {
                        throw new CollectiveException(
                            CollectiveFailure.Mismatch,
                            $"{where}: expected {target.Length} bytes of process {from}, got {message.Data.Length} of its "
                            + $"{message.Operation}: the processes don't do the same.");
                    }

                    message.Data.CopyTo(target);
                    return;
                }

                if (!isSent && _hasLeft[from])
                    throw new CollectiveException(CollectiveFailure.PeerLost, $"{where}: process {from} has left.");
                if (wait <= TimeSpan.Zero)
                {
                    throw new CollectiveException(
                        CollectiveFailure.TimedOut,
                        $"{where}: nothing came of process {from} within {timeout.TotalSeconds:0.###} s: it is lost or stuck.");
                }

                Monitor.Wait(_boxes[to], wait < way ? wait : way + TimeSpan.FromMilliseconds(1));
            }
        }
    }

    public void Leave(int rank)
    {
        Volatile.Write(ref _hasLeft[rank], true);
        foreach (object box in _boxes)
        {
            lock (box)
                Monitor.PulseAll(box);
        }
    }

    private readonly record struct Message(string Operation, byte[] Data, long Arrival);
}
