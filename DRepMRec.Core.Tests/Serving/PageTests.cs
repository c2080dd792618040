using System.Text.Json;
using Deque.AxeCore.Commons;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Serving;

/// <summary>The page of the sample, as somebody with a keyboard uses it and as somebody without eyes hears it.</summary>
public sealed class PageTests(ServedPage served) : IClassFixture<ServedPage>
{
    private static readonly string User = Served.Data.Users[5];

    [SkippableFact]
    public async Task Shows_a_user_with_titles_pictures_and_reasons()
    {
        Browser browser = await Open($"#user={User}");
        string[] expected = [.. Served.Recommender.Recommend(User, 12).Select(r => r.Item)];
        (await Texts(browser, "#list li", "e.dataset.item")).Should().Equal(expected);
        (await Texts(browser, "#list .name", "e.textContent")).Should().Contain(name => name.StartsWith("Thing "));
        (await Texts(browser, "#list .bar", "e.getAttribute('aria-label')")).Should().HaveCount(12)
            .And.OnlyContain(reason => reason.StartsWith("Because of who chose it") || reason.StartsWith("Because of its "));
        await browser.UntilAsync("[...document.querySelectorAll('#list img')].slice(0, 3).every(i => i.complete && i.naturalWidth > 0)");
        (await Text(browser, "#status")).Should().Be($"12 items for {User}, by what is known of the user");
        (await Texts(browser, "#history li", "e.innerText.trim()")).Should().HaveCount(6);

        await browser.OpenAsync($"{served.Address}/#user=nobody");
        await Settled(browser);
        (await Text(browser, "#status")).Should().Be("12 items for nobody, by popularity: nothing is known here");
        browser.Errors.Should().ContainSingle("the history of a user that isn't known is a 404").Which.Should().Contain("404");
    }

    [SkippableFact]
    public async Task A_basket_is_filled_by_keyboard_and_stays_in_the_address()
    {
        Browser browser = await Open($"#user={User}");
        await browser.RunAsync("document.getElementById('userTab').focus()");
        await browser.PressAsync("ArrowRight");
        (await Text(browser, "#status")).Should().Be("The basket is empty.");
        await browser.RunAsync("document.getElementById('find').focus()");
        foreach (string words in (string[])["thing 10, round", "square 21", Served.Data.Items[42]])
        {
            await browser.TypeAsync(words);
            await browser.UntilAsync("document.querySelector('#found li')");
            await browser.PressAsync("ArrowDown");
            (await browser.RunAsync("document.getElementById(document.activeElement.getAttribute('aria-activedescendant')).role")).GetString()
                .Should().Be("option");
            await browser.PressAsync("Enter");
            await browser.UntilAsync("document.getElementById('find').value === ''");
        }

        string[] basket = [Served.Data.Items[10], Served.Data.Items[21], Served.Data.Items[42]];
        await browser.UntilAsync("document.getElementById('status').textContent.startsWith('12 items for a basket of 3, by the items')");
        (await Texts(browser, "#basket li", "e.dataset.item")).Should().Equal(basket);
        string[] answer = await Texts(browser, "#list li", "e.dataset.item");
        answer.Should().NotIntersectWith(basket);
        string address = (await browser.RunAsync("location.href")).GetString()!;
        await browser.OpenAsync(address);
        await Settled(browser);
        (await Texts(browser, "#list li", "e.dataset.item")).Should().Equal(answer);

        await browser.RunAsync("document.querySelector('#basket button').focus()");
        await browser.PressAsync("Enter");
        await browser.UntilAsync("document.getElementById('status').textContent.includes('basket of 2')");
        (await Text(browser, "#basket button:focus")).Should().Be("Remove", "the focus goes to the next one");
        browser.Errors.Should().BeEmpty();
    }

