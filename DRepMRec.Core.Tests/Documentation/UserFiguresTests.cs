using System.Text.Json;
using ReproduceResults.Trainings;

namespace DRepMRec.Tests.Documentation;

/// <summary>The figures of users in the logs that published numbers are computed from.</summary>
public sealed class UserFiguresTests
{
    [Fact]
    public void Figures_come_back_bit_for_bit()
    {
        var random = new Random(7);
        int[] users = [.. Enumerable.Range(0, 40_000).Where(_ => random.Next(10) == 0)];
        float[] recall = [.. users.Select(u => 1f / (1 + (u % 3)))], ndcg = [.. users.Select(_ => random.NextSingle())];
        UserFigures back = Back(new UserFigures(users, recall, ndcg));
        back.Users.Should().Equal(users);
        back.Recall.Should().Equal(recall);
        back.Ndcg.Should().Equal(ndcg);
        Back(UserFigures.None).Users.Should().BeEmpty();
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"no base64!\"")]
    [InlineData("\"BQEBAQE=\"")]
    [InlineData("\"AQEBAACAPwU=\"")]
    public void What_is_cut_off_or_something_else_is_refused(string json)
        => FluentActions.Invoking(() => JsonSerializer.Deserialize<UserFigures>(json)).Should().Throw<JsonException>()
            .WithMessage("expected figures of users.*");

    private static UserFigures Back(UserFigures figures)
        => JsonSerializer.Deserialize<UserFigures>(JsonSerializer.Serialize(figures))!;
}
