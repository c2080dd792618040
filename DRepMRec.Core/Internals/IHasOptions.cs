namespace DRepMRec.Internals;

/// <summary>A module that can show its options, so that a checkpoint can tell whether they are the same.</summary>
internal interface IHasOptions
{
    object Options { get; }
}
