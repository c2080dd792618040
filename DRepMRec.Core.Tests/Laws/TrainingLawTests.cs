using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Hosts;
using DRepMRec.ItemToItem;
using DRepMRec.Losses;
using DRepMRec.Tests.Reliability;
using DRepMRec.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Laws;

/// <summary>What must not change, or only in a known way, when data, weights or batches are changed in a known way.</summary>
public sealed class TrainingLawTests
{
    private static readonly RecDataset Data = SyntheticDataset.Create(new SyntheticOptions
    {
        Users = 60,
        Items = 40,
        Clusters = 4,
        Modalities = [new(Modality.Image, 6), new(Modality.Text, 5)],
    }).Data;

    public static TheoryData<string> Hosts => ["LightGCN", "BPR-MF", "VBPR", "FREEDOM", "MGCN"];

    [Theory]
    [InlineData("DRepMRec")]
    [InlineData("FREEDOM")]
    public void Other_names_in_the_same_order_change_no_weight(string name)
    {
        var renamed = new RecDataset("another name", new IdMap(Data.Users.Ids.Select(id => $"customer-{id}")),
            new IdMap(Data.Items.Ids.Select(id => $"sku-{id}")), Data.Splits, Data.Features);
        Weights(name, renamed).Should().Equal(Weights(name, Data));
    }

    [Theory]
    [InlineData("DRepMRec")]
    [InlineData("FREEDOM")]
    [InlineData("MGCN")]
    public void Confidences_that_are_all_twice_as_large_change_no_bit(string name)
    {
        // log2(1 + w) is 1, 2 and 3 for weights of 1, 3 and 7, and 2, 4 and 6 for these.
        float[] plain = Weights(name, Weighted([1, 3, 7]));
        Weights(name, Weighted([3, 15, 63])).Should().Equal(plain);
        Weights(name, Data).Should().NotEqual(plain, "weights count");
    }

    [Theory]
    [InlineData("DRepMRec")]
    [InlineData("MGCN")]
    public void One_weight_for_all_is_none(string name) => Weights(name, Weighted([3])).Should().Equal(Weights(name, Data));

    [Theory]
    [MemberData(nameof(Hosts))]
    public void A_user_without_items_changes_no_other_row(string name)
    {
        using var features = new ModalFeatures(Data.Features);
        using DisposeScope scope = NewDisposeScope();
        int users = Data.Users.Count, items = Data.Items.Count;
        IBehaviorEncoder few = Host(name, users, features), more = Host(name, users + 1, features);
        using nn.Module one = (nn.Module)few, other = (nn.Module)more;
        using (no_grad())
        {
            foreach (var (key, weight) in one.named_parameters())
            {
                Tensor target = other.get_parameter(key)!;
                if (target.shape[0] == weight.shape[0])
                    target.copy_(weight);
                else
                    target.copy_(cat(
                        [weight.narrow(0, 0, users), ones(1, weight.shape[1]), weight.narrow(0, users, weight.shape[0] - users)]));
            }
        }

        (int, int)[] pairs = [.. Data.Train.ExpandUsers().Zip(Data.Train.Items.ToArray())];
        var graph = new InteractionGraph(new InteractionSet(users + 1, items, pairs));
        foreach (bool training in new[] { true, false })
        {
            one.train(training);
            other.train(training);
            UserItemEmbeddings expected = few.call(Data.Graph()), actual = more.call(graph);
            Values(actual.Items).Should().Equal(Values(expected.Items));
            Values(actual.Users.narrow(0, 0, users)).Should().Equal(Values(expected.Users));
        }
    }

