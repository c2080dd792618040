using DRepMRec.Collectives;
using DRepMRec.Graphs;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Collectives;

/// <summary>A host that is linear in its embeddings, made of what is public: rows of users, and of items times a scale.</summary>
internal sealed class OwnHost : nn.Module<InteractionGraph, UserItemEmbeddings>, IBehaviorEncoder
{
    private readonly Parameter _users;
    private readonly Parameter _items;
    private readonly Parameter _scale;

    public OwnHost(int users, int items, int dimension, ColumnPartition? columns, bool holds = true)
        : base(nameof(OwnHost))
    {
        (EmbeddingDim, Columns) = (dimension, columns);
        Parameter Table(int rows)
        {
            // All columns are drawn, whichever are kept, so that each is the same for all who keep it.
            var random = new Random(rows);
            float[] values = [.. Enumerable.Range(0, rows * dimension).Select(_ => (random.NextSingle() - 0.5f) / 4)];
            Tensor all = tensor(values, rows, dimension);
            if (columns is null)
                return new Parameter(all);
            var own = new Parameter(all.narrow(1, columns.First, columns.Count).contiguous());
            return holds ? columns.Hold(own) : own;
        }

        (_users, _items) = (Table(users), Table(items));
        _scale = new Parameter(ones(items, 1)); // Whole, and the same on all processes: it isn't an embedding, and takes no gradient.
        _scale.requires_grad = false;
        RegisterComponents();
    }

    public int EmbeddingDim { get; }

    public ColumnPartition? Columns { get; }

    public UserItemEmbeddings? Ego => new UserItemEmbeddings(_users.alias(), _items.alias());

    public override UserItemEmbeddings forward(InteractionGraph graph)
    {
        var own = new UserItemEmbeddings(_users.alias(), _items * _scale);
        return Columns?.Gather(own) ?? own;
    }
}
