using System.Reflection;
using System.Text.Json;
using DRepMRec.Features;
using DRepMRec.Fusions;
using DRepMRec.Serving;

namespace DRepMRec.Tests.Serving;

public sealed class ModelFileJsonTests
{
    private static readonly FusionForm Unlike = new()
    {
        Concatenates = true,
        UnitBehavior = true,
        BehaviorFactor = 0.25,
        UnitModal = true,
        ModalFactor = 0.5,
        ColdModalFactor = 0.125,
        ModalStandsIn = true,
        UserModalScale = 3,
        ItemModalScale = 7,
    };

    [Fact]
    public void Each_property_of_a_fusion_goes_to_the_file_and_back()
    {
        foreach (PropertyInfo property in typeof(FusionForm).GetProperties())
            property.GetValue(Unlike).Should().NotBe(property.GetValue(new FusionForm()), property.Name);
        string json = Write(Unlike);
        Read(json).Should().Be(Unlike);
        using JsonDocument document = JsonDocument.Parse(json);
        document.RootElement.EnumerateObject().Select(p => p.Name)
            .Should().Equal(typeof(FusionForm).GetProperties().Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name)));
        Read(Write(new FusionForm())).Should().Be(new FusionForm());
        using JsonDocument plain = JsonDocument.Parse(Write(new FusionForm()));
        plain.RootElement.EnumerateObject().Select(p => p.Name)
            .Should().Equal(document.RootElement.EnumerateObject().Select(p => p.Name), "a file says all of it, also what it hasn't");
    }

    [Fact]
    public void Members_that_a_file_lacks_keep_their_defaults()
    {
        Read("{}").Should().Be(new FusionForm());
        ModelForm form = JsonSerializer.Deserialize("""{"lines":{"unitModal":true},"modalities":[{"name":"x"}]}""",
            ModelFileJson.Default.ModelForm)!;
        form.Lines.Should().Be(new FusionForm { UnitModal = true });
        form.Modalities.Should().Equal(new ModalityForm { Name = "x", Weight = 1 });
        JsonSerializer.Deserialize("{}", ModelFileJson.Default.ModelForm)!.Modalities.Should().BeEmpty();
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("3")]
    [InlineData("""{"modalFactor":"1"}""")]
    [InlineData("""{"modalFactor":null}""")]
    [InlineData("""{"concatenates":1}""")]
    [InlineData("""{"coldModalFactor":{}}""")]
    public void What_is_no_fusion_is_refused(string json)
    {
        FluentActions.Invoking(() => Read(json)).Should().Throw<Exception>()
            .Which.Should().Match(e => e is JsonException || e is InvalidOperationException);
    }

    [Theory]
    [InlineData("[]", "Array")]
    [InlineData("3", "Number")]
    public void What_is_there_in_the_place_of_a_fusion_is_told(string json, string kind)
        => FluentActions.Invoking(() => Read(json)).Should().Throw<JsonException>()
            .WithMessage($"Expected the numbers of a fusion, got {kind}.*");

    [Fact]
    public void Scalings_are_named_and_a_number_is_none()
    {
        string json = JsonSerializer.Serialize(
            new ModalityForm { Scaling = FeatureScaling.Standardize }, ModelFileJson.Default.ModalityForm);
        json.Should().Contain("\"scaling\":\"standardize\"");
        FluentActions.Invoking(() => JsonSerializer.Deserialize("""{"scaling":2}""", ModelFileJson.Default.ModalityForm))
            .Should().Throw<JsonException>();
    }

    private static string Write(FusionForm fusion)
    {
        using JsonDocument json = JsonSerializer.SerializeToDocument(new ModelForm { Lines = fusion }, ModelFileJson.Default.ModelForm);
        return json.RootElement.GetProperty("lines").GetRawText();
    }

    private static FusionForm? Read(string json)
        => JsonSerializer.Deserialize($$"""{"lines":{{json}}}""", ModelFileJson.Default.ModelForm)!.Lines;
}
