using DRepMRec.Data;
using DRepMRec.Features;

namespace WebShop;

/// <summary>What networks make of a shop's products.</summary>
internal static class ProductFeatures
{
    /// <summary>The features of what the products have: titles, pictures, or both.</summary>
    public static async Task<IReadOnlyList<FeatureTable>> EncodeAsync(
        IEnumerable<EmbeddingEncoder> encoders, ItemTable products, CancellationToken cancellation)
    {
        var features = new List<FeatureTable>();
        foreach (EmbeddingEncoder encoder in Usable(encoders, products))
        {
            if (await EncodeAsync(encoder, products, cancellation) is { } table)
                features.Add(table);
        }

        return features;
    }

    /// <summary>The features of what the products have for one encoder; none where all of their files are no pictures.</summary>
    public static async Task<FeatureTable?> EncodeAsync(EmbeddingEncoder encoder, ItemTable products, CancellationToken cancellation)
    {
        try
        {
            return await encoder.EncodeAsync(products, Show.Embedding(encoder), cancellation);
        }
        catch (ArgumentException e) when (encoder.IsOfImages && e.Message.Contains("; found none of ", StringComparison.Ordinal))
        {
            Console.WriteLine($"{encoder.GeneratorName} is left out: {e.Message}");
            return null;
        }
    }

    /// <summary>The encoders that any product has something for; where a column has nothing for one, a line of text says so.</summary>
    public static IReadOnlyList<EmbeddingEncoder> Usable(IEnumerable<EmbeddingEncoder> encoders, ItemTable products)
    {
        var usable = new List<EmbeddingEncoder>();
        foreach (EmbeddingEncoder encoder in encoders)
        {
            ItemColumn[] columns = [.. products.Columns.Where(c => encoder.IsOfImages ? c.Kind == ItemColumnKind.Image
                : c.Kind is ItemColumnKind.Title or ItemColumnKind.Text)];
            string what = encoder.IsOfImages ? "picture that can be read" : "text";
            if (columns.Any(HasAny))
                usable.Add(encoder);
            else if (columns.Length > 0)
                Console.WriteLine($"{encoder.GeneratorName} is left out: no product has a {what}.");
        }

        return usable;
    }

    private static bool HasAny(ItemColumn column) => Enumerable.Range(0, column.Count).Any(row => column.Kind != ItemColumnKind.Image
        ? column.TextOf(row) is not null
        : column.ImageOf(row) is { IsReadable: true } image && (image.Path is null || File.Exists(image.Path)));
}