    [Fact]
    public void A_modality_twice_at_half_weight_is_the_modality()
    {
        ItemFeatures image = Data.Features[0], again = Copy(image, new Modality("again"));
        using ModalFeatures one = new([image]), two = new([image, again]);
        ModalEncoderOptions options = new() { EmbeddingDim = 8, Neighbors = 3 };
        using var single = new ModalEncoder(one, options);
        using var twice = new ModalEncoder(two, options with { ModalityWeights = [0.5, 0.5] });
        using var equal = new ModalEncoder(two, options);
        using DisposeScope scope = NewDisposeScope();
        using (no_grad())
        {
            foreach (nn.Module encoder in new[] { twice, equal })
            {
                foreach (var (key, weight) in single.named_parameters())
                {
                    encoder.get_parameter(key)!.copy_(weight);
                    encoder.get_parameter(key.Replace("gates.0", "gates.1", StringComparison.Ordinal))!.copy_(weight);
                }
            }
        }

        UserItemEmbeddings expected = single.call(Data.Graph(), one);
        foreach (ModalEncoder encoder in new[] { twice, equal })
        {
            UserItemEmbeddings actual = encoder.call(Data.Graph(), two);
            actual.Items.allclose(expected.Items, 1e-5, 1e-6).Should().BeTrue();
            actual.Users.allclose(expected.Users, 1e-5, 1e-6).Should().BeTrue();
        }

        CsrMatrix alone = ItemGraphs.Combine(one, 4, []), both = ItemGraphs.Combine(two, 4, [1, 1]);
        both.Columns.ToArray().Should().Equal(alone.Columns.ToArray());
        both.Values.ToArray().Should().Equal(alone.Values.ToArray());

        var closed = new ItemToItemOptions { Enabled = true, ContentWeight = 40 };
        RecDataset of = With(image), ofBoth = With(image, again);
        ItemToItemModel.Solve(ofBoth, closed with { ContentWeight = 20 }).Weights.Values.ToArray().Should().Equal(
            ItemToItemModel.Solve(of, closed).Weights.Values.ToArray(), (a, b) => MathF.Abs(a - b) < 1e-5f);
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public void Twice_the_embedding_is_twice_the_row_where_the_host_is_linear(string name)
    {
        using var features = new ModalFeatures(Data.Features);
        using DisposeScope scope = NewDisposeScope();
        IBehaviorEncoder host = Host(name, Data.Users.Count, features);
        using var module = (nn.Module)host;
        UserItemEmbeddings own = host.call(Data.Graph()), before = new(own.Users.Times(1), own.Items.Times(1));
        using (no_grad())
        {
            foreach (var (key, weight) in module.named_parameters().Where(p => p.name.EndsWith("embedding", StringComparison.Ordinal)))
                weight.mul_(2);
        }

        UserItemEmbeddings after = host.call(Data.Graph());
        if (name == "MGCN")
        {
            after.Items.allclose(before.Items.Times(2), 1e-4, 1e-6).Should().BeFalse("its gates and its attention are not linear");
            return;
        }

        Values(after.Users).Should().Equal(Values(before.Users.Times(2)));
        int width = name == "VBPR" ? host.EmbeddingDim / 2 : host.EmbeddingDim;
        Values(after.Items.narrow(1, 0, width)).Should().Equal(Values(before.Items.Times(2).narrow(1, 0, width)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_loss_is_a_mean_over_interactions_in_any_order_and_however_often_all_of_them_come(bool softmax)
    {
        using DisposeScope scope = NewDisposeScope();
        RankingLoss loss = softmax ? new RankingLoss.SampledSoftmax { Negatives = 4 } : new RankingLoss.Bpr();
        var rows = new UserItemEmbeddings(tensor(Samples.Floats(60 * 5, 1), 60, 5), tensor(Samples.Floats(40 * 5, 2), 40, 5));
        int[] users = [3, 9, 3, 20, 41], positives = [1, 7, 2, 30, 39], negatives = [5, 6, 7, 8, 1];
        double Loss(int[] order) => loss.Compute(rows, new TrainingBatch(
            [.. order.Select(n => users[n])], [.. order.Select(n => positives[n])],
            softmax ? negatives : [.. order.Select(n => negatives[n])], softmax)
        { Known = Data.Train }.Whole).item<float>();
        double once = Loss([0, 1, 2, 3, 4]);
        Loss([4, 2, 0, 1, 3]).Should().BeApproximately(once, 1e-6);
        Loss([0, 1, 2, 3, 4, 0, 1, 2, 3, 4]).Should().BeApproximately(once, 1e-6);
        double parts = ((2 * Loss([0, 1])) + (3 * Loss([2, 3, 4]))) / 5;
        parts.Should().BeApproximately(once, 1e-6, "the loss of a union is the weighted mean");
    }

    [Fact]
    public void Losses_of_cosines_know_no_lengths()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor a = tensor(Samples.Floats(8 * 5, 1), 8, 5), b = tensor(Samples.Floats(8 * 5, 2), 8, 5);
        Tensor longer = a * tensor(Samples.Floats(8, 3).Select(v => MathF.Exp(3 * v)).ToArray(), 8, 1);
        Func<Tensor, float>[] losses =
        [
            x => ContrastiveLosses.InfoNce(x, b, 0.2).item<float>(), x => ContrastiveLosses.InfoNce(b, x, 0.2).item<float>(),
            x => ContrastiveLosses.InfoNceOneWay(x, b, 0.2).item<float>(),
        ];
        foreach (var loss in losses)
            loss(longer).Should().BeApproximately(loss(a), 1e-5f);
        ContrastiveLosses.InfoNce(a, b, 0.2).item<float>().Should().BeApproximately(
            ContrastiveLosses.InfoNce(b, a, 0.2).item<float>(), 1e-6f, "it's the same in both directions");
    }

    [Fact]
    public void A_split_of_users_does_not_depend_on_the_others()
    {
        Interaction[] log = [.. Enumerable.Range(0, 30).SelectMany(u => Enumerable.Range(0, 3 + (u % 9))
            .Select(n => new Interaction($"u{u}", $"i{((u * 7) + (n * 5)) % 23}", Timestamp: ((u * 31) + (n * 17)) % 101)))];
        foreach (SplitStrategy strategy in new[] { SplitStrategy.LeaveOneOut(), SplitStrategy.LeaveOneOut(byTime: true),
            SplitStrategy.PerUserTime(), SplitStrategy.RandomPerUser() })
        {
            RecDataset all = Split(log, strategy), half = Split(log.Where(row => row.User.Length == 3), strategy);
            Split(log.Reverse(), strategy).SplitChecksum.Should().Be(all.SplitChecksum, "the order of rows doesn't count");
            Pairs(half).Should().BeSubsetOf(Pairs(all), $"{strategy}");
            Pairs(all).Select(p => p[(p.IndexOf(':') + 1)..]).Should().BeEquivalentTo(
                log.Select(row => $"{row.User} {row.Item}").Distinct(), "each interaction is in one set");
        }

        static RecDataset Split(IEnumerable<Interaction> rows, SplitStrategy strategy)
            => RecDataset.FromInteractions("law", [.. rows], options: new DatasetOptions { Split = strategy });

        static string[] Pairs(RecDataset data) => [.. new[] { ("train", data.Train), ("validation", data.Validation), ("test", data.Test) }
            .SelectMany(s => s.Item2.ExpandUsers().Zip(s.Item2.Items.ToArray(), (u, i) => $"{s.Item1}:{data.Users[u]} {data.Items[i]}"))];
    }

    private static RecDataset With(params ItemFeatures[] features) => new(Data.Name, Data.Users, Data.Items, Data.Splits, features);

    private static ItemFeatures Copy(ItemFeatures features, Modality modality) => new(modality, features.ItemCount, features.Dimension,
        [.. Enumerable.Range(0, features.ItemCount).SelectMany(i => features[i].ToArray())]);

    private static RecDataset Weighted(float[] weights)
    {
        InteractionSet Of(InteractionSet set) => new(set.UserCount, set.ItemCount, [.. set.ExpandUsers().Zip(set.Items.ToArray())],
            [.. Enumerable.Range(0, set.Count).Select(n => weights[n % weights.Length])]);
        return new RecDataset(Data.Name, Data.Users, Data.Items,
            new InteractionSplits(Of(Data.Train), Of(Data.Validation), Of(Data.Test)), Data.Features);
    }

    private static IBehaviorEncoder Host(string name, int users, ModalFeatures features) => name switch
    {
        "LightGCN" => new LightGcnEncoder(users, features.ItemCount, new() { EmbeddingDim = 8 }),
        "BPR-MF" => new MatrixFactorizationEncoder(users, features.ItemCount, new() { EmbeddingDim = 8 }),
        "VBPR" => new VbprEncoder(users, features, new() { EmbeddingDim = 4 }),
        "FREEDOM" => new FreedomEncoder(users, features, new() { EmbeddingDim = 8, Neighbors = 3 }),
        _ => new MgcnEncoder(users, features, new() { EmbeddingDim = 8, Neighbors = 3 }),
    };

    private static float[] Weights(string name, RecDataset data)
    {
        using var features = new ModalFeatures(data.Features);
        using DRepMRecModel model = Models.Create(name, data, features);
        new Trainer(model, data, TinyTraining.Options(2)).Fit();
        return [.. model.parameters().SelectMany(Values)];
    }

    private static float[] Values(Tensor x)
    {
        using Tensor plain = x.detach().contiguous();
        return plain.data<float>().ToArray();
    }
}
