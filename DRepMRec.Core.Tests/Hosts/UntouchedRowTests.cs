using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Hosts;
using DRepMRec.Tests.Support;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Hosts;

/// <summary>
/// Hosts that know cold items by their content: what they say of items must not come from first weights that no positive has shaped.
/// </summary>
public sealed class UntouchedRowTests
{
    private const int Users = 12;
    private const int Items = 16;

    private static readonly DRepMRecOptions Alone = new() { UseModalLine = false };

    // Items 10 to 12 are like items that have users, 13 and 14 like each other alone, and 15 has no content.
    private static readonly RecDataset Data = Build();

    [Theory]
    [InlineData("freedom", 0, "10, 11, 12, 13, 14, 15")]
    [InlineData("freedom", 1, "13, 14, 15")]
    [InlineData("freedom", 3, "13, 14, 15")]
    [InlineData("mgcn", 0, "10, 11, 12, 13, 14, 15")]
    [InlineData("mgcn", 1, "13, 14, 15")]
    [InlineData("mgcn", 3, "13, 14, 15")]
    public void First_weights_of_items_that_no_positive_reaches_change_nothing(string host, int itemLayers, string untouched)
    {
        using var features = new ModalFeatures(Data.Features, FeatureScaling.None);
        using DRepMRecModel model = DRepMRecModel.Create(Data, Create(host, itemLayers, features), Alone);
        using UserItemEmbeddings before = model.Embed();
        Tensor embedding = model.state_dict()["behavior.embedding"];
        using (no_grad())
        {
            foreach (string item in untouched.Split(", "))
                embedding[Users + int.Parse(item, System.Globalization.CultureInfo.InvariantCulture)].fill_(50);
        }

        using UserItemEmbeddings after = model.Embed();
        UserItemEmbeddings.Values(after.Users).Should().Equal(UserItemEmbeddings.Values(before.Users));
        UserItemEmbeddings.Values(after.Items).Should().Equal(UserItemEmbeddings.Values(before.Items));
    }

    [Fact]
    public void A_modality_of_weight_0_reaches_no_item_in_freedom()
    {
        // By the other modality all items are alike.
        var other = new ItemFeatures(Modality.Text, Items, 2, [.. Enumerable.Range(0, Items * 2).Select(n => 1f + (n % 2))]);
        using var features = new ModalFeatures([.. Data.Features, other], FeatureScaling.None);
        float[] Rows(double weight, float value)
        {
            var options = new FreedomOptions { EmbeddingDim = 8, Neighbors = 16, ModalityWeights = [1, weight] };
            using DRepMRecModel model = DRepMRecModel.Create(Data, new FreedomEncoder(Users, features, options), Alone);
            using (no_grad())
                model.state_dict()["behavior.embedding"][Users + 15].fill_(value);
            using UserItemEmbeddings rows = model.Embed();
            return UserItemEmbeddings.Values(rows.Items);
        }

        Rows(0, 50).Should().Equal(Rows(0, 0));
        Rows(0.5, 50).Should().NotEqual(Rows(0.5, 0), "item 15 has neighbours there");
    }

    [Fact]
    public void An_item_without_users_and_content_is_unknown_to_freedom()
    {
        using var features = new ModalFeatures(Data.Features, FeatureScaling.None);
        using DRepMRecModel model = DRepMRecModel.Create(Data, Create("freedom", 1, features), Alone);
        using UserItemEmbeddings rows = model.Embed();
        float[] items = UserItemEmbeddings.Values(rows.Items);
        items[(15 * 8)..].Should().AllBeEquivalentTo(0f);
        items[(10 * 8)..(11 * 8)].Should().NotContain(0f, "its neighbours have users");
    }

    [Fact]
    public void An_item_without_users_and_content_is_unknown_to_vbpr_whatever_its_bias()
    {
        using var features = new ModalFeatures(Data.Features, FeatureScaling.None);
        using DRepMRecModel model = DRepMRecModel.Create(
            Data, new VbprEncoder(Users, features, new VbprOptions { EmbeddingDim = 4 }), Alone);
        using (no_grad())
            model.state_dict()["behavior.projections.0.bias"].fill_(1);
        using UserItemEmbeddings rows = model.Embed();
        float[] items = UserItemEmbeddings.Values(rows.Items);
        items[(15 * 8)..].Should().AllBeEquivalentTo(0f);
        foreach (int known in new[] { 0, 10, 14 })
            items[(known * 8)..((known + 1) * 8)].Should().Contain(value => value != 0, "item {0} has users or content", known);
    }

    private static IBehaviorEncoder Create(string host, int itemLayers, ModalFeatures features) => host == "freedom"
        ? new FreedomEncoder(Users, features, new FreedomOptions { EmbeddingDim = 8, Neighbors = 3, ItemLayers = itemLayers })
        : new MgcnEncoder(Users, features, new MgcnOptions { EmbeddingDim = 8, Neighbors = 3, ItemLayers = itemLayers });

    private static RecDataset Build()
    {
        float[] values = new float[Items * 3];
        for (int item = 0; item < 15; item++)
        {
            var (sine, cosine) = MathF.SinCos(0.15f * (item % 10));
            (values[item * 3], values[(item * 3) + 1], values[(item * 3) + 2]) = item < 13 ? (cosine, sine, 0) : (0, 0, 1);
        }

        List<(int, int)> train = [.. Enumerable.Range(0, Users).SelectMany(u => new[] { (u, u % 10), (u, (u + 3) % 10) })];
        var features = new ItemFeatures(Modality.Image, Items, 3, values);
        return Samples.Dataset("untouched", Users, Items, train, [(0, 11)], [(1, 12)], [features]);
    }
}
