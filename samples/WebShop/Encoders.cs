using DRepMRec.Data;
using DRepMRec.Features;
using WebShop.Models;

namespace WebShop;

/// <summary>The networks that look at titles and pictures.</summary>
internal sealed class Encoders : IDisposable
{
    private readonly Shop _shop;
    private readonly MiniLm _words = new();
    private readonly ResNet _looks = new();

    public Encoders(Shop shop)
    {
        _shop = shop;
        Sentences = EmbeddingEncoder.ForText(_words, shop.Sentences);
        Images = EmbeddingEncoder.ForImages(_looks, shop.Images);
    }

    public EmbeddingEncoder Sentences { get; }

    public EmbeddingEncoder Images { get; }

    /// <summary>The features of what the products have: titles, pictures, or both.</summary>
    public async Task<IReadOnlyList<FeatureTable>> EncodeAsync(ItemTable products, CancellationToken cancellation)
    {
        var features = new List<FeatureTable>();
        foreach (EmbeddingEncoder encoder in new[] { Sentences, Images }.Where(_shop.Has))
            features.Add(await encoder.EncodeAsync(products, Show.Embedding(encoder), cancellation));
        return features;
    }

    public void Dispose()
    {
        _words.Dispose();
        _looks.Dispose();
    }
}
