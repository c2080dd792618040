using DRepMRec.Data;
using DRepMRec.Internals;
using DRepMRec.Serving;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace DRepMRec.Tests.Serving;

/// <summary>What rows of a graph that has grown have to be, made from the whole graph.</summary>
internal static class GrownGraph
{
    // Of sums in another order.
    private const float Rounding = 1e-4f;

    /// <summary>The number of an item's users; -1 where it isn't known.</summary>
    public static int Popularity(this Recommender recommender, string item)
        => recommender.Model.TryGetItem(item, out int row) ? recommender.Model.Degree(row) : -1;

    /// <summary>The model with all rows made anew from its graph.</summary>
    public static Recommender Whole(Recommender recommender)
    {
        ServingModel model = DRepMRec.Serving.Refresh.Settle(recommender.Model);
        return new Recommender(DRepMRec.Serving.Refresh.Recompute(model with
        {
            Propagation = new Once<PropagatedRows>(PropagatedRows.Of(model.FirstLayer!, model.Histories, model.ItemRows)),
        }));
    }

    /// <summary>The dataset with the users, items and histories of a recommender.</summary>
    public static RecDataset Extend(Recommender recommender)
    {
        string[] users = [.. recommender.Users], items = [.. recommender.Items];
        InteractionSet none = new(users.Length, items.Length, []);
        (int, int)[] pairs = [.. users.SelectMany((_, u) => recommender.Model.Seen(u).ToArray().Select(item => (u, item)))];
        float[] Confidences(int u) => recommender.Model.Histories.WeightsOf(u) is { IsEmpty: false } own
            ? own.ToArray() : [.. Enumerable.Repeat(1f, recommender.Model.Seen(u).Length)];
        InteractionSet train = new(
            users.Length, items.Length, pairs, [.. users.SelectMany((_, u) => Confidences(u)).Select(c => MathF.Pow(2, c) - 1)]);
        return new RecDataset("grown", new IdMap(users), new IdMap(items), new InteractionSplits(train, none, none),
            [.. Grown.Data.Features.Select(f => Extend(f, items.Length))]);
    }

    /// <summary>The dataset with other weights for its interactions.</summary>
    public static RecDataset Weighted(RecDataset data)
    {
        (int, int)[] pairs = [.. data.Users.Ids.SelectMany((_, u) => data.Train.ItemsOf(u).ToArray().Select(item => (u, item)))];
        InteractionSet train = new(
            data.Users.Count, data.Items.Count, pairs, [.. pairs.Select((_, n) => n % 4 == 0 ? 1f : 0.5f + (n % 5))]);
        return new RecDataset(
            "weighted", data.Users, data.Items, new InteractionSplits(train, data.Validation, data.Test), data.Features);
    }

    private static ItemFeatures Extend(ItemFeatures features, int items)
    {
        var values = new float[items * features.Dimension];
        features.Values.CopyTo(values);
        return new ItemFeatures(features.Modality, items, features.Dimension, values);
    }

    /// <summary>
    /// Gives a model over a grown graph the weights of the trained one, and zeros for rows that training left as they were at first.
    /// </summary>
    public static void Copy(DRepMRecModel trained, DRepMRecModel untrained, DRepMRecModel grown)
    {
        using IDisposable noGradient = no_grad();
        Dictionary<string, Tensor> old = trained.state_dict(), first = untrained.state_dict();
        int users = trained.Graph.UserCount, shift = grown.Graph.UserCount - users;
        foreach (var (name, tensor) in grown.state_dict())
        {
            if (name != "behavior.embedding")
            {
                tensor.copy_(old[name]);
                continue;
            }

            tensor.zero_();
            for (int node = 0; node < users + trained.Graph.ItemCount; node++)
            {
                if (old[name][node].ne(first[name][node]).any().item<bool>())
                    tensor[node < users ? node : node + shift].copy_(old[name][node]);
            }
        }
    }

    public static void ShouldBeClose(this RowStore rows, float[] expected)
    {
        rows.Count.Should().Be(expected.Length / rows.Width);
        for (int row = 0; row < rows.Count; row++)
        {
            ReadOnlySpan<float> own = expected.AsSpan(row * rows.Width, rows.Width);
            TensorPrimitives.Distance(rows[row], own).Should()
                .BeLessThanOrEqualTo(Rounding * (1 + TensorPrimitives.Norm(own)), "{0}", row);
        }
    }
}
