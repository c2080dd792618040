using System.Numerics.Tensors;
using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Hosts;
using DRepMRec.Losses;
using DRepMRec.Serving;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Export;

/// <summary>Takes a trained model out of libtorch. This is the one place of serving that knows TorchSharp.</summary>
/// <remarks>What can't be taken out faithfully stays behind: the fused rows are rebuilt from the lines, and items from their features, and where the results differ the lines, or the content form, are left out.</remarks>
internal sealed class ModelExport(DRepMRecModel model, RecDataset data, RecommenderOptions options)
{
    private const float Tolerance = 1e-3f;

    public ServingModel Build(IReadOnlyDictionary<string, double> figures, TrainerOptions training)
    {
        UserItemEmbeddings final = model.Embed();
        try
        {
            int dimension = final.Dimension;
            var manifest = new ModelManifest(ModelManifest.CurrentFormatVersion, ModelManifest.ThisLibrary, data.Name, data.SplitChecksum, data.Users.Count, data.Items.Count, dimension, figures)
            {
                Options = OptionText.Of(("training", training), ("model", model.Options), ("loss", model.Loss)),
            };
            int[] degrees = data.Train.ItemDegrees();
            RowStore users = Rows(final.Users, user => model.HasModalLine || data.Train.ItemsOf(user).Length > 0), items = Rows(final.Items, item => HasContent || degrees[item] > 0);
            ServingModel fused = Assemble(manifest, data.Users.Ids, data.Items.Ids, users, items, data.Train);
            return WithFoldIn(options.IncludeLines ? WithLines(fused) : fused);
        }
        finally
        {
            final.Dispose();
        }
    }

    /// <summary>Whether the model knows an item that nobody chose by its content; else its row is what it began with.</summary>
    private bool HasContent => model.HasModalLine || model.BehaviorEncoder is IHostRecommender or VbprEncoder;

    /// <summary>A model of fused rows alone.</summary>
    /// <exception cref="ArgumentException">A number isn't finite.</exception>
    public static ServingModel Assemble(ModelManifest manifest, IReadOnlyList<string> userIds, IReadOnlyList<string> itemIds, RowStore users, RowStore items, InteractionSet seen)
    {
        var assembled = new ServingModel
        {
            Manifest = manifest,
            UserIds = IdTable.Of(userIds),
            ItemIds = IdTable.Of(itemIds),
            Users = users,
            Items = items,
            SeenOffsets = Block<long>.Copy(Array.ConvertAll(seen.Offsets.ToArray(), o => (long)o)),
            SeenItems = Block<int>.Copy(seen.Items),
            ItemDegrees = Block<int>.Copy(seen.ItemDegrees()),
            UserBehavior = users,
            ItemBehavior = items,
        };
        try
        {
            ModelVerification.Verify(assembled);
        }
        catch (FormatException e)
        {
            throw new ArgumentException($"The model can't be served: {e.Message}.", e);
        }

        return assembled;
    }

    private static ServingModel WithFoldIn(ServingModel served) => FoldInMap.Fit(served) is { } map ? served with { FoldInMap = Block<float>.Copy(map) } : served;

    private ServingModel WithLines(ServingModel fused)
    {
        if (!model.HasModalLine)
        {
            var alone = new ModelForm { LineDimension = fused.Manifest.Dimension, Normalized = model.Loss.Score == ScoreFunction.Cosine };
            return fused with { Manifest = fused.Manifest with { Form = alone } };
        }

        if (model.ExportableLine is not { } line || !LineFusion.IsAdditive(line.Alignment.Fusion))
            return fused;
        var (behavior, modal) = model.ComputeLines(line.Encoder);
        try
        {
            ServingModel withLines = fused with
            {
                UserBehavior = Rows(behavior.Users, user => fused.Seen(user).Length > 0),
                ItemBehavior = Rows(behavior.Items, item => fused.Degree(item) > 0),
                UserModal = [.. modal.Select(m => Rows(m.Users))],
                ItemModal = [.. modal.Select(m => Rows(m.Items))],
            };
            ModelForm form = Form(withLines, line.Encoder, line.Alignment);
            withLines = withLines with { Manifest = fused.Manifest with { Form = form } };
            return RebuildsFusedRows(withLines, form) ? WithContent(withLines, form, line.Encoder) : fused;
        }
        finally
        {
            behavior.Dispose();
            foreach (UserItemEmbeddings part in modal)
                part.Dispose();
        }
    }

