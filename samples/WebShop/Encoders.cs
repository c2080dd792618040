using DRepMRec.Features;
using WebShop.Models;

namespace WebShop;

/// <summary>The networks that look at titles and pictures.</summary>
internal sealed class Encoders : IDisposable
{
    private readonly MiniLm _words = new();
    private readonly ResNet _looks = new();

    public Encoders(Shop shop)
    {
        Sentences = EmbeddingEncoder.ForText(_words, shop.Sentences);
        Images = EmbeddingEncoder.ForImages(_looks, shop.Images);
    }

    public EmbeddingEncoder Sentences { get; }

    public EmbeddingEncoder Images { get; }

    public IReadOnlyList<EmbeddingEncoder> All => [Sentences, Images];

    public void Dispose()
    {
        _words.Dispose();
        _looks.Dispose();
    }
}
