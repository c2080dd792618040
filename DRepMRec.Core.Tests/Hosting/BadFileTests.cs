using DRepMRec.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace DRepMRec.Tests.Hosting;

/// <summary>Files that can't be served leave the one that is, and are tried again.</summary>
public sealed class BadFileTests
{
    [Fact]
    public async Task A_bad_file_leaves_the_old_one_serving_is_logged_and_reported()
    {
        using var app = new Hosted();
        app.Served.Should().Be("1/0");
        app.PublishDamaged(2);
        app.Look();
        app.Served.Should().Be("1/0");
        app.Provider.Status.LastError.Should().BeNull("it may still be being written");
        app.Log.Of(3).Should().ContainSingle().Which.Level.Should().Be(LogLevel.Debug);

        app.Look();
        app.Served.Should().Be("1/0");
        app.Provider.Status.LastError.Should().Contain("model.drepmrec").And.Contain("the file is damaged");
        app.Provider.Status.FailedAt.Should().Be(app.Time.Now);
        app.Log.Of(2).Should().ContainSingle().Which.Should().Match<(EventId, LogLevel Level, string Text)>(e => e.Level == LogLevel.Error
            && e.Text.Contains(app.Path, StringComparison.Ordinal));
        HealthCheckResult health = await app.CheckHealth();
        health.Status.Should().Be(HealthStatus.Degraded);
        health.Description.Should().Contain("the file is damaged");
        health.Data.Should().ContainKeys(
            "path", "written", "loaded", "age", "users", "items", "dataset", "loads", "error", "failed", "retry");

        app.Publish(3);
        app.Look();
        app.Served.Should().Be("3/0");
        app.Provider.Status.LastError.Should().BeNull();
        (await app.CheckHealth()).Status.Should().Be(HealthStatus.Healthy);
    }

    [Fact]
    public void The_first_file_that_cant_be_served_is_tried_again_with_the_next_look()
    {
        using var app = new Hosted(o => o.RequiredAtStart = false, model: null);
        app.Provider.Invoking(p => p.Current).Should().Throw<InvalidOperationException>();
        app.Provider.Status.RetryAt.Should().Be(app.Time.Now.AddMinutes(1), "it may be being copied");
        app.PublishDamaged(1);
        app.Look();
        app.Log.Of(2).Should().ContainSingle().Which.Text.Should().EndWith($"Next try: {app.Time.Now.AddMinutes(1):u}");
        app.Look();
        app.Provider.Status.RetryAt.Should().Be(app.Time.Now.AddHours(1));
    }

    [Fact]
    public void A_failure_is_looked_at_again_within_a_minute_however_long_the_interval_is()
    {
        var now = DateTimeOffset.UnixEpoch;
        TimeSpan hour = TimeSpan.FromHours(1), minute = TimeSpan.FromMinutes(1), second = TimeSpan.FromSeconds(1);
        LoadFailure first = LoadFailure.After(null, new IOException("torn"), null, null, hour, now);
        LoadFailure.Wait(null, hour, now).Should().Be(hour);
        LoadFailure.Wait(first, hour, now).Should().Be(minute);
        LoadFailure.Wait(first, second, now).Should().Be(second);
        LoadFailure.Wait(first, hour, now + minute).Should().Be(hour, "it is reported by then");
        LoadFailure.Wait(LoadFailure.After(first, new IOException("torn"), null, null, hour, now), hour, now).Should().Be(hour);
    }

    [Fact]
    public void A_bad_file_is_tried_again_at_ever_longer_intervals()
    {
        using var app = new Hosted(o => o.PollInterval = TimeSpan.FromHours(1) / 3600);
        app.Served.Should().Be("1/0");
        app.PublishDamaged(2);
        app.Look(times: 100);
        app.Log.Of(2).Should().ContainSingle("100 looks in no time are one report");
        List<int> tries = [];
        for (int second = 1; second <= 1200; second++)
        {
            int before = app.Log.Of(2).Count;
            app.Time.Now += TimeSpan.FromSeconds(1);
            app.Look();
            if (app.Log.Of(2).Count > before)
                tries.Add(second);
        }

        tries.Should().Equal(1, 3, 7, 15, 31, 63, 127, 255, 511, 811, 1111);
    }

    [Fact]
    public void Files_that_are_bad_for_long_are_reported_even_if_each_is_another()
    {
        using var app = new Hosted();
        app.Served.Should().Be("1/0");
        for (int n = 0; n < 13; n++)
        {
            app.PublishDamaged(100 + n);
            File.SetLastWriteTimeUtc(app.Path, DateTime.UtcNow.AddDays(-n));
            app.Look();
            app.Time.Now += TimeSpan.FromSeconds(5);
        }

        app.Log.Of(2).Should().ContainSingle();
        app.Provider.Status.LastError.Should().NotBeNull();
    }

    [Fact]
    public async Task A_file_that_is_gone_is_reported_and_found_again()
    {
        using var app = new Hosted();
        app.Served.Should().Be("1/0");
        File.Move(app.Path, app.Path + ".aside");
        app.Look(times: 2);
        app.Served.Should().Be("1/0");
        (await app.CheckHealth()).Should().Match<HealthCheckResult>(h => h.Status == HealthStatus.Degraded
            && h.Description!.Contains(app.Path, StringComparison.Ordinal));
        File.Move(app.Path + ".aside", app.Path);
        app.Look();
        app.Log.Of(4).Should().ContainSingle();
        app.Provider.Status.Loads.Should().Be(1, "it's the file that is served");
        (await app.CheckHealth()).Status.Should().Be(HealthStatus.Healthy);
    }
}
