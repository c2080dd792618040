using System.Text.Json.Serialization;
using DRepMRec.Serialization;

namespace DRepMRec.Serving;

/// <summary>What <see cref="Recommender.WithInteractions"/> does with a model.</summary>
[JsonConverter(typeof(EnumNameConverter<RefreshKind>))]
public enum RefreshKind
{
    /// <summary>It refuses: the model came without what that takes (<see cref="RecommenderOptions.IncludeRefresh"/>).</summary>
    None,

    /// <summary>Rows become those of the whole propagation over the new graph, with the first layer that was learned.</summary>
    Exact,

    /// <summary>Users with new interactions are folded in by their whole histories; rows of items stay as trained.</summary>
    FoldIn,
}
