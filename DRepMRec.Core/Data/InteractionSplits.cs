namespace DRepMRec.Data;

/// <summary>Interactions split into three sets over the same users and items.</summary>
/// <param name="Train">The interactions to learn from.</param>
/// <param name="Validation">The interactions that choices are made on.</param>
/// <param name="Test">The interactions that the final figures are read from.</param>
public sealed record InteractionSplits(InteractionSet Train, InteractionSet Validation, InteractionSet Test);
