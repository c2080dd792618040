namespace ServeRecommendations;

/// <summary>
/// Refuses parameters of the query that a route doesn't have, and parameters that occur twice: a slip of the pen is no request for the
/// default.
/// </summary>
/// <param name="names">The parameters of the route.</param>
internal sealed class KnownParameters(params string[] names) : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        string expected = names.Length == 0 ? "no parameters" : string.Join(", ", names);
        foreach (var (name, values) in context.HttpContext.Request.Query)
        {
            if (!names.Contains(name, StringComparer.OrdinalIgnoreCase))
                return ValueTask.FromResult<object?>(Routes.Invalid(name, $"Expected {expected}."));
            if (values.Count > 1)
                return ValueTask.FromResult<object?>(Routes.Invalid(name, $"Expected one value, got {values.Count}."));
        }

        return next(context);
    }
}
