using DRepMRec.Data;

namespace DRepMRec.Tests.Data;

public sealed class SyntheticDatasetTests
{
    private static readonly SyntheticDataset Default = SyntheticDataset.Create();

    private static RecDataset Data => Default.Data;

    [Fact]
    public void Nobody_has_fewer_than_five_interactions_where_there_are_items_enough()
    {
        RecDataset data = SyntheticDataset.Create(new SyntheticOptions { Users = 100, Items = 50, Clusters = 25 }).Data;
        Enumerable.Range(0, 100).Min(u => data.Train.ItemsOf(u).Length + data.Validation.ItemsOf(u).Length + data.Test.ItemsOf(u).Length)
            .Should().BeGreaterThanOrEqualTo(5);
    }

    [Fact]
    public void Has_the_size_that_was_asked_for()
    {
        DatasetSummary summary = Data.Summarize();

        (summary.Users, summary.Items, summary.ColdUsers, summary.ColdItems).Should().Be((1500, 1000, 0, 100));
        (summary.Train + summary.Validation + summary.Test).Should().BeInRange(19_000, 23_000);
        summary.Modalities.Select(m => (m.Modality.Name, m.Dimension)).Should().Equal(("image", 64), ("text", 48));
        summary.Modalities.Should().OnlyContain(m => m.Present >= 950 && m.Present < 1000);
        Data.Users[7].Should().Be("user-7");
        Data.Items[999].Should().Be("item-999");
    }

    [Fact]
    public void The_dataset_of_a_seed_never_changes()
    {
        Data.SplitChecksum.Should().StartWith("e9ae96ad6b5a4fb6014a");
        SyntheticDataset other = SyntheticDataset.Create(new() { Seed = 1 });
        other.Data.SplitChecksum.Should().NotBe(Data.SplitChecksum);
        SyntheticDataset same = SyntheticDataset.Create(new());
        same.Data.Features[0].Values.SequenceEqual(Data.Features[0].Values).Should().BeTrue();
        same.ItemClusters.Should().Equal(Default.ItemClusters);
    }

    [Fact]
    public void Titles_are_unique_and_say_the_category()
    {
        Default.ItemTitles.Should().HaveCount(1000).And.OnlyHaveUniqueItems();
        Default.ItemCategories.Distinct().Should().HaveCount(25);
        for (int a = 0; a < 50; a++)
        {
            for (int b = 0; b < 50; b++)
                (Default.ItemCategories[a] == Default.ItemCategories[b]).Should().Be(Default.ItemClusters[a] == Default.ItemClusters[b]);
        }

        int tent = Default.ItemCategories.ToList().IndexOf("tents");
        Default.ItemTitles[tent].Should().MatchRegex("^(Ultralight|Family|Expedition) tent [0-9]+$");
        SyntheticDataset many = SyntheticDataset.Create(new() { Users = 100, Items = 200, Clusters = 60 });
        many.ItemTitles.Should().OnlyHaveUniqueItems();
        many.ItemCategories.Distinct().Should().HaveCount(60).And.Contain("tents").And.Contain("tents 2").And.Contain("tents 3");
    }

    [Fact]
    public void Cold_items_are_asked_for_but_never_trained_on()
    {
        int[] trained = Data.Train.ItemDegrees();
        int[] tested = Data.Test.ItemDegrees();
        int[] validated = Data.Validation.ItemDegrees();
        int[] cold = [.. Enumerable.Range(0, Data.Items.Count).Where(i => trained[i] == 0)];

        cold.Should().HaveCount(100);
        ((double)cold.Sum(i => tested[i]) / Data.Test.Count).Should().BeApproximately(0.1, 0.02);
        ((double)cold.Sum(i => validated[i]) / Data.Validation.Count).Should().BeApproximately(0.1, 0.02);
        cold.Count(i => tested[i] > 0).Should().BeGreaterThan(80);
    }

    [Fact]
    public void Users_stay_in_their_clusters_up_to_the_noise()
    {
        double Inside(InteractionSet set)
        {
            int inside = 0;
            for (int u = 0; u < set.UserCount; u++)
            {
                foreach (int item in set.ItemsOf(u))
                    inside += Default.UserClusters[u].Contains(Default.ItemClusters[item]) ? 1 : 0;
            }

            return (double)inside / set.Count;
        }

        Inside(Data.Train).Should()
            .BeInRange(0.82, 0.92, "15 % of the interactions follow no taste, and a few of these are inside by chance");
        Inside(Data.Validation).Should().Be(1);
        Inside(Data.Test).Should().Be(1);
        Default.UserClusters.Should().OnlyContain(c => c.Count == 1 || c.Count == 2);
    }

