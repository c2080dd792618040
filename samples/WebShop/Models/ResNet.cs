using Microsoft.Extensions.AI;
using Microsoft.ML.OnnxRuntime;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Metadata;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace WebShop.Models;

/// <summary>
/// Pictures as 512 numbers, the pooled last layer of ResNet-18 (He et al., CVPR 2016) as it was trained on ImageNet. The network, and the
/// one that takes the mean picture away, are files of the package Microsoft.ML.DnnImageFeaturizer.ResNet18. A picture of any size and of a
/// format that ImageSharp reads is put on white, 224 by 224. Any thread may ask.
/// </summary>
internal sealed class ResNet : IEmbeddingGenerator<DataContent, Embedding<float>>
{
    private const int Dimension = 512;
    private const int Side = 224;
    private const long MaxPixels = 50_000_000;

    private static readonly EmbeddingGeneratorMetadata Metadata = new("onnxruntime", null, "ResNet18", Dimension);
    private static readonly long[] Shape = [1, 3, Side, Side];
    private static readonly Configuration Decoders = FirstFrames();

    private readonly InferenceSession _preparation = Open("ResNetPrepOnnx/ResNetPreprocess.onnx");
    private readonly InferenceSession _network = Open("ResNet18Onnx/ResNet18.onnx");

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<DataContent> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        => Task.Run(
            () =>
            {
                var embeddings = new GeneratedEmbeddings<Embedding<float>>();
                foreach (DataContent picture in values)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    embeddings.Add(new Embedding<float>(Generate(Pixels(picture.Data))));
                }

                return embeddings;
            },
            cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null)
        => serviceKey is null && serviceType == typeof(EmbeddingGeneratorMetadata) ? Metadata : null;

    public void Dispose()
    {
        _preparation.Dispose();
        _network.Dispose();
    }

    private static InferenceSession Open(string file) => new(Path.Combine(AppContext.BaseDirectory, "DnnImageModels", file));

    private float[] Generate(float[] pixels)
    {
        using var run = new RunOptions();
        using OrtValue picture = OrtValue.CreateTensorValueFromMemory(pixels, Shape);
        using IDisposableReadOnlyCollection<OrtValue> prepared = _preparation.Run(
            run, ["OriginalInput"], [picture], ["PreprocessedInput"]);
        using IDisposableReadOnlyCollection<OrtValue> pooled = _network.Run(run, ["Input247"], prepared, ["Pooling395_Output_0"]);
        return pooled[0].GetTensorDataAsSpan<float>().ToArray();
    }

    /// <summary>Of an animation the first picture: a few kilobytes can have thousands, each as large as the first.</summary>
    private static Configuration FirstFrames()
    {
        Configuration decoders = Configuration.Default.Clone();
        decoders.ImageFormatsManager.SetDecoder(GifFormat.Instance, new GifDecoder { DecodingMode = FrameDecodingMode.First });
        return decoders;
    }

    /// <summary>Red, green and blue from 0 to 255, one plane after the other.</summary>
    private static float[] Pixels(ReadOnlyMemory<byte> file)
    {
        try
        {
            byte[] bytes = file.ToArray();
            IImageInfo size = Image.Identify(bytes) ?? throw new InvalidDataException("Expected a picture, found none.");
            if ((long)size.Width * size.Height > MaxPixels)
                throw new InvalidDataException($"Expected at most {MaxPixels} pixels, found {size.Width} x {size.Height}.");
            using Image<Rgba32> image = Image.Load<Rgba32>(Decoders, bytes);
            var white = new ResizeOptions { Size = new Size(Side), Mode = ResizeMode.Pad, PadColor = Color.White };
            image.Mutate(i => i.AutoOrient().BackgroundColor(Color.White).Resize(white));
            float[] planes = new float[3 * Side * Side];
            image.ProcessPixelRows(rows =>
            {
                for (int y = 0; y < Side; y++)
                {
                    Span<Rgba32> row = rows.GetRowSpan(y);
                    for (int x = 0, at = y * Side; x < Side; x++, at++)
                        (planes[at], planes[at + (Side * Side)], planes[at + (2 * Side * Side)]) = (row[x].R, row[x].G, row[x].B);
                }
            });
            return planes;
        }
        catch (Exception e) when (e is ImageFormatException or NotSupportedException)
        {
            throw new InvalidDataException($"Expected a picture that can be read: {e.Message}", e);
        }
    }
}
