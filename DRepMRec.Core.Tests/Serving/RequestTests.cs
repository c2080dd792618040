using DRepMRec.Internals;
using DRepMRec.Serving;

namespace DRepMRec.Tests.Serving;

public sealed class RequestTests
{
    [Fact]
    public void Single_and_batch_calls_give_identical_results()
    {
        var random = new SeededRandom(11);
        RecommendationRequest[] requests = [.. Enumerable.Range(0, 250).Select(_ => Draw(random))];
        IReadOnlyList<RecommendationList> batch = Served.Recommender.Recommend(requests);
        batch.Should().HaveCount(requests.Length);
        batch.Select(b => b.Source).Distinct().Should().HaveCount(4, "the requests are to go every way there is");
        for (int n = 0; n < requests.Length; n++)
        {
            RecommendationList alone = Served.Recommender.Recommend(requests[n]);
            batch[n].Should().Equal(alone);
            batch[n].Source.Should().Be(alone.Source);
            alone.All(r => float.IsFinite(r.Score)).Should().BeTrue();
            alone.Should().BeInDescendingOrder(r => r.Score);
            alone.Count.Should().BeLessThanOrEqualTo(requests[n].Count);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_batch_takes_no_more_threads_than_it_may_and_gives_the_same_on_any_number(int threads)
    {
        int running = 0, most = 0;
        bool Filter(string id)
        {
            int now = Interlocked.Increment(ref running);
            for (int seen = most; now > seen && Interlocked.CompareExchange(ref most, now, seen) != seen; seen = most)
            {
            }

            Thread.SpinWait(100);
            Interlocked.Decrement(ref running);
            return true;
        }

        RecommendationRequest[] requests = Filtered(200, Filter);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };
        IReadOnlyList<RecommendationList> lists = Served.Recommender.Recommend(requests, parallel);
        most.Should().BeInRange(1, threads);
        foreach (var (list, other) in lists.Zip(Served.Recommender.Recommend(requests)))
            list.Should().Equal(other);
    }

    [Fact]
    public void Requests_with_candidates_are_shared_out_too()
    {
        using var both = new CountdownEvent(2);
        bool Filter(string id)
        {
            if (!both.IsSet)
                both.Signal();
            return both.Wait(TimeSpan.FromSeconds(30));
        }

        string[] one = [Served.Recommender.Items.First()];
        IReadOnlyList<RecommendationList> lists = Served.Recommender.Recommend(
            [.. Enumerable.Range(0, 2).Select(_ => new RecommendationRequest { History = [], Candidates = one, Filter = Filter })],
            new ParallelOptions { MaxDegreeOfParallelism = 2 });
        lists.Should().OnlyContain(list => list.Count == 1, "each of two requests has a thread of its own, and meets the other");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    public void A_batch_can_be_cancelled_before_it_begins_and_on_its_way(int count)
    {
        using var source = new CancellationTokenSource();
        var parallel = new ParallelOptions { CancellationToken = source.Token, MaxDegreeOfParallelism = 1 };
        bool Cancel(string id)
        {
            source.Cancel();
            return true;
        }

        RecommendationRequest[] requests = Filtered(count, Cancel);
        if (count > 48)
            FluentActions.Invoking(() => Served.Recommender.Recommend(requests, parallel)).Should().Throw<OperationCanceledException>();
        source.Cancel();
        FluentActions.Invoking(() => Served.Recommender.Recommend(requests, parallel)).Should().Throw<OperationCanceledException>();
    }

    [Fact]
    public void Filters_leave_of_the_whole_ranking_what_they_say()
    {
        string user = Served.Data.Users[3];
        RecommendationList all = Served.Recommender.Recommend(user, int.MaxValue, excludeSeen: false);
        all.Select(r => r.Item).Should().BeEquivalentTo(Served.Recommender.Items);
        int[] seen = Served.Data.Train.ItemsOf(3).ToArray();
        Served.Recommender.Recommend(user, int.MaxValue).Should().Equal(all.Where(r => !seen.Contains(Served.Data.Items.IndexOf(r.Item))));

        var request = new RecommendationRequest { UserId = user, Count = 1000, ExcludeSeen = false };
        string[] some = [.. all.Where((_, n) => n % 4 == 1).Select(r => r.Item)];
        Served.Recommender.Recommend(request with { Candidates = [.. some, "no such item"] })
            .Should().Equal(all.Where(r => some.Contains(r.Item)));
        Served.Recommender.Recommend(request with { Excluded = [.. some, "no such item"] })
            .Should().Equal(all.Where(r => !some.Contains(r.Item)));
        Served.Recommender.Recommend(request with { Filter = id => id.EndsWith('7') }).Should().Equal(all.Where(r => r.Item.EndsWith('7')));
        Served.Recommender.Recommend(request with { MinimumScore = all[50].Score })
            .Should().Equal(all.Where(r => r.Score >= all[50].Score));
        Served.Recommender.Recommend(request with { Candidates = [] }).Should().BeEmpty();
        Served.Recommender.Recommend(request with { Count = 0 }).Should().BeEmpty();
        Served.Recommender.Recommend(request with { Candidates = ["x", "y", "x"] }).UnknownItems.Should().Equal("x", "y");
    }

    [Fact]
    public void A_filter_is_asked_about_contenders_alone()
    {
        int asked = 0;
        Served.Recommender.Recommend(new RecommendationRequest { UserId = Served.Data.Users[0], Count = 5, Filter = _ => ++asked > 0 });
        asked.Should().BeInRange(5, 100);
    }

    [Fact]
    public void Who_is_not_known_gets_what_there_is()
    {
        Recommender r = Served.Recommender;
        string[] warm = [.. Served.Data.Train.ItemsOf(5).ToArray().Select(i => Served.Data.Items[i])];
        string[] cold = [.. Served.ColdItems.Take(3).Select(i => Served.Data.Items[i])];
        r.Recommend(Served.Data.Users[5]).Source.Should().Be(RecommendationSource.User);
        r.Recommend("nobody").Source.Should().Be(RecommendationSource.Popularity);
        r.Recommend(new RecommendationRequest { UserId = "nobody", History = warm }).Source.Should().Be(RecommendationSource.FoldIn);
        r.Recommend(new RecommendationRequest { History = [.. cold, warm[0]] }).Source.Should().Be(RecommendationSource.FoldIn);
        r.Recommend(new RecommendationRequest { History = cold }).Source.Should().Be(RecommendationSource.Content);
        RecommendationList unknown = r.Recommend(new RecommendationRequest { History = ["x", "y"], Count = 3 });
        unknown.Source.Should().Be(RecommendationSource.Popularity);
        unknown.UnknownItems.Should().Equal("x", "y");
        int[] degrees = Served.Data.Train.ItemDegrees();
        unknown.Select(i => i.Item).Should().Equal(Enumerable.Range(0, degrees.Length).OrderByDescending(i => degrees[i]).ThenBy(i => i)
            .Take(3).Select(i => Served.Data.Items[i]));
        r.Recommend(new RecommendationRequest { UserId = Served.Data.Users[5], History = cold, Count = 1000 }).Select(i => i.Item)
            .Should().NotContain(cold).And.NotContain(warm);
    }

    [Fact]
    public void Many_ids_that_are_not_known_are_named_once_each_in_their_order()
    {
        string[] ids = [.. Enumerable.Range(0, 200_000).Select(i => $"sku-{i}")];
        var request = new RecommendationRequest { Candidates = [.. ids, .. ids], History = [.. ids[..100_000]] };
        Served.Recommender.Recommend(request).UnknownItems.Should().Equal(ids);
    }

    [Fact]
    public void Popularity_asks_a_filter_about_no_more_items_than_it_takes()
    {
        int asked = 0;
        Served.Recommender.Recommend(new RecommendationRequest { Count = 5, Filter = _ => ++asked > 3 }).Should().HaveCount(5);
        asked.Should().Be(8);
    }

    [Fact]
    public void Unknown_ids_give_empty_answers()
    {
        Recommender r = Served.Recommender;
        r.SimilarItems("no such item").Should().BeEmpty();
        r.SimilarUsers("nobody").Should().BeEmpty();
        r.History("nobody").Should().BeEmpty();
        r.Explain("nobody", "no such item").Should().BeNull();
        r.Items.Contains("no such item").Should().BeFalse();
        FluentActions.Invoking(() => r.Recommend(Served.Data.Users[0], -1)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new RecommendationRequest { MinimumScore = float.NaN }).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Items_and_users_are_similar_by_the_cosine_in_each_space()
    {
        Recommender r = Served.Recommender;
        r.Spaces.Should().Equal(RepresentationSpace.Fused, RepresentationSpace.Behavior, RepresentationSpace.Content);
        foreach (RepresentationSpace space in r.Spaces)
        {
            IReadOnlyList<RowStore> lines = space switch
            {
                RepresentationSpace.Fused => [r.Model.Items],
                RepresentationSpace.Behavior => [r.Model.ItemBehavior],
                _ => r.Model.ItemModal,
            };
            float[][] rows = [.. Enumerable.Range(0, r.Items.Count).Select(i => LineFusion.Sum([.. lines.Select(l => l[i].ToArray())]))];
            IReadOnlyList<Recommendation> similar = r.SimilarItems(Served.Data.Items[9], 1000, space);
            similar.Should().HaveCount(r.Items.Count - 1).And.BeInDescendingOrder(s => s.Score)
                .And.NotContain(s => s.Item == Served.Data.Items[9]);
            foreach (var (item, score) in similar)
                score.Should().BeApproximately((float)Cosine(rows[9], rows[Served.Data.Items.IndexOf(item)]), 1e-5f);
        }

        IReadOnlyList<SimilarUser> users = r.SimilarUsers(Served.Data.Users[4], 5, RepresentationSpace.Behavior);
        users.Should().HaveCount(5).And.BeInDescendingOrder(u => u.Score);
        users[0].Score.Should().BeApproximately(
            (float)Cosine(r.Model.UserBehavior[4].ToArray(), r.Model.UserBehavior[Served.Data.Users.IndexOf(users[0].User)].ToArray()),
                1e-5f);
    }

    private static RecommendationRequest[] Filtered(int count, Func<string, bool> filter)
        => [.. Served.Data.Users.Ids.Take(count).Select(id => new RecommendationRequest { UserId = id, Filter = filter })];

    private static double Cosine(float[] a, float[] b)
    {
        double lengths = LineFusion.Length(a) * LineFusion.Length(b);
        return lengths > 0 ? a.Zip(b, (x, y) => (double)x * y).Sum() / lengths : 0;
    }

    private static RecommendationRequest Draw(SeededRandom random)
    {
        string Item() => Served.Data.Items[random.NextInt(Served.Data.Items.Count)];
        string Cold() => Served.Data.Items[Served.ColdItems[random.NextInt(Served.ColdItems.Length)]];
        var request = new RecommendationRequest
        {
            Count = random.NextInt(30),
            ExcludeSeen = random.NextInt(2) == 0,
            Excluded = [Item(), Item(), "?"],
        };
        request = random.NextInt(4) switch
        {
            0 => request with { History = [Item(), Item(), Item()] },
            1 => request with { History = [Cold()] },
            2 => request with { UserId = "nobody" },
            _ => request with { UserId = Served.Data.Users[random.NextInt(Served.Data.Users.Count)] },
        };
        if (random.NextInt(4) == 0)
            request = request with { Candidates = [.. Enumerable.Range(0, 40).Select(_ => Item())] };
        if (random.NextInt(4) == 0)
            request = request with { Filter = id => id.Length % 2 == 0 };
        return random.NextInt(4) == 0 ? request with { MinimumScore = 0.1f } : request;
    }
}
