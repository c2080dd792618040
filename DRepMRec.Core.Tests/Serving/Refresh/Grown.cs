using DRepMRec.Data;
using DRepMRec.Internals;
using DRepMRec.Serving;
using DRepMRec.Training;

namespace DRepMRec.Tests.Serving;

/// <summary>A small trained model that takes new interactions, and streams of them.</summary>
internal static class Grown
{
    private static readonly Lazy<Recommender> Trained = new(() => Build(
        new DRepMRecOptions { ItemToItem = new() { Enabled = true, BlendWeights = [0.3], PopularityWeights = [0.2] } }));

    public static RecDataset Data { get; } = SyntheticDataset.Create(new SyntheticOptions
    {
        Users = 60,
        Items = 40,
        Clusters = 4,
        Modalities = [new(Modality.Image, 6), new(Modality.Text, 5)],
    }).Data;

    public static Recommender Recommender => Trained.Value;

    public static Recommender Build(DRepMRecOptions options, Func<RecDataset, IBehaviorEncoder>? host = null, int epochs = 2)
    {
        using DRepMRecModel model = host is null
            ? DRepMRecModel.Create(Data, options with { EmbeddingDim = 20 })
            : DRepMRecModel.Create(Data, host(Data), options);
        return Fit(model, epochs).BuildRecommender(new RecommenderOptions { IncludeRefresh = true });
    }

    public static TrainingReport Fit(DRepMRecModel model, int epochs = 2, RecDataset? data = null)
        => new Trainer(model, data ?? Data, new TrainerOptions
        {
            MaxEpochs = epochs,
            BatchSize = 128,
            Adam = new AdamOptions { LearningRate = 0.02 },
        }).Fit();

    /// <summary>Interactions of known and new users with known and new items, some of them twice, some with weights.</summary>
    public static List<Interaction> Stream(SeededRandom random, int count, bool weights) => [.. Enumerable.Range(0, count).Select(_ =>
    {
        int user = random.NextInt(Data.Users.Count + 6), item = random.NextInt(Data.Items.Count + 4);
        return new Interaction(
            user < Data.Users.Count ? Data.Users[user] : $"new-user-{user}",
            item < Data.Items.Count ? Data.Items[item] : $"new-item-{item}",
            Weight: weights && random.NextInt(3) == 0 ? 0.5 + random.NextDouble() : null);
    })];

    /// <summary>All that answers are made of, to the last bit.</summary>
    public static void ShouldBeTheSameAs(this Recommender one, Recommender other)
    {
        one.Users.Should().Equal(other.Users);
        one.Items.Should().Equal(other.Items);
        one.Model.Items.ShouldBe(other.Model.Items);
        one.Model.ItemBehavior.ShouldBe(other.Model.ItemBehavior);
        one.Model.Users.ShouldBe(other.Model.Users);
        one.Model.UserBehavior.ShouldBe(other.Model.UserBehavior);
        foreach (var (a, b) in one.Model.UserModal.Zip(other.Model.UserModal))
            a.ShouldBe(b);
        for (int item = 0; item < one.Model.ItemRows; item++)
            one.Model.Degree(item).Should().Be(other.Model.Degree(item));
        for (int user = 0; user < one.Users.Count; user++)
        {
            one.Model.Seen(user).ToArray().Should().Equal(other.Model.Seen(user).ToArray());
            Weights(one, user).Should().Equal(Weights(other, user));
        }

        foreach (string user in one.Users.Take(5).Append("nobody"))
            one.Recommend(user, 50).Should().Equal(other.Recommend(user, 50));
    }

    private static float[] Weights(Recommender recommender, int user)
        => recommender.Model.Histories.WeightsOf(user) is { IsEmpty: false } own
            ? own.ToArray() : [.. recommender.Model.Seen(user).ToArray().Select(_ => 1f)];

    private static void ShouldBe(this RowStore one, RowStore other)
    {
        one.Count.Should().Be(other.Count);
        for (int row = 0; row < one.Count; row++)
            one[row].SequenceEqual(other[row]).Should().BeTrue("row {0} has the same bits", row);
    }
}
