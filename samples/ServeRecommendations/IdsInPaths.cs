using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace ServeRecommendations;

/// <summary>
/// Brings an id from the path to the query, where it may have any characters: <c>/users/a%2Fb/history</c> is <c>/history?user=a%2Fb</c>.
/// The router would take <c>%2F</c> for three characters and <c>..</c> for the folder above, so the target is read as it came. Whatever
/// isn't percent-encoded UTF-8 is a bad request.
/// </summary>
internal static class IdsInPaths
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly (string Folder, string Parameter, string[] Routes)[] Forms =
    [
        ("users", "user", ["history", "recommendations"]),
        ("items", "item", ["similar", ""]),
    ];

    public static Task Rewrite(HttpContext context, RequestDelegate next)
    {
        string target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        string path = target.Split('?', 2)[0], query = context.Request.QueryString.Value ?? "";
        if (!target.StartsWith('/') || !TryDecode(path, out _) || !TryDecode(query.Replace('+', ' '), out _))
            throw new BadHttpRequestException("Expected a path and a query of percent-encoded UTF-8.");
        string[] parts = path[1..].Split('/');
        foreach (var (folder, parameter, routes) in Forms)
        {
            if (parts.Length is < 2 or > 3 || parts[0] != folder || !routes.Contains(parts.ElementAtOrDefault(2) ?? ""))
                continue;
            TryDecode(parts[1], out string id);
            context.Request.Path = parts is [_, _, { Length: > 0 } route] ? $"/{route}" : $"/{folder}";
            context.Request.QueryString = new QueryString(
                $"?{parameter}={Uri.EscapeDataString(id)}{(query.Length > 1 ? $"&{query[1..]}" : "")}");
        }

        return next(context);
    }

    private static bool TryDecode(string text, out string decoded)
    {
        decoded = "";
        if (!Ascii.IsValid(text))
            return false;
        var bytes = new List<byte>(text.Length);
        for (int n = 0; n < text.Length; n++)
        {
            if (text[n] != '%')
            {
                bytes.Add((byte)text[n]);
                continue;
            }

            if (n + 2 >= text.Length || !char.IsAsciiHexDigit(text[n + 1]) || !char.IsAsciiHexDigit(text[n + 2]))
                return false;
            bytes.Add(Convert.ToByte(text.Substring(n + 1, 2), 16));
            n += 2;
        }

        try
        {
            decoded = Strict.GetString([.. bytes]);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
