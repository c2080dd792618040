using System.Numerics.Tensors;
using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>Refuses what can't be an item of a catalogue, before anything is done with it.</summary>
internal static class ItemCheck
{
    /// <exception cref="ArgumentException">An item can't be one; the message says which, why, and what was expected.</exception>
    public static void ThrowIfInvalid(ServingModel model, IReadOnlyCollection<ItemContent> items)
    {
        Dictionary<Modality, int> dimensions = model.Content.ToDictionary(c => new Modality(c.Form.Name), c => c.Form.FeatureDimension);
        var ids = new HashSet<string>();
        foreach (ItemContent item in items)
        {
            ThrowIfInvalidId(item);
            if (!ids.Add(item.Id))
                throw new ArgumentException($"Each item must occur once; {Shown.Text(item.Id)} is there twice.", nameof(items));
            if (Fault(item.Features, dimensions) is { } fault)
                throw new ArgumentException($"Item {Shown.Text(item.Id)}: {fault}", nameof(items));
        }
    }

    private static void ThrowIfInvalidId(ItemContent? item)
    {
        if (item is null || string.IsNullOrWhiteSpace(item.Id))
            throw new ArgumentException("An item's id is blank.", "items");
        if (RawId.WhatIsWrong(item.Id) is not null)
        {
            throw new ArgumentException(
                $"Item {Shown.Text(item.Id)}: expected an id of Unicode text, it has half of a surrogate pair.", "items");
        }
    }

    private static string? Fault(IReadOnlyDictionary<Modality, ReadOnlyMemory<float>>? features, Dictionary<Modality, int> dimensions)
    {
        string known = Shown.List(dimensions.Keys);
        if (features is null || features.Count == 0)
            return $"expected features of at least one of {known}.";
        foreach (var (modality, values) in features)
        {
            if (!dimensions.TryGetValue(modality, out int dimension))
                return $"the model knows {known}, not '{modality}'.";
            if (values.Length != dimension)
                return $"expected {dimension} features of '{modality}', got {values.Length}.";
            if (!TensorPrimitives.IsFiniteAll(values.Span))
                return $"the features of '{modality}' must be finite numbers.";
        }

        return null;
    }
}