    [SkippableFact]
    public async Task Refinements_are_asked_for_and_what_cannot_be_is_said()
    {
        Browser browser = await Open($"#user={User}");
        await browser.RunAsync("document.getElementById('refine').open = true");
        await Set(browser, "[data-column=shape][data-does=in]", "round");
        await Set(browser, "[data-column=price][data-does=max]", "100");
        await Set(browser, "#variety", "50");
        await Set(browser, "#surprise", "30");
        await browser.UntilAsync("""
            [...document.querySelectorAll('#list .facts')].filter(e => e.textContent.includes('price')).every(e =>
                e.textContent.startsWith('round') && Number(e.textContent.split('price ')[1]) <= 100)
            """);
        (await Texts(browser, "#list li", "e.dataset.item")).Should().HaveCount(12);
        await Set(browser, "[data-column=price][data-does=min]", "101");
        await browser.UntilAsync("!document.getElementById('error').hidden");
        (await Text(browser, "#error")).Should().Contain("No value of the column 'price' is at least 101 and at most 100.");
    }

    [SkippableFact]
    public async Task Similar_items_follow_the_focus()
    {
        Browser browser = await Open($"#user={User}");
        await browser.RunAsync("document.querySelector('#list .acts button').focus()");
        await browser.PressAsync("Enter");
        await browser.UntilAsync("document.activeElement.id === 'moreTitle'");
        string first = (await Texts(browser, "#list li", "e.dataset.item"))[0];
        (await Texts(browser, "#similar li", "e.dataset.item")).Should().Equal(Served.Recommender.SimilarItems(first, 6).Select(i => i.Item));
        (await Texts(browser, "#spaces button", "e.getAttribute('aria-pressed')")).Should().Equal("true", "false", "false");
    }

    [SkippableTheory]
    [InlineData(false, 1280)]
    [InlineData(true, 1280)]
    [InlineData(true, 320)]
    public async Task Nothing_stands_in_the_way_of_a_screen_reader_of_contrast_or_of_a_narrow_screen(bool dark, int width)
    {
        Browser browser = await Open($"#user={User}", dark, width);
        await browser.RunAsync("document.getElementById('refine').open = true");
        await browser.RunAsync("document.querySelector('#list .acts button').click()");
        await browser.UntilAsync("document.querySelector('#similar li')");
        await browser.RunAsync(new BundledAxeScriptProvider().GetScript());
        await RequireAccessible(browser);
        (await browser.RunAsync("document.documentElement.scrollWidth <= innerWidth")).GetBoolean().Should().BeTrue("it fits");
        await browser.RunAsync("document.getElementById('basketTab').click()");
        await browser.RunAsync("document.getElementById('find').focus()");
        await browser.TypeAsync("thing");
        await browser.UntilAsync("document.querySelector('#found li')");
        await RequireAccessible(browser);
    }

    private static async Task RequireAccessible(Browser browser)
    {
        JsonElement violations = await browser.RunAsync(
            "axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html + ' ' + n.failureSummary).join(' | ')))");
        violations.EnumerateArray().Select(v => v.GetString()).Should().BeEmpty();
    }

    private static async Task Set(Browser browser, string selector, string value)
        => await browser.RunAsync($$"""
            (() => { const e = document.querySelector('{{selector}}'); e.value = '{{value}}'; e.dispatchEvent(new Event('input', { bubbles: true })); })()
            """);

    private static async Task<string> Text(Browser browser, string selector)
        => (await browser.RunAsync($"document.querySelector('{selector}').textContent")).GetString()!;

    private static async Task<string[]> Texts(Browser browser, string selector, string read)
        => [.. (await browser.RunAsync($"[...document.querySelectorAll('{selector}')].map(e => {read})")).EnumerateArray()
            .Select(t => t.GetString()!)];

    private static Task Settled(Browser browser) => browser.UntilAsync(
        "document.readyState === 'complete' && document.querySelector('#list li') && document.getElementById('status').textContent.includes(' for ')");

    private async Task<Browser> Open(string hash, bool dark = false, int width = 1280)
    {
        Skip.If(served.Browser is null, "There is no Chromium on the PATH.");
        await served.Browser.LookAsync(dark, width);
        await served.Browser.OpenAsync($"{served.Address}/{hash}");
        await Settled(served.Browser);
        return served.Browser;
    }
}
