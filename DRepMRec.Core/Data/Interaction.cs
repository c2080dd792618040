namespace DRepMRec.Data;

/// <summary>One interaction of a user with an item, by raw id.</summary>
/// <param name="User">The user's raw id; not blank.</param>
/// <param name="Item">The item's raw id; not blank.</param>
/// <param name="Rating">How much the user liked the item, in any unit; only <see cref="DatasetOptions.MinimumRating"/> reads it.</param>
/// <param name="Timestamp">When it was, in any unit that ascends; splits by time and <see cref="Training.TimeTravel"/> read it.</param>
/// <param name="Label">The set it belongs to: 0 training, 1 validation, 2 test; only <see cref="SplitStrategy.ByLabel"/> reads it.</param>
/// <param name="Weight">How much it counts, from 1e-20 to 1e20; <see langword="null"/> is 1.</param>
public readonly record struct Interaction(
    string User, string Item, double? Rating = null, double? Timestamp = null, int? Label = null, double? Weight = null);
