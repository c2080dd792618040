using System.Text.Json;
using System.Text.Json.Serialization;

namespace DRepMRec.Data;

/// <summary>A split by shares of validation and test.</summary>
internal abstract record ShareSplit : SplitStrategy, IJsonOnDeserialized
{
    public double ValidationShare { get; init; } = 0.1;

    public double TestShare { get; init; } = 0.1;

    internal SplitShares Shares => new(ValidationShare, TestShare);

    private protected override bool PromisesValidation => ValidationShare > 0;

    private protected override bool PromisesTest => TestShare > 0;

    void IJsonOnDeserialized.OnDeserialized()
    {
        try
        {
            _ = Shares;
        }
        catch (ArgumentException e)
        {
            throw new JsonException(Serialization.JsonText.Of(e), e);
        }
    }
}
