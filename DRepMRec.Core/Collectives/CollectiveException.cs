using System.Text.Json.Serialization;
using DRepMRec.Serialization;

namespace DRepMRec.Collectives;

/// <summary>Why processes can't go on together.</summary>
[JsonConverter(typeof(EnumNameConverter<CollectiveFailure>))]
public enum CollectiveFailure
{
    /// <summary>There is nothing to exchange by: no library, or one that can't be used.</summary>
    Unavailable,

    /// <summary>An exchange wasn't complete in the time that it may take: a peer is lost, stuck or far too slow.</summary>
    TimedOut,

    /// <summary>A peer has left, or can't be reached any more.</summary>
    PeerLost,

    /// <summary>A peer has said that it failed; its own error has the cause.</summary>
    PeerFailed,

    /// <summary>Processes do different things: other data, options, versions or calls.</summary>
    Mismatch,
}

/// <summary>Processes can't go on together. What was written before, such as a checkpoint, is as it was.</summary>
public sealed class CollectiveException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="failure">Why they can't.</param>
    /// <param name="message">What was expected, what came, and what to do.</param>
    /// <param name="cause">The error behind it, if there is one.</param>
    public CollectiveException(CollectiveFailure failure, string message, Exception? cause = null)
        : base(message, cause)
        => Failure = failure;

    /// <summary>Why they can't.</summary>
    public CollectiveFailure Failure { get; }
}