    private ModelForm Form(ServingModel lines, ModalEncoder encoder, BmaOptions alignment)
    {
        double[] weights = encoder.ModalityWeights();
        bool related = encoder.Options is { Neighbors: > 0, RelationLayers: > 0 };
        return new ModelForm
        {
            Fusion = alignment.Fusion,
            ModalWeight = alignment.ModalWeight,
            ColdModalWeight = alignment.ColdModalWeight,
            UserScale = MeanLength(lines.UserBehavior),
            ItemScale = MeanLength(lines.ItemBehavior),
            Normalized = model.Loss.Score == ScoreFunction.Cosine,
            LineDimension = encoder.EmbeddingDim,
            Modalities = [.. model.Features!.Sources.Select((source, m) => new ModalityForm
            {
                Name = source.Modality.Name,
                FeatureDimension = source.Dimension,
                Weight = weights[m],
                Gated = encoder.GateWeights(m).Gate is not null,
                Neighbors = related ? encoder.Options.Neighbors : 0,
                KeepSelf = encoder.Options.KeepSelf,
                Scaling = model.Features.Scaling,
            })],
        };
    }

    private ServingModel WithContent(ServingModel lines, ModelForm form, ModalEncoder encoder)
    {
        if (encoder.Options.Gate == FilterGateKind.Embedding || model.Features!.IsReduced || model.Features!.Sources.Sum(s => s.Values.Length * (long)sizeof(float)) > options.MaxContentBytes)
            return lines;
        ServingModel withContent = lines with
        {
            Manifest = lines.Manifest with { Form = form with { HasContent = true } },
            Content = [.. form.Modalities.Select((m, n) => Content(encoder, m, n))],
        };
        return EncodesKnownItems(withContent) ? withContent : lines;
    }

    private ContentEncoder Content(ModalEncoder encoder, ModalityForm form, int modality)
    {
        ModalFeatures features = model.Features!;
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        var (projection, projectionBias, gate, gateBias) = encoder.GateWeights(modality);
        var (mean, deviation) = FeatureScaler.Columns(features.Sources[modality], features.Scaling);
        return new ContentEncoder(form, Block<float>.Copy(mean), Block<float>.Copy(deviation), Block<float>.Copy(projection), Block<float>.Copy(projectionBias))
        {
            Gate = gate is null ? null : Block<float>.Copy(gate),
            GateBias = gateBias is null ? null : Block<float>.Copy(gateBias),
            Features = form.Neighbors > 0 ? Rows(features.Values[modality]) : null,
            NeighborValues = form.Neighbors > 0 ? Rows(encoder.NeighborValues(features, modality)) : null,
        };
    }

    private static bool RebuildsFusedRows(ServingModel lines, ModelForm form)
    {
        bool Same(RowStore fused, RowStore behavior, IReadOnlyList<RowStore> modal, bool isUser) => fused.Width == LineFusion.Dimension(form) && Sample(fused.Count).All(row =>
            IsClose(LineFusion.Sum(LineFusion.Parts(form, behavior[row], [.. modal.Select(m => m[row].ToArray())], isUser)), fused[row].ToArray()));
        return Same(lines.Users, lines.UserBehavior, lines.UserModal, isUser: true) && Same(lines.Items, lines.ItemBehavior, lines.ItemModal, isUser: false);
    }

    private bool EncodesKnownItems(ServingModel withContent)
    {
        double[] weights = [.. withContent.Content.Select(c => c.Form.Weight)];
        return Sample(withContent.ItemRows, 20).All(item =>
        {
            IReadOnlyList<ItemFeatures> sources = model.Features!.Sources;
            double sum = weights.Where((_, m) => sources[m].Present[item]).Sum();
            return sources.Select((source, m) => (source, m)).Where(s => s.source.Present[item]).All(s =>
            {
                float[] row = withContent.Content[s.m].Encode(s.source[item], other => other != item)?.Row ?? [];
                TensorPrimitives.Multiply(row, sum > 0 ? (float)(weights[s.m] / sum) : 0, row);
                return IsClose(row, withContent.ItemModal[s.m][item].ToArray());
            });
        });
    }

    private static IEnumerable<int> Sample(int count, int most = 1000) => Enumerable.Range(0, Math.Min(count, most)).Select(n => (int)((long)n * count / Math.Min(count, most)));

    private static bool IsClose(float[] a, float[] b) => a.Length == b.Length && TensorPrimitives.Distance<float>(a, b) <= Tolerance * (1e-3f + TensorPrimitives.Norm<float>(b));

    private static double MeanLength(RowStore rows)
    {
        double[] lengths = [.. Enumerable.Range(0, rows.Count).Select(row => LineFusion.Length(rows[row])).Where(l => l > 0)];
        return lengths.Length == 0 ? 0 : lengths.Average();
    }

    /// <summary>Rows of which some are known; the others become 0, as they do in the model.</summary>
    private static RowStore Rows(torch.Tensor tensor, Func<int, bool> isKnown)
    {
        float[] values = UserItemEmbeddings.Values(tensor);
        int width = (int)tensor.shape[1];
        for (int row = 0; row < tensor.shape[0]; row++)
        {
            if (!isKnown(row))
                values.AsSpan(row * width, width).Clear();
        }

        return RowStore.Of(values, width);
    }

    private static RowStore Rows(torch.Tensor tensor) => RowStore.Of(UserItemEmbeddings.Values(tensor), (int)tensor.shape[1]);
}
