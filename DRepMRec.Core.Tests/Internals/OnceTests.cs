using DRepMRec.Internals;

namespace DRepMRec.Tests.Internals;

public sealed class OnceTests
{
    [Fact]
    public void What_fails_is_made_anew_and_what_is_made_stays()
    {
        int tries = 0;
        var once = new Once<string>(() => ++tries < 3 ? throw new OutOfMemoryException() : $"try {tries}");
        for (int n = 0; n < 2; n++)
        {
            once.Invoking(o => o.Value).Should().Throw<OutOfMemoryException>();
            once.IsMade.Should().BeFalse();
        }

        once.Value.Should().Be("try 3");
        once.IsMade.Should().BeTrue();
        once.Value.Should().BeSameAs(once.Value);
        tries.Should().Be(3);
        new Once<string>("there").Value.Should().Be("there");
    }

    [Fact]
    public async Task Whoever_asks_while_it_is_made_waits_for_it()
    {
        using var begun = new SemaphoreSlim(0);
        using var goOn = new SemaphoreSlim(0);
        int made = 0;
        var once = new Once<object>(() =>
        {
            made++;
            begun.Release();
            goOn.Wait();
            return new object();
        });
        Task<object> first = Task.Run(() => once.Value);
        await begun.WaitAsync();
        Task<object> second = Task.Run(() => once.Value);
        once.IsMade.Should().BeFalse();
        goOn.Release(2);
        (await first).Should().BeSameAs(await second);
        made.Should().Be(1);
    }
}
