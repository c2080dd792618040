using System.Diagnostics.CodeAnalysis;
using System.Numerics.Tensors;
using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Fusions;
using DRepMRec.Internals;
using DRepMRec.Losses;
using DRepMRec.Serving;
using TorchSharp;


namespace DRepMRec.Export;

/// <summary>Takes a trained model out of libtorch.</summary>
/// <remarks>
/// What can't be taken out faithfully stays behind: the fused rows are rebuilt from the lines, and items from their features, and where the
/// results differ the lines, or the content form, are left out.
/// </remarks>
[RequiresUnreferencedCode(Untrimmed.Message)]
internal sealed class ModelExport(DRepMRecModel model, RecDataset data, RecommenderOptions options)
{
    private const float Tolerance = 1e-3f;

    /// <param name="figures">The validation figures, by metric.</param>
    /// <param name="more">The fields of the manifest beside the model's own options, by name.</param>
    public ServingModel Build(IReadOnlyDictionary<string, double> figures, params IEnumerable<(string Name, object? Value)> more)
    {
        using UserItemEmbeddings final = model.Embed();
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in model.Description.Concat(more))
            OptionFields.Add(fields, name, value);
        var manifest = new ModelManifest(
            ModelManifest.CurrentFormatVersion, ModelManifest.ThisLibrary, data.Name, data.SplitChecksum, data.Users.Count,
            data.Items.Count, final.Dimension, figures)
        {
            Options = fields,
        };
        ServingModel fused = ServingModel.OfFusedRows(
            manifest, data.Users.Ids, data.Items.Ids, Rows(final.Users), Rows(final.Items), data.Train);
        ServingModel lines = FoldInMap.AddTo(options.IncludeLines ? WithLines(fused) : fused);
        if (options.IncludeRefresh)
            lines = RefreshExport.AddTo(model, lines, AreClose);
        ItemToItemRows? part = ItemToItemRows.Of(model.ItemToItem);
        ServingModel whole = lines with { ItemToItem = part, Manifest = lines.Manifest with { ItemToItem = part?.Form } };
        if (data.ItemTable is { } items && ItemMetadata.TryOf(items) is { } metadata)
            whole = whole with { Metadata = CatalogueMetadata.Of(whole, metadata) };
        return RowRounding.Apply(whole, options.RowPrecision);
    }

    private ServingModel WithLines(ServingModel fused)
    {
        if (model.AlignmentModule is null)
        {
            var alone = new ModelForm { LineDimension = fused.Manifest.Dimension, Normalized = model.Loss.Score == ScoreFunction.Cosine };
            return fused with { Manifest = fused.Manifest with { Form = alone } };
        }

        return model.AtInference(() =>
        {
            UserItemEmbeddings behavior = model.KnownBehavior();
            return model.AlignmentModule.Export(behavior) is { } fusion
                && model.ModalEncoder?.Export(model.Graph, model.Features!) is { } modalities
                ? WithLines(fused, behavior, fusion, modalities)
                : fused;
        });
    }

    private ServingModel WithLines(
        ServingModel fused, UserItemEmbeddings behavior, FusionForm fusion, IReadOnlyList<ModalityExport> modalities)
    {
        ExportCheck.ThrowIfUnfit(model.AlignmentModule!, fusion);
        ExportCheck.ThrowIfUnfit(model.ModalEncoder!, modalities, model.Features!, behavior);
        ServingModel lines = fused with
        {
            UserBehavior = Rows(behavior.Users),
            ItemBehavior = Rows(behavior.Items),
            UserModal = [.. modalities.Select(m => Rows(m.Part.Users))],
            ItemModal = [.. modalities.Select(m => Rows(m.Part.Items))],
        };
        var form = new ModelForm
        {
            Lines = fusion,
            Normalized = model.Loss.Score == ScoreFunction.Cosine,
            LineDimension = behavior.Dimension,
            Modalities = [.. model.Features!.Sources.Zip(modalities, (source, modality) => new ModalityForm
            {
                Name = source.Modality.Name,
                FeatureDimension = source.Dimension,
                Weight = modality.Content?.Weight ?? 1,
                Gated = modality.Content?.Gate is not null,
                Neighbors = modality.Content?.Neighbors ?? 0,
                KeepSelf = modality.Content?.KeepSelf ?? true,
                Scaling = model.Features.Scaling,
            })],
        };
        lines = lines with { Manifest = fused.Manifest with { Form = form } };
        return RebuildsFusedRows(lines, form) && RebuildsRowsWithoutBehavior(lines, form, behavior, modalities)
            ? WithContent(lines, form, modalities)
            : fused;
    }

    /// <summary>Whether rows without behaviour, as new items have, are rebuilt too, whether the dataset has such or not.</summary>
    private bool RebuildsRowsWithoutBehavior(
        ServingModel lines, ModelForm form, UserItemEmbeddings behavior, IReadOnlyList<ModalityExport> modalities)
    {
        IAlignmentModule alignment = model.AlignmentModule!;
        torch.Tensor Sum(Func<UserItemEmbeddings, torch.Tensor> rows)
            => modalities.Select(m => rows(m.Part)).Aggregate((a, b) => a.Plus(b));
        var modal = new UserItemEmbeddings(Sum(part => part.Users), Sum(part => part.Items));
        if (!alignment.FusesByRow)
            return RebuildsOneWithoutBehavior(lines, form, behavior, modal);
        var nothing = new UserItemEmbeddings(torch.zeros_like(modal.Users), torch.zeros_like(modal.Items));
        var (users, items) = alignment.call(nothing, modal, null).Fused;
        if (form.Normalized)
            (users, items) = (users.NormalizeRows(), items.NormalizeRows());
        ServingModel withoutBehavior = lines with
        {
            Users = Rows(users),
            Items = Rows(items),
            UserBehavior = Rows(nothing.Users),
            ItemBehavior = Rows(nothing.Items),
        };
        return RebuildsFusedRows(withoutBehavior, form);
    }

    /// <summary>Whether an item that has behaviour is rebuilt without it, among the others as they are.</summary>
    private bool RebuildsOneWithoutBehavior(
        ServingModel lines, ModelForm form, UserItemEmbeddings behavior, UserItemEmbeddings modal)
    {
        int item = Sample(lines.ItemBehavior.Count).FirstOrDefault(i => lines.ItemBehavior[i].ContainsAnyExcept(0f), -1);
        if (item < 0)
            return true;
        torch.Tensor rest = behavior.Items.clone();
        rest.narrow(0, item, 1).zero_();
        UserItemEmbeddings changed = behavior with { Items = rest };
        if (model.AlignmentModule!.Export(changed) is not { } fusion)
            return false;
        torch.Tensor fused = model.AlignmentModule.call(changed, modal, null).Fused.Items.narrow(0, item, 1);
        if (form.Normalized)
            fused = fused.NormalizeRows();
        float[][] content = [.. lines.ItemModal.Select(m => m[item].ToArray())];
        float[][] parts = LineFusion.Parts(form with { Lines = fusion }, new float[behavior.Dimension], content, isUser: false);
        return IsClose(LineFusion.Sum(parts), UserItemEmbeddings.Values(fused));
    }

    private ServingModel WithContent(ServingModel lines, ModelForm form, IReadOnlyList<ModalityExport> modalities)
    {
        long bytes = form.Modalities.Zip(model.Features!.Sources)
            .Sum(m => m.First.Neighbors > 0 ? m.Second.Values.Length * (long)sizeof(float) : 0);
        if (modalities.Any(m => m.Content is null) || options.MaxContentBytes == 0 || bytes > options.MaxContentBytes)
            return lines;
        ServingModel withContent = lines with
        {
            Manifest = lines.Manifest with { Form = form with { HasContent = true } },
            Content = [.. modalities.Select((m, n) => Content(m.Content!, form.Modalities[n], n))],
            Encoders = ItemEncoders.Of([.. model.Features!.Sources.Select(s => s.Encoder).OfType<FeatureEncoder>()]),
        };
        return EncodesKnownItems(withContent) ? withContent : lines;
    }

    private ContentEncoder Content(ContentExport content, ModalityForm form, int modality)
    {
        ModalFeatures features = model.Features!;
        var (mean, deviation) = FeatureScaler.Columns(features.Sources[modality], features.Scaling);
        Block<float> projection = Block<float>.Copy(content.Projection), bias = Block<float>.Copy(content.ProjectionBias);
        return new ContentEncoder(form, Block<float>.Copy(mean), Block<float>.Copy(deviation), projection, bias)
        {
            Gate = content.Gate is null ? null : Block<float>.Copy(content.Gate),
            GateBias = content.GateBias is null ? null : Block<float>.Copy(content.GateBias),
            Features = form.Neighbors > 0 ? Rows(features.Values[modality]) : null,
            NeighborValues = content.NeighborValues is null ? null : RowStore.Of(content.NeighborValues, content.ProjectionBias.Length),
        };
    }

    private static bool RebuildsFusedRows(ServingModel lines, ModelForm form)
    {
        bool Same(RowStore fused, RowStore behavior, IReadOnlyList<RowStore> modal, bool isUser)
        {
            float[] Rebuilt(int row)
                => LineFusion.Sum(LineFusion.Parts(form, behavior[row], [.. modal.Select(m => m[row].ToArray())], isUser));
            return fused.Width == LineFusion.Dimension(form)
                && Sample(fused.Count).All(row => IsClose(Rebuilt(row), fused[row].ToArray()));
        }

        return Same(lines.Users, lines.UserBehavior, lines.UserModal, isUser: true)
            && Same(lines.Items, lines.ItemBehavior, lines.ItemModal, isUser: false);
    }

    private static bool AreClose(RowStore a, RowStore b)
        => a.Count == b.Count && a.Width == b.Width && Sample(a.Count).All(row => IsClose(a[row].ToArray(), b[row].ToArray()));

    private bool EncodesKnownItems(ServingModel withContent)
    {
        double[] weights = [.. withContent.Content.Select(c => c.Form.Weight)];
        return Sample(withContent.ItemRows, 20).All(item =>
        {
            IReadOnlyList<ItemFeatures> sources = model.Features!.Sources;
            double sum = weights.Where((_, m) => sources[m].Present[item]).Sum();
            return sources.Select((source, m) => (source, m)).Where(s => s.source.Present[item]).All(s =>
            {
                // Among many items training went by links of which some were missed: by them the same row comes out, by a search another.
                ContentEncoder encoder = withContent.Content[s.m];
                EncodedContent? encoded = encoder.Form.Neighbors == 0 || model.Features.FindsAllNeighbors
                    ? encoder.Encode(s.source[item], other => other != item)
                    : encoder.Encode(s.source[item], model.Features.NeighborsOf(item, s.m, encoder.Form.Neighbors));
                float[] row = encoded?.Row ?? [];
                TensorPrimitives.Multiply(row, sum > 0 ? (float)(weights[s.m] / sum) : 0, row);
                return IsClose(row, withContent.ItemModal[s.m][item].ToArray());
            });
        });
    }

    /// <summary>Rows at even distances, at most <paramref name="max"/>.</summary>
    private static IEnumerable<int> Sample(int count, int max = 1000)
    {
        int taken = Math.Min(count, max);
        return Enumerable.Range(0, taken).Select(n => (int)((long)n * count / taken));
    }

    private static bool IsClose(float[] a, float[] b)
        => a.Length == b.Length && TensorPrimitives.Distance<float>(a, b) <= Tolerance * (1e-3f + TensorPrimitives.Norm<float>(b));

    private static RowStore Rows(torch.Tensor tensor) => RowStore.Of(UserItemEmbeddings.Values(tensor), (int)tensor.shape[1]);
}
