using System.Text.Json.Serialization;
using DRepMRec.Serialization;

namespace DRepMRec.Features;

/// <summary>
/// What is done to the columns of raw features, over the items that have them, before each row is brought to the length sqrt(d), d being
/// the number of columns: the mean square of its entries is then 1, which is what layers with Xavier weights expect.
/// </summary>
[JsonConverter(typeof(EnumNameConverter<FeatureScaling>))]
public enum FeatureScaling
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Each column's mean is subtracted.</summary>
    Center,

    /// <summary>Each column's mean is subtracted and the column divided by its standard deviation; constant columns become 0.</summary>
    Standardize,
}
