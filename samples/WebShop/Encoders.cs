using DRepMRec.Data;
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
        Served =
        [
            EmbeddingEncoder.ForText(_words, shop.Sentences with { CacheFolder = null, BadItems = BadRowHandling.Stop }),
            EmbeddingEncoder.ForImages(_looks, shop.Images with { CacheFolder = null, BadItems = BadRowHandling.Stop }),
        ];
    }

    public EmbeddingEncoder Sentences { get; }

    public EmbeddingEncoder Images { get; }

    /// <summary>
    /// The same for a service: of what visitors say and show nothing is kept on the disk, and whoever brings a picture that can't be read
    /// is told so.
    /// </summary>
    public IReadOnlyList<EmbeddingEncoder> Served { get; }

    public IReadOnlyList<EmbeddingEncoder> All => [Sentences, Images];

    public void Dispose()
    {
        _words.Dispose();
        _looks.Dispose();
    }
}
