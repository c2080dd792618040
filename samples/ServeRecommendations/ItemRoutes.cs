using DRepMRec.Data;
using DRepMRec.Hosting;
using DRepMRec.Serving;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace ServeRecommendations;

/// <summary>What there is in the catalogue, and changes of it.</summary>
internal static class ItemRoutes
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/shelves", (Recommender r, Shelf shelf) => shelf.Describe(r)).AddEndpointFilter(new KnownParameters())
            .WithSummary("What is known of items: the columns that requests may name, with categories and ranges of numbers.");
        app.MapGet("/search", Search).AddEndpointFilter(new KnownParameters("text", "count"))
            .WithSummary("Items whose id or title has all words of a text.");
        app.MapGet("/items", ReadItem).AddEndpointFilter(new KnownParameters("item"))
            .WithSummary("An item: its title, picture and values. Also /items/{id}.");
        app.MapGet("/pictures", ReadPicture).AddEndpointFilter(new KnownParameters("item"))
            .WithSummary("The picture of an item.");
        app.MapPost("/items", AddItem).AddEndpointFilter(new KnownParameters()).Accepts<IFormFile>("multipart/form-data")
            .WithMetadata(new RequestSizeLimitAttribute(Limits.UploadBytes))
            .WithSummary("Adds an item, or replaces it, by what can be said of it: a form with 'item', its id, fields named as the columns "
                + "of /shelves, and a file 'picture'.");
        app.MapPut("/items", PutItem).AddEndpointFilter(new KnownParameters("item"))
            .WithSummary("Adds an item by its features, or replaces those that it has. Also /items/{id}.");
        app.MapDelete("/items", RetireItem).AddEndpointFilter(new KnownParameters("item"))
            .WithSummary("Retires an item: it's no longer recommended. Also /items/{id}.");
    }

    private static Results<Ok<IEnumerable<ShownItem>>, ValidationProblem> Search(string text, Recommender r, Shelf shelf, int count = 10)
    {
        if (Limits.CheckText("text", text, Limits.TextLength) is { Count: > 0 } wrongText)
            return TypedResults.ValidationProblem(wrongText);
        if (Limits.CheckRange("count", count, Limits.Count) is { Count: > 0 } wrongCount)
            return TypedResults.ValidationProblem(wrongCount);
        return TypedResults.Ok(shelf.Find(r, text, count));
    }

    private static Results<Ok<ShownItem>, ValidationProblem, ProblemHttpResult> ReadItem(string item, Recommender r, Shelf shelf)
    {
        if (Limits.CheckId("item", item) is { Count: > 0 } errors)
            return TypedResults.ValidationProblem(errors);
        return r.Items.Contains(item) ? TypedResults.Ok(shelf.Show(r, item)) : Routes.NotFound("item", item);
    }

    private static Results<FileStreamHttpResult, ValidationProblem, ProblemHttpResult> ReadPicture(
        string item, Recommender r, Shelf shelf, HttpResponse response)
    {
        if (Limits.CheckId("item", item) is { Count: > 0 } errors)
            return TypedResults.ValidationProblem(errors);
        if (shelf.Picture(r, item) is not { } picture)
            return Routes.NotFound("picture of", item);
        response.Headers.XContentTypeOptions = "nosniff";
        return TypedResults.Stream(picture.Data, picture.MediaType);
    }

    private static async Task<Results<Ok<ShownItem>, ValidationProblem, ProblemHttpResult>> AddItem(
        HttpRequest request, Catalogue catalogue, Shelf shelf, IRecommenderProvider provider)
    {
        if (!request.HasFormContentType)
            return Routes.Invalid("form", "Expected a form, multipart/form-data.");
        IFormCollection form;
        try
        {
            form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        }
        catch (Exception e) when (e is InvalidDataException or IOException and not BadHttpRequestException)
        {
            return Routes.Invalid("form", e.Message);
        }

        try
        {
            if (form["item"].Count > 1)
                return Routes.Invalid("item", $"Expected one value, got {form["item"].Count}.");
            if (form.Files.Count > 1)
                return Routes.Invalid("picture", $"Expected one file, got {form.Files.Count}.");
            string id = form["item"].ToString();
            if (Limits.CheckId("item", id) is { Count: > 0 } wrongId)
                return TypedResults.ValidationProblem(wrongId);
            Dictionary<string, string[]> fields = form.Where(f => f.Key != "item" && !string.IsNullOrWhiteSpace(f.Value))
                .ToDictionary(f => f.Key, f => f.Value.OfType<string>().ToArray());
            if (fields.FirstOrDefault(f => f.Value.Any(text => text.Length > Limits.TextLength)).Key is { } tooLong)
                return Routes.Invalid(tooLong, $"Expected at most {Limits.TextLength} characters.");
            if (form.Files.FirstOrDefault(f => f.Name != "picture") is { } unknown)
                return Routes.Invalid(unknown.Name, "Expected no other file than 'picture'.");
            var item = new NewItem(id, fields, await ReadUpload(form.Files["picture"]));
            ChangeOutcome outcome = await catalogue.PutAsync(provider, item, request.HttpContext.RequestAborted);
            return outcome == ChangeOutcome.Made ? TypedResults.Ok(shelf.Show(provider.Current, id)) : Refused(outcome);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            return Routes.Invalid("item", e.Message.Split(" (Parameter ", 2)[0]);
        }
        catch (InvalidOperationException e) when (e.InnerException is InvalidDataException wrong)
        {
            return Routes.Invalid("picture", wrong.Message);
        }
        catch (InvalidOperationException e) when (e.InnerException is not null && provider.Status.LoadedAt is not null)
        {
            return Unavailable($"{e.Message} Try again.");
        }
        catch (InvalidOperationException e) when (provider.Status.LoadedAt is not null)
        {
            return Conflict(e.Message);
        }
    }

    private static async Task<NewPicture?> ReadUpload(IFormFile? file)
    {
        if (file is not { Length: > 0 })
            return null;
        byte[] data = new byte[file.Length];
        await using Stream stream = file.OpenReadStream();
        await stream.ReadExactlyAsync(data);
        return NewPicture.Of(data);
    }

    private static async Task<Results<NoContent, ValidationProblem, ProblemHttpResult>> PutItem(
        string item, ItemFeaturesBody body, Catalogue catalogue, IRecommenderProvider provider, CancellationToken cancellation)
    {
        if (Limits.CheckId("item", item) is { Count: > 0 } errors)
            return TypedResults.ValidationProblem(errors);
        try
        {
            IReadOnlyDictionary<string, float[]> numbers = body.Features ?? new Dictionary<string, float[]>();
            var features = new Dictionary<Modality, ReadOnlyMemory<float>>();
            foreach (var (name, values) in numbers)
            {
                if (!features.TryAdd(new Modality(name), values))
                    return Routes.Invalid("features", $"Each modality must occur once; '{name}' is there twice.");
            }

            ChangeOutcome outcome = await catalogue.PutAsync(provider, new ItemContent(item, features), cancellation);
            return outcome == ChangeOutcome.Made ? TypedResults.NoContent() : Refused(outcome);
        }
        catch (ArgumentException e)
        {
            return Routes.Invalid("features", e.Message.Split(" (Parameter ", 2)[0]);
        }
        catch (InvalidOperationException e) when (provider.Status.LoadedAt is not null)
        {
            return Conflict(e.Message);
        }
    }

    private static async Task<Results<NoContent, ValidationProblem, ProblemHttpResult>> RetireItem(
        string item, Catalogue catalogue, IRecommenderProvider provider, CancellationToken cancellation)
    {
        if (Limits.CheckId("item", item) is { Count: > 0 } errors)
            return TypedResults.ValidationProblem(errors);
        if (!provider.Current.Items.Contains(item))
            return Routes.NotFound("item", item);
        ChangeOutcome outcome = await catalogue.RetireAsync(provider, item, cancellation);
        return outcome == ChangeOutcome.Made ? TypedResults.NoContent() : Refused(outcome);
    }

    private static ProblemHttpResult Refused(ChangeOutcome outcome) => outcome == ChangeOutcome.Busy
        ? Unavailable($"{Limits.WaitingChanges} changes wait for their turn. Try again.")
        : Conflict($"The catalogue has {Limits.AddedItems} items more than the model that was loaded, or "
            + $"{Limits.DescribedBytes >> 20} MiB of texts and pictures, the most there may be. Train anew, or retire some.");

    private static ProblemHttpResult Unavailable(string detail)
        => TypedResults.Problem(detail, statusCode: StatusCodes.Status503ServiceUnavailable);

    private static ProblemHttpResult Conflict(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status409Conflict);
}
