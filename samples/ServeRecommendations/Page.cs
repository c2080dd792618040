namespace ServeRecommendations;

/// <summary>The page to look at recommendations: three files that are resources of this program, and nothing from elsewhere.</summary>
internal static class Page
{
    public static void Map(WebApplication app)
    {
        Map("/", "index.html", "text/html");
        Map("/page.css", "page.css", "text/css");
        Map("/page.js", "page.js", "text/javascript");
        void Map(string path, string file, string type) => app.MapGet(path, (HttpResponse response) =>
        {
            response.Headers.ContentSecurityPolicy = "default-src 'self'; img-src 'self' data:";
            return Results.Stream(typeof(Page).Assembly.GetManifestResourceStream(file)!, $"{type}; charset=utf-8");
        }).ExcludeFromDescription();
    }
}
