namespace DRepMRec.Serving;

/// <summary>How far an export is.</summary>
/// <param name="Done">The users, items or rows that are done.</param>
/// <param name="Total">How many there are.</param>
public readonly record struct ExportProgress(long Done, long Total);
