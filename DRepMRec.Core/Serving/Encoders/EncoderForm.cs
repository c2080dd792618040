using System.Text.Json.Serialization;

namespace DRepMRec.Serving;

/// <summary>What made the features of a modality of items' raw fields. Part of the manifest.</summary>
internal sealed record EncoderForm
{
    public const string Text = "text";
    public const string Category = "category";
    public const string Number = "number";
    public const string GeneratedText = "generatedText";
    public const string GeneratedImage = "generatedImage";

    /// <summary>One of the five above.</summary>
    public string Kind { get; set; } = "";

    public string Modality { get; set; } = "";

    public int Dimension { get; set; }

    public IReadOnlyList<string> Columns { get; set; } = [];

    /// <summary>The name of the generator of embeddings.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Generator { get; set; }

    /// <summary>The categories of each column.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<IReadOnlyList<string>>? Categories { get; set; }

    /// <summary>The mean of each column of numbers.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<double>? Means { get; set; }

    /// <summary>The deviation of each column of numbers.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<double>? Deviations { get; set; }

    /// <summary>The columns of numbers whose logarithm counts.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Logarithms { get; set; }

    /// <summary>How texts are cut; their terms and directions are arrays.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TextForm? Terms { get; set; }
}

/// <summary>The options by which texts became numbers.</summary>
internal sealed record TextForm
{
    public int MaxDimension { get; set; }

    public int MinCharacters { get; set; }

    public int MaxCharacters { get; set; }

    public int MinTexts { get; set; }

    public int MaxTerms { get; set; }

    public int Seed { get; set; }
}
