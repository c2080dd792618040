using DRepMRec.Training;

namespace DRepMRec.Tests.Training;

public sealed class CheckpointMessageTests
{
    [Fact]
    public void What_a_file_says_is_escaped_and_cut()
    {
        string wild = "a\u001b[31m\n" + new string('\u0001', 10_000);
        CheckpointDifference[] differences = [.. Enumerable.Range(0, 9).Select(_ => new CheckpointDifference(wild, wild, null))];
        string message = new CheckpointMismatchException(wild, differences).Message;
        message.Length.Should().BeLessThan(4000);
        message.Where(char.IsControl).Should().BeEmpty();
        message.Should().Contain("a\\u001b[31m\\n\\u0001").And.Contain("; and 4 more. ");
        message = FluentActions.Invoking(() => CheckpointManifest.Parse("{\"formatVersion\":\"\u001b", wild)).Should()
            .Throw<CheckpointFormatException>().Which.Message;
        message.Length.Should().BeLessThan(4000);
        message.Where(char.IsControl).Should().BeEmpty();
    }
}
