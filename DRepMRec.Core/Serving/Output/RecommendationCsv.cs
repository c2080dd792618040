using System.Buffers;
using System.Globalization;
using System.Text;

namespace DRepMRec.Serving;

/// <summary>Writes recommendations as CSV.</summary>
internal static class RecommendationCsv
{
    private const string Header = "user_id,rank,item_id,score,source\n";
    private const int FlushLength = 1 << 16;
    private static readonly SearchValues<char> NeedQuotes = SearchValues.Create("\",\r\n");

    public static async Task<ExportSummary> WriteAsync(
        Stream stream, IAsyncEnumerable<UserRecommendations> lists, CancellationToken cancellationToken)
    {
        var summary = default(ExportSummary);
        var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), FlushLength, leaveOpen: true);
        await using (writer.ConfigureAwait(false))
        {
            var text = new StringBuilder(Header);
            await foreach (var (user, list) in lists.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                Append(text, user, list);
                summary = summary.Plus(list);
                if (text.Length < FlushLength)
                    continue;
                await writer.WriteAsync(text, cancellationToken).ConfigureAwait(false);
                text.Clear();
            }

            await writer.WriteAsync(text, cancellationToken).ConfigureAwait(false);
        }

        return summary;
    }

    private static void Append(StringBuilder text, string user, RecommendationList list)
    {
        string first = Quoted(user);
        int rank = 0;
        foreach (var (item, score) in list)
        {
            text.Append(CultureInfo.InvariantCulture, $"{first},{++rank},{Quoted(item)},{score},{list.Source}\n");
        }
    }

    private static string Quoted(string id)
        => id.AsSpan().ContainsAny(NeedQuotes) ? $"\"{id.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : id;
}
