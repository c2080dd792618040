namespace DRepMRec.Data;

/// <summary>The set that an interaction falls to, by its number in the x_label column.</summary>
internal enum SplitPart : byte
{
    Train = 0,
    Validation = 1,
    Test = 2,
}
