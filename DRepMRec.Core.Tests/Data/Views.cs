using DRepMRec.Data;

namespace DRepMRec.Tests.Data;

/// <summary>Short forms of data for assertions.</summary>
internal static class Views
{
    /// <summary>The pairs of a set by raw id, "user-item", in the order of the indices.</summary>
    public static string[] Pairs(this RecDataset data, InteractionSet set)
        => [.. Enumerable.Range(0, set.UserCount)
            .SelectMany(u => set.ItemsOf(u).ToArray().Select(i => $"{data.Users[u]}-{data.Items[i]}"))];

    /// <summary>All three sets by raw id.</summary>
    public static (string[] Train, string[] Validation, string[] Test) Pairs(this RecDataset data)
        => (data.Pairs(data.Train), data.Pairs(data.Validation), data.Pairs(data.Test));

    /// <summary>
    /// The message of the <see cref="DatasetFormatException"/> that the action must bring about: its first line where a report of rows
    /// follows.
    /// </summary>
    public static string FormatError(Action action)
    {
        DatasetFormatException exception = action.Should().ThrowExactly<DatasetFormatException>().Which;
        return exception.Report is null ? exception.Message : exception.Message.Split('\n')[0];
    }
}
