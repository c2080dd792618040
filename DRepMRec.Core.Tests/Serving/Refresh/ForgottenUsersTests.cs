using DRepMRec.Data;
using DRepMRec.Internals;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;

namespace DRepMRec.Tests.Serving;

/// <summary>Users who are forgotten at once.</summary>
public sealed class ForgottenUsersTests
{
    [Fact]
    public void What_is_left_is_as_if_the_user_had_never_come_back()
    {
        List<Interaction> stream = Grown.Stream(new SeededRandom(4), 80, weights: true);
        string[] gone = [stream.First(i => i.User.StartsWith("new", StringComparison.Ordinal)).User];
        Recommender forgotten = Grown.Recommender.WithInteractions(stream).WithoutUsers(gone);

        // Items that only the user brought stay in the catalogue, as they are nobody's.
        Recommender never = Grown.Recommender.WithInteractions([.. stream.Where(i => !gone.Contains(i.User))]);
        forgotten.Users.Should().Equal(never.Users);
        foreach (string user in never.Users)
        {
            forgotten.History(user).Should().BeEquivalentTo(never.History(user));
            forgotten.Model.UserIds.TryGetIndex(user, out int row).Should().BeTrue();
            if (forgotten.Items.SequenceEqual(never.Items))
                forgotten.Model.Users[row].SequenceEqual(never.Model.Users[row]).Should().BeTrue();
        }

        forgotten.Items.Should().Contain(never.Items);
        forgotten.WithoutUsers([]).Should().NotBeNull();
        forgotten.WithoutUsers(gone).ShouldBeTheSameAs(forgotten);
    }

    [Fact]
    public void Neither_id_nor_row_nor_history_is_left_in_the_file()
    {
        using var folder = new TempFolder();
        string[] gone = [Grown.Data.Users[0], Grown.Data.Users[17]];
        foreach (Recommender recommender in new[] { Grown.Recommender, Served.Recommender })
        {
            string[] ids = [.. recommender.Users.Where((_, n) => n is 0 or 17)];
            Recommender left = recommender.WithoutUsers(ids);
            left.Users.Should().Equal(recommender.Users.Except(ids));
            left.Save(folder["model"]);
            Recommender loaded = Recommender.Load(folder["model"], new RecommenderLoadOptions { Verify = true });
            loaded.ShouldBeTheSameAs(left);
            loaded.Manifest.Users.Should().Be(recommender.Users.Count - 2);
            foreach (string id in ids)
            {
                loaded.Users.Contains(id).Should().BeFalse();
                loaded.History(id).Should().BeEmpty();
                loaded.Recommend(id, 3).Source.Should().Be(RecommendationSource.Popularity);
            }

            int interactions = Enumerable.Range(0, left.Users.Count).Sum(u => left.Model.Seen(u).Length);
            Enumerable.Range(0, left.Model.ItemRows).Sum(left.Model.Degree).Should().Be(interactions);
            interactions.Should().Be(recommender.Users.Except(ids).Sum(u => recommender.History(u).Count));
        }

        Grown.Recommender.Users.Should().Contain(gone);
        FluentActions.Invoking(() => Grown.Recommender.WithoutUsers([null!])).Should().Throw<ArgumentNullException>();
        Grown.Recommender.WithoutUsers(["nobody"]).ShouldBeTheSameAs(Grown.Recommender);
    }

    [Fact]
    public void Rows_of_the_others_are_those_of_the_whole_propagation_without_them()
    {
        Recommender left = Grown.Recommender.WithoutUsers([.. Grown.Data.Users.Ids.Take(30)]);
        ServingModel model = left.Model;
        Recommender whole = new(DRepMRec.Serving.Refresh.Recompute(model with
        {
            Propagation = new Once<PropagatedRows>(PropagatedRows.Of(model.FirstLayer!, model.Histories, model.ItemRows)),
        }));
        left.ShouldBeTheSameAs(whole);
        left.Model.Items[0].SequenceEqual(Grown.Recommender.Model.Items[0]).Should().BeFalse();
        left.WithInteractions([new Interaction("a", Grown.Data.Items[0])]).Users.Count.Should().Be(Grown.Data.Users.Count - 29);
    }
}
