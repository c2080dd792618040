using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Export;
using DRepMRec.Serving;

namespace Benchmarks.Serving;

/// <summary>Random models of any size: for time it doesn't matter what the numbers are.</summary>
internal static class Catalogue
{
    private const int Dimension = 64;
    private const int Users = 1000;
    private const int HistoryLength = 20;

    public static Recommender Create(int items)
    {
        var random = new Random(1);
        var seen = new InteractionSet(Users, items, [.. Enumerable.Range(0, Users).SelectMany(u => Enumerable.Range(0, HistoryLength).Select(n => (u, (int)(((u * 7919L) + (n * 104729L)) % items))).Distinct())]);
        var manifest = new ModelManifest(ModelManifest.CurrentFormatVersion, "0", "random", "", Users, items, Dimension, new Dictionary<string, double>());
        string[] Ids(string prefix, int count) => [.. Enumerable.Range(0, count).Select(i => $"{prefix}{i}")];
        return new Recommender(ModelExport.Assemble(manifest, Ids("user", Users), Ids("item", items), Rows(Users, random), Rows(items, random), seen));
    }

    /// <summary>The same with a modal line of one modality, so that items can be put into it.</summary>
    public static Recommender CreateWithContent(int items)
    {
        const int Features = 32;
        var random = new Random(2);
        ServingModel model = Create(items).Model;
        var modality = new ModalityForm { Name = "image", FeatureDimension = Features, Gated = true, Neighbors = 10, KeepSelf = true };
        var form = new ModelForm { Fusion = FusionKind.NormalizedSum, ModalWeight = 0.3, ColdModalWeight = 1, Normalized = true, LineDimension = Dimension, HasContent = true, Modalities = [modality] };
        RowStore userBehavior = model.Users, itemBehavior = model.Items, userModal = Rows(Users, random), itemModal = Rows(items, random);
        RowStore Fuse(RowStore behavior, RowStore modal, bool user) => RowStore.Of([.. Enumerable.Range(0, behavior.Count).SelectMany(n => LineFusion.Sum(LineFusion.Parts(form, behavior[n], [modal[n].ToArray()], user)))], Dimension);
        return new Recommender(model with
        {
            Manifest = model.Manifest with { Form = form },
            Users = Fuse(userBehavior, userModal, user: true),
            Items = Fuse(itemBehavior, itemModal, user: false),
            UserModal = [userModal],
            ItemModal = [itemModal],
            Content =
            [
                new ContentEncoder(modality, Numbers(Features, random), Block<float>.Copy(Enumerable.Repeat(1f, Features).ToArray()), Numbers(Dimension * Features, random), Numbers(Dimension, random))
                {
                    Gate = Numbers(Dimension * Dimension, random),
                    GateBias = Numbers(Dimension, random),
                    Features = Rows(items, random, Features),
                    NeighborValues = Rows(items, random),
                },
            ],
        });
    }

    private static Block<float> Numbers(int count, Random random) => Rows(count, random, 1).Rows;

    private static RowStore Rows(int count, Random random, int width = Dimension)
    {
        var values = new float[count * width];
        for (int i = 0; i < values.Length; i++)
            values[i] = random.NextSingle() - 0.5f;
        return RowStore.Of(values, width);
    }
}
