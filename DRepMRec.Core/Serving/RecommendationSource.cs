using System.Text.Json.Serialization;
using DRepMRec.Serialization;

namespace DRepMRec.Serving;

/// <summary>The source of recommendations: the first of these that there is for a request.</summary>
[JsonConverter(typeof(EnumNameConverter<RecommendationSource>))]
public enum RecommendationSource
{
    /// <summary>The representation that the user got in training, by at least one training interaction.</summary>
    User,

    /// <summary>The history of the request, folded into the space of the users: at least one of its items was in training.</summary>
    FoldIn,

    /// <summary>The content of the request's history, whose items nobody had chosen in training.</summary>
    Content,

    /// <summary>How many users each item has: nothing is known of the user, or nothing but the id.</summary>
    Popularity,
}
