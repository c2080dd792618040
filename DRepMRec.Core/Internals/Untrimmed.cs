namespace DRepMRec.Internals;

/// <summary>What programs are told that are trimmed or compiled ahead of time, and use what needs libtorch.</summary>
internal static class Untrimmed
{
    public const string Message =
        "TorchSharp finds the weights of modules by reflection, and would miss some without a word. Train in a program that is neither "
        + "trimmed nor compiled ahead of time, save a Recommender, and load that one.";
}
