using DRepMRec.Data;
using DRepMRec.Fusions;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;

namespace DRepMRec.Tests.Serving;

/// <summary>New interactions of a model whose rows aren't a propagation's.</summary>
public sealed class FoldInRefreshTests
{
    private static readonly Lazy<Recommender> Trained = new(Train);

    [Fact]
    public void Users_with_new_interactions_are_folded_in_by_all_they_have_and_the_others_stay_as_they_are()
    {
        Recommender before = Trained.Value;
        (before.RefreshKind, before.Model.Form!.Lines).Should().Match<(RefreshKind Kind, FusionForm? Lines)>(
            b => b.Kind == RefreshKind.FoldIn && b.Lines != null);
        string[] users = [.. Grown.Data.Users.Ids], items = [.. Grown.Data.Items.Ids];
        string chosen = items.First(i => !before.History(users[0]).Contains(i));
        Recommender after = before.WithInteractions(
        [
            new Interaction(users[0], chosen, Weight: 2), new Interaction("new", items[1], Weight: 3), new Interaction("new", items[5]),
            new Interaction(users[2], before.History(users[2])[0]),
        ]);
        after.RefreshCounts.Should().Be(new RefreshCounts { New = 3, Repeated = 1, NewUsers = 1 });
        for (int user = 1; user < users.Length; user++)
            Rows(after, user).Should().BeEquivalentTo(Rows(before, user), o => o.WithStrictOrdering(), "nothing new is known of {0}", user);
        foreach (int user in new[] { 0, users.Length })
            RequireFoldedIn(after.Model, user);

        Recommender later = after.WithInteractions([new Interaction(users[1], "unheard of")]);
        later.History(users[1]).Should().Contain("unheard of");
        foreach (int user in new[] { 0, 2, 3, users.Length })
            Rows(later, user).Should().BeEquivalentTo(Rows(after, user), o => o.WithStrictOrdering());
        RequireFoldedIn(later.Model, 1);
    }

    /// <summary>Weights that single precision rounds among them: they are the same when they come again.</summary>
    [Fact]
    public void Weights_of_the_training_go_along()
    {
        double[] few = [5, 0.4, 36.99, 0.02];
        var (pairs, weights) = (new List<(int User, int Item)>(), new List<float>());
        for (int user = 0; user < Grown.Data.Users.Count; user++)
        {
            foreach (int item in Grown.Data.Train.ItemsOf(user))
            {
                weights.Add((float)few[pairs.Count % few.Length]);
                pairs.Add((user, item));
            }
        }

        var data = new RecDataset("weighted", Grown.Data.Users, Grown.Data.Items, new InteractionSplits(
            new InteractionSet(Grown.Data.Users.Count, Grown.Data.Items.Count, pairs, weights), Grown.Data.Validation, Grown.Data.Test),
            Grown.Data.Features);
        Recommender before = SlantedModalEncoder.Build(data, epochs: 1);
        before.RefreshKind.Should().Be(RefreshKind.FoldIn);
        IEnumerable<Interaction> again = pairs.Take(few.Length).Select(
            (pair, n) => new Interaction(data.Users[pair.User], data.Items[pair.Item], Weight: few[n]));
        Recommender after = before.WithInteractions([.. again, new Interaction("new", data.Items[2], Weight: 3)]);
        after.RefreshCounts.Should().Be(new RefreshCounts { New = 1, Repeated = few.Length, NewUsers = 1 });
        using var folder = new TempFolder();
        after.Save(folder["model"]);
        Recommender.Load(folder["model"]).ShouldBeTheSameAs(after);
    }

    private static void RequireFoldedIn(ServingModel model, int user)
    {
        int[] seen = model.Seen(user).ToArray();
        ReadOnlySpan<float> own = model.Histories.WeightsOf(user);
        float[] weights = own.IsEmpty ? [.. seen.Select(_ => 1f)] : own.ToArray();
        float[] behavior = FoldInMap.Apply(model, seen)!;
        model.UserBehavior[user].ToArray().Should().Equal(behavior);
        float[][] modal = [.. model.ItemModal.Select(rows => Mean([.. seen.Select(item => rows[item].ToArray())], weights))];
        for (int m = 0; m < modal.Length; m++)
            model.UserModal[m][user].ToArray().Should().Equal(modal[m], (a, b) => MathF.Abs(a - b) < 1e-6f);
        float[] fused = LineFusion.Sum(LineFusion.Parts(model.Form!, behavior, modal, isUser: true));
        model.Users[user].ToArray().Should().Equal(fused, (a, b) => MathF.Abs(a - b) < 1e-5f);
    }

    private static float[] Mean(float[][] rows, float[] weights) => [.. rows[0].Select((_, d) => (float)(
        rows.Select((row, n) => row[d] * (double)weights[n]).Sum() / weights.Sum(w => (double)w)))];

    private static float[][] Rows(Recommender recommender, int user)
    {
        ServingModel model = recommender.Model;
        return [.. model.UserModal.Prepend(model.UserBehavior).Prepend(model.Users).Select(rows => rows[user].ToArray())];
    }

    /// <summary>A modal line whose users aren't means of items, and a fusion that tells users from items.</summary>
    private static Recommender Train()
    {
        ServingModel model = SlantedModalEncoder.Build(Grown.Data).Model;
        ModelForm form = model.Form!;
        form = form with { Lines = form.Lines! with { UserModalScale = 3, ItemModalScale = 0.5 } };
        return new Recommender(model with { Manifest = model.Manifest with { Form = form } });
    }
}
