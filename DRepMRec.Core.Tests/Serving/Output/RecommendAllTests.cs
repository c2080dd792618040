using System.Collections;
using DRepMRec.Serving;

namespace DRepMRec.Tests.Serving.Output;

public sealed class RecommendAllTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Each_user_gets_the_list_that_it_would_get_alone_in_the_order_of_users(int threads)
    {
        Recommender recommender = Served.Recommender.WithoutItems([Served.Data.Items[3]]);
        var request = new RecommendationRequest { Count = 7, ExcludeSeen = false, MinimumScore = 0.05f };
        List<UserRecommendations> lists = await recommender
            .RecommendAllAsync(new RecommendAllOptions { Request = request, Threads = threads }).ToListAsync();
        lists.Select(l => l.User).Should().Equal(recommender.Users);
        foreach (var (user, list) in lists)
        {
            RecommendationList alone = recommender.Recommend(request with { UserId = user });
            list.Should().Equal(alone);
            list.Source.Should().Be(alone.Source);
        }
    }

    [Fact]
    public async Task Given_users_come_in_their_order_known_or_not()
    {
        string known = Served.Data.Users[5];
        List<UserRecommendations> lists = await Served.Recommender
            .RecommendAllAsync(new RecommendAllOptions { Users = ["nobody", known, known] }).ToListAsync();
        lists.Select(l => l.User).Should().Equal("nobody", known, known);
        lists[0].Items.Source.Should().Be(RecommendationSource.Popularity);
        lists[1].Items.Should().Equal(Served.Recommender.Recommend(known, 20)).And.Equal(lists[2].Items);
        (await Served.Recommender.RecommendAllAsync(new RecommendAllOptions { Users = [] }).CountAsync()).Should().Be(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task The_parts_together_are_the_whole_and_each_can_be_made_alone(int parts)
    {
        Recommender recommender = Served.Recommender;
        List<UserRecommendations> whole = await recommender.RecommendAllAsync().ToListAsync(), together = [];
        for (int part = 0; part < parts; part++)
        {
            var options = new RecommendAllOptions { Part = part, Parts = parts };
            List<UserRecommendations> own = await recommender.RecommendAllAsync(options).ToListAsync();
            own.Count.Should().BeCloseTo(whole.Count / parts, 1);
            (await recommender.RecommendAllAsync(options).ToListAsync()).Should().BeEquivalentTo(own);
            together.AddRange(own);
        }

        together.Select(l => l.User).Should().Equal(whole.Select(l => l.User));
        together.Zip(whole).Should().OnlyContain(pair => pair.First.Items.SequenceEqual(pair.Second.Items));
        Action beyond = () => recommender.RecommendAllAsync(new RecommendAllOptions { Part = parts, Parts = parts });
        beyond.Should().Throw<ArgumentException>().WithMessage(
            $"Expected a Part from 0 to {parts - 1}, as Parts is {parts}; got {parts}.*");
    }

    [Fact]
    public async Task Ranking_runs_ahead_of_the_reader_by_a_bound_and_stops_when_the_reader_leaves()
    {
        var users = new CountedUsers(100_000);
        var progress = new Reports();
        int read = 0;
        await foreach (UserRecommendations list in Served.Recommender.RecommendAllAsync(
            new RecommendAllOptions { Users = users, Threads = 2 }, progress))
        {
            list.Items.Should().HaveCount(20);
            read++;
            users.Given.Should().BeLessThanOrEqualTo(read + (48 * 4 * 2) + 48);
            if (read == 100)
                break;
        }

        users.Given.Should().BeLessThan(1000);
        progress.All.Should().Equal(new ExportProgress(48, 100_000), new ExportProgress(96, 100_000));
    }

    [Fact]
    public async Task Any_number_of_threads_may_be_asked_for()
    {
        var options = new RecommendAllOptions { Users = [Served.Data.Users[5]], Threads = int.MaxValue };
        using var source = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        (await Served.Recommender.RecommendAllAsync(options, cancellationToken: source.Token).CountAsync()).Should().Be(1);
    }

    [Fact]
    public async Task The_token_stops_it()
    {
        using var source = new CancellationTokenSource();
        int read = 0;
        Func<Task> reading = async () =>
        {
            await foreach (UserRecommendations _ in Served.Recommender.RecommendAllAsync().WithCancellation(source.Token))
            {
                if (++read == 10)
                    await source.CancelAsync();
            }
        };
        await reading.Should().ThrowAsync<OperationCanceledException>();
        read.Should().Be(10);
    }

    [Fact]
    public async Task A_cancellation_is_that_of_the_callers_token()
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        Func<Task> before = async () => await Served.Recommender.RecommendAllAsync(cancellationToken: source.Token).CountAsync();
        (await before.Should().ThrowAsync<OperationCanceledException>()).Which.CancellationToken.Should().Be(source.Token);

        using var later = new CancellationTokenSource();
        var stops = new RecommendationRequest { Filter = _ => { later.Cancel(); return true; } };
        var one = new RecommendAllOptions { Request = stops, Threads = 1 };
        Func<Task> within = async () => await Served.Recommender.RecommendAllAsync(one, cancellationToken: later.Token).CountAsync();
        (await within.Should().ThrowAsync<OperationCanceledException>()).Which.CancellationToken.Should().Be(later.Token);
    }

    [Fact]
    public void A_token_stops_a_batch_while_its_requests_are_read()
    {
        using var source = new CancellationTokenSource();
        var read = new HashSet<int>();
        RecommendationRequest[] requests = [.. Enumerable.Range(0, 2000)
            .Select(n => new RecommendationRequest { History = new Watched(() =>
            {
                lock (read)
                    read.Add(n);
                source.Cancel();
            }) })];
        read.Clear();
        var parallel = new ParallelOptions { CancellationToken = source.Token, MaxDegreeOfParallelism = 2 };
        Served.Recommender.Invoking(r => r.Recommend(requests, parallel)).Should().Throw<OperationCanceledException>();
        read.Count.Should().BeLessThanOrEqualTo(2);
    }

    [Fact]
    public async Task What_a_filter_throws_comes_out()
    {
        var request = new RecommendationRequest { Filter = _ => throw new InvalidDataException("no stock list") };
        Func<Task> all = async () => await Served.Recommender.RecommendAllAsync(new RecommendAllOptions { Request = request }).CountAsync();
        await all.Should().ThrowAsync<InvalidDataException>().WithMessage("no stock list");
        Record.Exception(() => Served.Recommender.Recommend([.. Served.Data.Users.Ids.Select(user => request with { UserId = user })]))
            .Should().BeOfType<InvalidDataException>("as from a single request, whatever the number of passes");
    }

    [Fact]
    public async Task Bad_input_is_refused()
    {
        Action named = () => _ = new RecommendAllOptions { Request = new RecommendationRequest { UserId = "42" } };
        named.Should().Throw<ArgumentException>().WithMessage("*without a user*'42'*");
        Action none = () => _ = new RecommendAllOptions { Threads = 0 };
        none.Should().Throw<ArgumentOutOfRangeException>();
        Func<Task> blank = async () => await Served.Recommender
            .RecommendAllAsync(new RecommendAllOptions { Users = ["a", null!] }).CountAsync();
        await blank.Should().ThrowAsync<ArgumentException>().WithMessage("The id of a user is null.*");
    }

    private sealed class Reports : IProgress<ExportProgress>
    {
        public List<ExportProgress> All { get; } = [];

        public void Report(ExportProgress value) => All.Add(value);
    }

    private sealed class CountedUsers(int count) : IReadOnlyCollection<string>
    {
        public int Given { get; private set; }

        public int Count => count;

        public IEnumerator<string> GetEnumerator()
        {
            for (; Given < count; Given++)
                yield return Served.Data.Users[Given % Served.Data.Users.Count];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
