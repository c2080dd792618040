using System.Text.Json;
using System.Text.Json.Serialization;
using DRepMRec.Fusions;

namespace DRepMRec.Serving;

/// <summary>
/// A fusion in the manifest. Members that a file lacks keep their defaults, which code that is generated for JSON would lose: it sets all
/// that can only be set at the beginning.
/// </summary>
internal sealed class FusionFormConverter : JsonConverter<FusionForm>
{
    public override FusionForm Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        JsonElement json = JsonElement.ParseValue(ref reader);
        if (json.ValueKind != JsonValueKind.Object)
            throw new JsonException($"Expected the numbers of a fusion, got {json.ValueKind}.");
        JsonElement? Member(string name) => json.TryGetProperty(name, out JsonElement value) ? value : null;
        bool Flag(string name) => Member(name)?.GetBoolean() ?? false;
        double Number(string name) => Member(name)?.GetDouble() ?? 1;
        return new FusionForm
        {
            Concatenates = Flag("concatenates"),
            UnitBehavior = Flag("unitBehavior"),
            BehaviorFactor = Number("behaviorFactor"),
            UnitModal = Flag("unitModal"),
            ModalFactor = Number("modalFactor"),
            ColdModalFactor = Member("coldModalFactor") is { ValueKind: not JsonValueKind.Null } cold ? cold.GetDouble() : null,
            ModalStandsIn = Flag("modalStandsIn"),
            UserModalScale = Number("userModalScale"),
            ItemModalScale = Number("itemModalScale"),
        };
    }

    public override void Write(Utf8JsonWriter writer, FusionForm value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("concatenates", value.Concatenates);
        writer.WriteBoolean("unitBehavior", value.UnitBehavior);
        writer.WriteNumber("behaviorFactor", value.BehaviorFactor);
        writer.WriteBoolean("unitModal", value.UnitModal);
        writer.WriteNumber("modalFactor", value.ModalFactor);
        if (value.ColdModalFactor is { } cold)
            writer.WriteNumber("coldModalFactor", cold);
        else
            writer.WriteNull("coldModalFactor");
        writer.WriteBoolean("modalStandsIn", value.ModalStandsIn);
        writer.WriteNumber("userModalScale", value.UserModalScale);
        writer.WriteNumber("itemModalScale", value.ItemModalScale);
        writer.WriteEndObject();
    }
}
