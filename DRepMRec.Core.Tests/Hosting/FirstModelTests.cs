using System.Diagnostics;
using DRepMRec.Serving;

namespace DRepMRec.Tests.Hosting;

/// <summary>What there is to serve while the first model is being loaded.</summary>
public sealed class FirstModelTests
{
    [Fact]
    public void Whoever_prepares_the_first_model_and_asks_for_one_is_told_that_there_is_none()
    {
        int loads = 0;
        List<string> told = [];
        Hosted? hosted = null;
        using var app = new Hosted(o => o.Prepare = recommender =>
        {
            if (++loads > 3)
                throw new TimeoutException("Each question has begun another load.");
            foreach (Func<Recommender> ask in new Func<Recommender>[]
            {
                () => hosted!.Provider.Current, () => hosted!.Provider.Update(current => current),
            })
            {
                try
                {
                    ask();
                }
                catch (InvalidOperationException e)
                {
                    told.Add(e.Message);
                }
            }

            return recommender;
        });
        hosted = app;
        app.Served.Should().Be("1/0");
        loads.Should().Be(1);
        const string None = "The recommender 'default' has no model: the first one is being loaded";
        told.Should().Equal(None, None);
        app.Provider.Status.LastError.Should().BeNull();
    }

    [Fact]
    public void A_logger_that_throws_at_the_first_look_is_no_reason_not_to_follow_the_file()
    {
        using var app = new Hosted(options =>
        {
            options.RequiredAtStart = false;
            options.PollInterval = TimeSpan.FromMilliseconds(20);
        }, model: null);
        app.Log.Throws = true;
        app.Provider.Invoking(provider => provider.Current).Should().Throw<Exception>();
        app.Log.Throws = false;
        app.Publish(1);
        var clock = Stopwatch.StartNew();
        while (app.Provider.Status.Loads == 0 && clock.Elapsed < TimeSpan.FromSeconds(20))
            Thread.Sleep(10);
        app.Served.Should().Be("1/0");
    }

    [Fact]
    public async Task Nobody_waits_for_a_first_model_that_comes_after_the_start()
    {
        using var preparing = new SemaphoreSlim(0);
        using var goOn = new SemaphoreSlim(0);
        using var app = new Hosted(
            options =>
            {
                options.RequiredAtStart = false;
                options.Prepare = recommender =>
                {
                    preparing.Release();
                    goOn.Wait();
                    return recommender;
                };
            }, model: null);
        Func<Recommender> ask = () => app.Provider.Current;
        ask.Should().Throw<InvalidOperationException>();
        app.Publish(1);
        Task look = Task.Run(() => app.Look());
        await preparing.WaitAsync();
        try
        {
            Func<Task> asking = () => Task.Run(ask).WaitAsync(TimeSpan.FromSeconds(20));
            await asking.Should().ThrowAsync<InvalidOperationException>().WithMessage($"*has no model: *{app.Path}*");
        }
        finally
        {
            goOn.Release();
        }

        await look;
        app.Served.Should().Be("1/0");
    }
}
