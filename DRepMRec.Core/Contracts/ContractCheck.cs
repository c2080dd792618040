using System.Text.Json.Serialization;
using DRepMRec.Serialization;

namespace DRepMRec.Contracts;

/// <summary>What is asked of a part of a model.</summary>
[JsonConverter(typeof(EnumNameConverter<ContractCheck>))]
public enum ContractCheck
{
    /// <summary>It is a TorchSharp module and returns one row of Float32 per user and item, of the width that it says.</summary>
    Shapes,

    /// <summary>
    /// All rows are finite, those of users and items without an interaction or without content too; of an alignment also the gradients.
    /// </summary>
    FiniteRows,

    /// <summary>The caller owns what is returned: it's none of the weights, and no tensor stays behind.</summary>
    Ownership,

    /// <summary>The same call gives the same bits, whatever was asked for in between; at inference nothing is drawn.</summary>
    Determinism,

    /// <summary>
    /// Gradients of rows, terms, <see cref="EncoderOutput.Ego"/> and <see cref="EncoderOutput.Modal"/> are the slopes that finite
    /// differences show.
    /// </summary>
    Gradients,

    /// <summary>Each weight that takes gradients gets one from the rows or the terms, and the module knows it.</summary>
    UsedWeights,

    /// <summary>Other places of the users change the places of their rows and nothing else.</summary>
    UserOrder,

    /// <summary>Other places of the items change the places of their rows and nothing else.</summary>
    ItemOrder,

    /// <summary>The rows of a batch alone are those rows of the whole tables, with the same terms and gradients.</summary>
    BatchRows,

    /// <summary>What serving is told (layers of propagation, parts of modalities, the form of the fusion) gives the same rows.</summary>
    Export,

    /// <summary>No term has a weight of 0; of a host, trained alone, two instances come to the same rows.</summary>
    WeightZero,

    /// <summary>Weights that are saved and loaded into another instance give the same rows.</summary>
    SavedWeights,

    /// <summary>After <c>Dispose</c> calls are refused, and no tensor is left.</summary>
    Disposal,
}
