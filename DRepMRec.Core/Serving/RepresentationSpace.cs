using System.Text.Json.Serialization;
using DRepMRec.Serialization;

namespace DRepMRec.Serving;

/// <summary>The representations that items, or users, are compared by.</summary>
[JsonConverter(typeof(EnumNameConverter<RepresentationSpace>))]
public enum RepresentationSpace
{
    /// <summary>The representations that recommendations are made by.</summary>
    Fused,

    /// <summary>The behaviour line: who chose what.</summary>
    Behavior,

    /// <summary>The modal line: what the items are like. Only where the model has one.</summary>
    Content,
}
