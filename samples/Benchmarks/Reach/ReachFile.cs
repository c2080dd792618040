using System.Buffers.Text;
using DRepMRec.Data;

namespace Benchmarks;

/// <summary>A file of distinct interactions: about fifty a user, and half as many items as users.</summary>
internal static class ReachFile
{
    private const int PerUser = 50;

    public static DelimitedOptions Layout { get; } = new() { User = "user", Item = "item", Quotes = false };

    /// <summary>Writes the file, in the order of users: random gaps make a user's items distinct.</summary>
    /// <returns>The number of bytes.</returns>
    public static long Write(string file, int interactions)
    {
        int users = Math.Max(2, interactions / PerUser), items = Math.Max(4 * PerUser, users / 2);
        var random = new Random(2024);
        using var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        stream.Write("user,item\n"u8);
        Span<byte> line = stackalloc byte[32];
        for (int user = 0, left = interactions; left > 0; user++)
        {
            int mean = left / Math.Max(1, users - user);
            int count = user >= users - 1 ? left : Math.Min(left, Math.Max(1, random.Next(mean / 2, (mean * 3 / 2) + 1)));
            int most = Math.Max(1, Math.Min(items / count, 64));
            for (int n = 0, item = random.Next(items); n < count; n++, item = (item + random.Next(1, most + 1)) % items)
            {
                Utf8Formatter.TryFormat(user, line, out int length);
                line[length++] = (byte)',';
                Utf8Formatter.TryFormat(item, line[length..], out int more);
                line[length + more] = (byte)'\n';
                stream.Write(line[..(length + more + 1)]);
            }

            left -= count;
        }

        return stream.Length;
    }
}