    [Theory]
    [InlineData(0, 0.85)]
    [InlineData(1, 0.75)]
    public void Features_point_to_the_cluster(int modality, double atLeast)
    {
        ItemFeatures features = Data.Features[modality];
        int[] present = [.. Enumerable.Range(0, features.ItemCount).Where(i => features.Present[i])];
        var centroids = new double[25][];
        foreach (var cluster in present.GroupBy(i => Default.ItemClusters[i]))
            centroids[cluster.Key] = [.. Enumerable.Range(0, features.Dimension).Select(d => cluster.Average(i => (double)features[i][d]))];

        double right = present.Average(i => Nearest(features[i].ToArray()) == Default.ItemClusters[i] ? 1.0 : 0);

        right.Should().BeInRange(atLeast, 0.999, "the clusters are to be learnt, but not for nothing");

        int Nearest(float[] row) => Enumerable.Range(0, 25).MinBy(c => centroids[c].Zip(row, (a, b) => (a - b) * (a - b)).Sum());
    }

    [Fact]
    public void Neighbours_beat_popularity_and_content_finds_the_cold_items()
    {
        int[] degrees = Data.Train.ItemDegrees();
        float[,] together = CoOccurrence(degrees);
        float[,] alike = Likeness();
        double popularity = Recall((_, item) => degrees[item]).All;
        var (neighbours, coldNeighbours) = Recall((user, item) => Sum(together, user, item));
        var (content, coldContent) = Recall((user, item) => Sum(alike, user, item));

        neighbours.Should().BeGreaterThan(3 * popularity);
        content.Should().BeGreaterThan(3 * popularity);
        coldNeighbours.Should().Be(0);
        coldContent.Should().BeGreaterThan(0.4);
    }

    [Fact]
    public void Small_and_extreme_options_work()
    {
        SyntheticDataset bare =
            SyntheticDataset.Create(new() { Users = 3, Items = 2, Clusters = 1, Modalities = [], ColdItemShare = 0, BehaviorNoise = 0 });
        bare.Data.Features.Should().BeEmpty();
        SyntheticDataset hard = SyntheticDataset.Create(
            new() { Users = 50, Items = 40, Clusters = 20, ColdItemShare = 0.9, MissingFeatureShare = 0.9, MeanInteractions = 60 });
        hard.Data.Summarize().ColdItems.Should().Be(20, "the leading item of each cluster is never cold");
    }

    [Fact]
    public void Refuses_options_that_do_not_fit()
    {
        Action few = () => SyntheticDataset.Create(new() { Items = 10, Clusters = 6 });
        few.Should().Throw<ArgumentException>()
            .WithMessage("A synthetic dataset needs at least two items per cluster; got 10 items and 6 clusters.");
        Action empty = () => SyntheticDataset.Create(new() { Modalities = [new(Modality.Text, 0)] });
        empty.Should().Throw<ArgumentException>().WithMessage("Modality text needs at least one feature; got 0.");
        Action noise = () => _ = new SyntheticOptions { BehaviorNoise = 1 };
        noise.Should().Throw<ArgumentOutOfRangeException>().WithMessage("BehaviorNoise must be at least 0 and below 1.*");
    }

    private static float Sum(float[,] similarity, int user, int item)
    {
        float sum = 0;
        foreach (int other in Data.Train.ItemsOf(user))
            sum += similarity[other, item];
        return sum;
    }

    private static float[,] CoOccurrence(int[] degrees)
    {
        var together = new float[Data.Items.Count, Data.Items.Count];
        for (int u = 0; u < Data.Users.Count; u++)
        {
            foreach (int a in Data.Train.ItemsOf(u))
            {
                foreach (int b in Data.Train.ItemsOf(u))
                    together[a, b] += a == b ? 0 : 1 / MathF.Sqrt(degrees[a] * degrees[b]);
            }
        }

        return together;
    }

    private static float[,] Likeness()
    {
        ItemFeatures image = Data.Features[0];
        float[][] rows = [.. Enumerable.Range(0, image.ItemCount).Select(i => image[i].ToArray())];
        var alike = new float[rows.Length, rows.Length];
        for (int a = 0; a < rows.Length; a++)
        {
            for (int b = 0; b < rows.Length; b++)
            {
                for (int d = 0; d < image.Dimension; d++)
                    alike[a, b] += rows[a][d] * rows[b][d];
            }
        }

        return alike;
    }

    // Recall at 20 over all test interactions, and over those on cold items.
    private static (double All, double Cold) Recall(Func<int, int, float> score)
    {
        int[] degrees = Data.Train.ItemDegrees();
        int hits = 0, coldHits = 0, cold = 0;
        for (int u = 0; u < Data.Users.Count; u++)
        {
            HashSet<int> top = [.. Enumerable.Range(0, Data.Items.Count).Where(i => !Data.Train.Contains(u, i))
                .OrderByDescending(i => score(u, i)).Take(20)];
            foreach (int item in Data.Test.ItemsOf(u))
            {
                bool hit = top.Contains(item);
                hits += hit ? 1 : 0;
                cold += degrees[item] == 0 ? 1 : 0;
                coldHits += hit && degrees[item] == 0 ? 1 : 0;
            }
        }

        return ((double)hits / Data.Test.Count, (double)coldHits / cold);
    }
}
