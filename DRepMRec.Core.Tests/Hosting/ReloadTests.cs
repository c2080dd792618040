using DRepMRec.Hosting;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Support;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace DRepMRec.Tests.Hosting;

public sealed class ReloadTests
{
    [Fact]
    public async Task Who_waits_for_a_reload_can_stop_waiting()
    {
        using var open = new ManualResetEventSlim(true);
        using var entered = new SemaphoreSlim(0);
        using var app = new Hosted(options => options.Prepare = recommender =>
        {
            entered.Release();
            open.Wait();
            return recommender;
        });
        app.Provider.Current.Should().NotBeNull();
        await entered.WaitAsync();
        open.Reset();
        Task first = app.Provider.ReloadAsync();
        await entered.WaitAsync();
        using var stop = new CancellationTokenSource();
        Task second = app.Provider.ReloadAsync(stop.Token);
        stop.Cancel();
        await FluentActions.Awaiting(() => second).Should().ThrowAsync<OperationCanceledException>();
        first.IsCompleted.Should().BeFalse();
        open.Set();
        await first;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(null)]
    public async Task A_file_is_followed_where_a_reload_is_the_first_that_is_asked_for(int? first)
    {
        using var app = new Hosted(options =>
        {
            options.PollInterval = RecommenderServiceOptions.MinPollInterval;
            options.RequiredAtStart = false;
            Thread.Sleep(50); // Whoever polls has begun to wait before it's known for how long.
        }, first);
        Func<Task> reload = () => app.Provider.ReloadAsync();
        if (first is null)
            await reload.Should().ThrowAsync<FileNotFoundException>();
        else
            await reload();
        app.Publish(2);
        await Eventually(() => app.Provider.Status.LoadedAt is not null && app.Served == "2/0");
    }

    [Fact]
    public void A_new_file_takes_the_place_of_the_old_one()
    {
        using var app = new Hosted();
        app.Served.Should().Be("1/0");
        app.Look();
        app.Provider.Status.Loads.Should().Be(1, "the file is as it was");
        app.Publish(2);
        app.Served.Should().Be("1/0", "nobody has looked yet");
        app.Look();
        app.Served.Should().Be("2/0");
        RecommenderStatus status = app.Provider.Status;
        status.Should().BeEquivalentTo(new
        {
            Name = "default",
            app.Path,
            WrittenAt = new DateTimeOffset(File.GetLastWriteTimeUtc(app.Path)),
            LoadedAt = app.Time.Now,
            Loads = 2,
            LastError = (string?)null,
        });
        app.Log.Of(1).Should().HaveCount(2).And.OnlyContain(e => e.Level == LogLevel.Information);
        app.Log.Of(1)[1].Text.Should().StartWith($"The recommender 'default' serves {app.Path} of ").And.Contain("1 users, 3 items");
    }

    [Fact]
    public void A_file_of_the_same_length_and_time_is_seen_whatever_its_options_are()
    {
        using var app = new Hosted();
        DateTime written = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var options = Enumerable.Range(0, 40).ToDictionary(n => $"Host.Option{n}", _ => new string('x', 1000));
        FileStamp Publish(int number)
        {
            ServingModel model = Hosted.Numbered(number).Model;
            new Recommender(model with { Manifest = model.Manifest with { Options = options } }).Save(app.Path);
            File.SetLastWriteTimeUtc(app.Path, written);
            return FileStamp.Of(app.Path);
        }

        FileStamp first = Publish(2), second = Publish(3);
        (second.Length, second.Written).Should().Be((first.Length, first.Written));
        second.Should().NotBe(first);
        Publish(2).Should().Be(first);
    }

    [Fact]
    public void So_is_one_whose_long_manifest_alone_is_another()
    {
        using var folder = new TempFolder();
        DateTime written = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        FileStamp Write(int place, byte value)
        {
            byte[] bytes = new byte[100_000];
            BitConverter.TryWriteBytes(bytes, 60_000UL);
            bytes[place] = value;
            File.WriteAllBytes(folder["model"], bytes);
            File.SetLastWriteTimeUtc(folder["model"], written);
            return FileStamp.Of(folder["model"]);
        }

        Write(60_007, 1).Should().NotBe(Write(60_007, 2)).And.NotBe(Write(12, 1));
        Write(12, 1).Should().Be(Write(12, 1));
    }

