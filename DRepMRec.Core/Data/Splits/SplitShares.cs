using System.Globalization;
using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>The shares of validation and test; the rest, which isn't empty, is for training.</summary>
internal sealed record SplitShares
{
    public SplitShares(double validationShare, double testShare)
    {
        Validation = Guard.Share(validationShare, nameof(validationShare));
        Test = Guard.Share(testShare, nameof(testShare));
        if (validationShare + testShare >= 1)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"The shares of validation and test must stay below 1 together; got {validationShare} and {testShare}."));
        }
    }

    public double Validation { get; }

    public double Test { get; }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"({Validation}, {Test})");
}
