namespace DRepMRec.Internals;

/// <summary>
/// What programs are told that are trimmed or compiled ahead of time, and use what needs libtorch: TorchSharp finds the weights of modules
/// by reflection, and would miss some without a word.
/// </summary>
internal static class Untrimmed
{
    public const string Message = "TorchSharp uses reflection: train elsewhere, save a Recommender, load it here.";
}