    [SkippableFact]
    public void A_folder_that_is_swapped_by_a_link_is_seen()
    {
        Skip.If(OperatingSystem.IsWindows(), "Making links takes a privilege on Windows.");
        using var app = new Hosted();
        string folder = Path.GetDirectoryName(app.Path)!, data = Path.Combine(folder, "..data");
        var written = DateTime.UtcNow.AddHours(-1);
        for (int n = 1; n <= 2; n++)
        {
            string version = Directory.CreateDirectory(Path.Combine(folder, $"..version-{n}")).FullName;
            Hosted.Numbered(n).Save(Path.Combine(version, "model.drepmrec"));
            File.SetLastWriteTimeUtc(Path.Combine(version, "model.drepmrec"), written);
        }

        File.Delete(app.Path);
        File.CreateSymbolicLink(app.Path, "..data/model.drepmrec");
        Directory.CreateSymbolicLink(data, "..version-1");
        app.Served.Should().Be("1/0");
        Directory.CreateSymbolicLink(data + ".new", "..version-2");
        Directory.Delete(data);
        Directory.Move(data + ".new", data);
        app.Look();
        app.Served.Should().Be("2/0", "length and time are those of the other file, the file is another");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_old_model_answers_as_long_as_somebody_has_it(bool map)
    {
        using var app = new Hosted(o => o.MemoryMap = map);
        Recommender old = app.Provider.Current;
        for (int n = 2; n < 12; n++)
        {
            app.Publish(n);
            app.Look();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        app.Served.Should().Be("11/0");
        Hosted.Model(old).Should().Be("1/0");
    }

    [Fact]
    public async Task A_storm_of_files_good_and_bad_fails_no_request()
    {
        using var app = new Hosted(o => o.PollInterval = TimeSpan.FromMilliseconds(10));
        app.Served.Should().Be("1/0");
        using var stop = new CancellationTokenSource();
        Task<int>[] clients = [.. Enumerable.Range(0, 3).Select(_ => OwnThread.Run(() => Ask(app.Provider, stop.Token)))];
        for (int n = 2; n <= 24; n++)
        {
            switch (n % 4)
            {
                case 0:
                    app.PublishDamaged(n);
                    break;
                case 1:
                    File.WriteAllBytes(app.Path, new byte[n]);
                    break;
                default:
                    app.Publish(n);
                    break;
            }

            if (n == 2)
                await Eventually(() => app.Served == "2/0");
            else
                await Task.Delay(15);
        }

        app.Publish(25);
        await Eventually(() => app.Served == "25/0");
        await stop.CancelAsync();
        (await Task.WhenAll(clients)).Should().OnlyContain(answers => answers > 0);
        app.Provider.Status.Loads.Should().BeGreaterThan(2);
        await Eventually(() => app.Provider.Status.LastError is null);
    }

    [Fact]
    public async Task Requests_go_on_while_a_model_is_being_prepared()
    {
        using var preparing = new SemaphoreSlim(0);
        using var goOn = new SemaphoreSlim(0);
        bool first = true;
        using var app = new Hosted(o => o.Prepare = recommender =>
        {
            if (!first)
            {
                preparing.Release();
                goOn.Wait();
            }

            first = false;
            return recommender;
        });
        app.Served.Should().Be("1/0");
        app.Publish(2);
        Task reload = app.Provider.ReloadAsync();
        await preparing.WaitAsync();
        app.Served.Should().Be("1/0");
        app.Provider.Status.Loads.Should().Be(1);
        goOn.Release();
        await reload;
        app.Served.Should().Be("2/0");
    }

    [Fact]
    public async Task Changes_are_on_top_of_the_file_and_what_is_prepared_lasts()
    {
        using var app = new Hosted(o => o.Prepare = recommender => recommender.WithoutItems(["2/0"]));
        app.Provider.Update(recommender => recommender.WithoutItems(["1/0"]));
        app.Served.Should().Be("1/1");
        app.Look();
        app.Served.Should().Be("1/1");
        app.Publish(2);
        await app.Provider.ReloadAsync();
        app.Served.Should().Be("2/1", "the change was of the model before, what is prepared is not");
        app.Provider.Invoking(p => p.Update(_ => null!)).Should().Throw<InvalidOperationException>();
        app.Provider.Invoking(p => p.Update(_ => throw new TimeoutException())).Should().Throw<TimeoutException>();
        app.Served.Should().Be("2/1");
    }

    [Fact]
    public async Task No_change_is_lost_however_many_there_are_at_once()
    {
        using var app = new Hosted();
        Hosted.Numbered(1, items: 64).Save(app.Path);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(t => Task.Run(() =>
        {
            for (int n = 0; n < 7; n++)
                app.Provider.Update(recommender => recommender.WithoutItems([$"1/{(7 * t) + n}"]));
        })));
        app.Provider.Current.Items.Should().HaveCount(64 - 56);
    }

    [Fact]
    public async Task A_model_that_cant_be_prepared_is_refused()
    {
        using var app = new Hosted(o => o.Prepare = recommender => recommender.Items.Contains("2/0")
            ? throw new InvalidDataException("Too few items.") : recommender);
        app.Served.Should().Be("1/0");
        app.Publish(2);
        await app.Provider.Invoking(p => p.ReloadAsync()).Should().ThrowAsync<InvalidDataException>();
        app.Served.Should().Be("1/0");
        app.Provider.Status.LastError.Should().Be("Too few items.");
        app.PublishDamaged(3);
        await app.Provider.Invoking(p => p.ReloadAsync()).Should().ThrowAsync<ModelFileException>();
        app.Provider.Status.LastError.Should().Contain("damaged", "what was asked for is reported at once");
    }

    [Fact]
    public async Task An_old_model_is_reported()
    {
        using var app = new Hosted(o => o.MaxAge = TimeSpan.FromDays(2));
        app.Served.Should().Be("1/0");
        (await app.CheckHealth()).Status.Should().Be(HealthStatus.Healthy);
        app.Time.Now += TimeSpan.FromDays(2.1);
        HealthCheckResult health = await app.CheckHealth();
        health.Status.Should().Be(HealthStatus.Degraded);
        health.Description.Should().EndWith("older than 2.00:00:00.");
        ((double)health.Data["age"]).Should().BeApproximately(2.1 * 86400, 60);
    }

    [Fact]
    public async Task What_is_disposed_serves_what_it_has_and_looks_no_more()
    {
        var app = new Hosted();
        using (app)
        {
            app.Served.Should().Be("1/0");
            var provider = (RecommenderProvider)app.Provider;
            provider.Dispose();
            provider.Dispose();
            app.Publish(2);
            provider.Look();
            Hosted.Model(provider.Current).Should().Be("1/0");
            await provider.Invoking(p => p.ReloadAsync()).Should().ThrowAsync<ObjectDisposedException>();
        }

        using var unused = new Hosted();
        var unusedProvider = (RecommenderProvider)unused.Provider;
        unusedProvider.Dispose();
        unusedProvider.Invoking(p => p.Current).Should().Throw<ObjectDisposedException>();
    }

    [Fact]
    public async Task A_file_is_only_followed_if_it_is_to_be()
    {
        using var app = new Hosted(o => o.ReloadOnChange = false);
        app.Served.Should().Be("1/0");
        app.Publish(2);
        app.Look(times: 3);
        app.Served.Should().Be("1/0");
        await app.Provider.ReloadAsync();
        app.Served.Should().Be("2/0");
        app.PublishDamaged(3);
        await app.Provider.Invoking(p => p.ReloadAsync()).Should().ThrowAsync<ModelFileException>();
        app.Look();
        app.Provider.Status.LastError.Should().NotBeNull("the file is still bad, though nobody looks");
        app.Provider.Status.RetryAt.Should().BeNull("nobody tries it again");
        app.Log.Of(2).Should().ContainSingle().Which.Text.Should().EndWith("Next try: none, as the file isn't followed");
    }

    [Fact]
    public async Task The_first_load_may_be_asked_for()
    {
        using var app = new Hosted();
        await app.Provider.ReloadAsync();
        app.Provider.Status.Loads.Should().Be(1);
        app.Served.Should().Be("1/0");
    }

    internal static async Task Eventually(Func<bool> holds)
    {
        for (int n = 0; n < 2000 && !holds(); n++)
            await Task.Delay(10);
        holds().Should().BeTrue("20 seconds should be enough");
    }

    private static int Ask(IRecommenderProvider provider, CancellationToken stop)
    {
        int answers = 0;
        for (; !stop.IsCancellationRequested; answers++)
        {
            RecommendationList list = provider.Current.Recommend(Hosted.User, 3);
            string[] numbers = [.. list.Select(r => r.Item.Split('/')[0]).Distinct()];
            if (list.Count != 3 || numbers.Length != 1)
                throw new InvalidOperationException($"{list.Count} items of models {string.Join(", ", numbers)}");
        }

        return answers;
    }
}
