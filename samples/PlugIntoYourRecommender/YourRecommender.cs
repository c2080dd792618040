using DRepMRec;
using DRepMRec.Graphs;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PlugIntoYourRecommender;

/// <summary>
/// A recommender as you might have one: a user is a row of their own plus the mean of their items' rows (after SVD++, Koren, KDD 2008).
/// </summary>
public sealed class YourRecommender : nn.Module<InteractionGraph, UserItemEmbeddings>, IBehaviorEncoder
{
    private readonly Parameter _users;
    private readonly Parameter _items;

    public YourRecommender(int userCount, int itemCount, int seed = 2024)
        : base(nameof(YourRecommender))
    {
        random.manual_seed(seed);
        _users = new Parameter(nn.init.xavier_uniform_(empty(userCount, EmbeddingDim)));
        _items = new Parameter(nn.init.xavier_uniform_(empty(itemCount, EmbeddingDim)));
        RegisterComponents();
    }

    public int EmbeddingDim => 64;

    public override UserItemEmbeddings forward(InteractionGraph graph)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor users = _users.Plus(graph.UserMeans.Propagate(_items));
        return new UserItemEmbeddings(users, _items.alias()).MoveToOuterDisposeScope();
    }
}
