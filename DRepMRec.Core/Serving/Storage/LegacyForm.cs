using System.Text.Json;
using DRepMRec.Fusions;

namespace DRepMRec.Serving;

/// <summary>The fusion of a manifest of format 1 or 2, which named a fusion of the library with its numbers.</summary>
internal static class LegacyForm
{
    /// <summary>Reads the fusion of a manifest's form.</summary>
    /// <param name="form">The "form" of the manifest.</param>
    /// <returns><see langword="null"/> where the behaviour line is all there is.</returns>
    /// <exception cref="FormatException">The fusion isn't one that had parts.</exception>
    public static FusionForm? Read(JsonElement form)
    {
        double Number(string name) => form.TryGetProperty(name, out JsonElement value) ? value.GetDouble() : 0;
        if (!form.TryGetProperty("fusion", out JsonElement fusion) || fusion.ValueKind == JsonValueKind.Null)
            return null;
        double weight = Number("modalWeight");
        return fusion.GetString() switch
        {
            "sum" => new FusionForm { ModalFactor = weight },
            "mean" => new FusionForm { BehaviorFactor = 0.5, ModalFactor = 0.5 * weight },
            "concatenation" => new FusionForm { Concatenates = true, ModalFactor = weight },
            "normalizedSum" => new FusionForm
            {
                UnitBehavior = true,
                UnitModal = true,
                ModalFactor = weight,
                ColdModalFactor = Number("coldModalWeight"),
            },
            "normalizedConcatenation" => new FusionForm
            {
                Concatenates = true,
                UnitBehavior = true,
                UnitModal = true,
                ModalFactor = weight,
                ModalStandsIn = true,
            },
            "matchedSum" => new FusionForm
            {
                UnitModal = true,
                ModalFactor = weight,
                UserModalScale = Number("userScale"),
                ItemModalScale = Number("itemScale"),
            },
            var other => throw new FormatException($"the form has the fusion '{other}', which isn't a sum of parts"),
        };
    }
}
