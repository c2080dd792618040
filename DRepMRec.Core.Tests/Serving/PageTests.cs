using System.Text.Json;
using Deque.AxeCore.Commons;
using DRepMRec.Serving;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Serving;

/// <summary>The page of the sample, as somebody with a keyboard uses it and as somebody without eyes hears it.</summary>
public sealed class PageTests(ServedPage served) : IClassFixture<ServedPage>
{
    [SkippableFact]
    public async Task Shows_a_user_with_titles_pictures_and_reasons()
    {
        Browser browser = await Open("#user=u5");
        string[] expected = [.. served.Recommender.Recommend("u5", 12).Select(r => r.Item)];
        (await Texts("#list li", "e.dataset.item")).Should().Equal(expected);
        (await Texts("#list .name", "e.textContent")).Should().Contain(name => name.StartsWith("Thing "));
        (await Texts("#list .bar", "e.getAttribute('aria-label')")).Should().HaveCount(12)
            .And.OnlyContain(reason => reason.StartsWith("Because of who chose it") || reason.StartsWith("Because of its "));
        await browser.UntilAsync("[...document.querySelectorAll('#list img')].slice(0, 3).every(i => i.complete && i.naturalWidth > 0)");
        (await Text("#status")).Should().Be("12 items for u5, by what is known of the user");
        (await Texts("#history li", "e.innerText.trim()")).Should().HaveCount(6);

        await browser.OpenAsync($"{served.Address}/#user=nobody");
        await Settled();
        (await Text("#status")).Should().Be("12 items for nobody, by popularity: nothing is known here");
        browser.Errors.Should().ContainSingle("the history of a user that isn't known is a 404").Which.Should().Contain("404");
    }

    [SkippableFact]
    public async Task A_basket_is_filled_by_keyboard_and_stays_in_the_address()
    {
        Browser browser = await Open("#user=u5");
        await browser.RunAsync("document.getElementById('userTab').focus()");
        await browser.PressAsync("ArrowRight");
        (await Text("#status")).Should().Be("The basket is empty.");
        await browser.PressAsync("Tab");
        (await browser.RunAsync("document.activeElement.id")).GetString().Should().Be("find");
        foreach (string words in (string[])["thing 10, round", "square 21", "t42"])
        {
            await browser.TypeAsync(words);
            await browser.UntilAsync("document.querySelector('#found li')");
            await browser.PressAsync("ArrowDown");
            (await browser.RunAsync("document.getElementById(document.activeElement.getAttribute('aria-activedescendant')).ariaSelected"))
                .GetString().Should().Be("true");
            await browser.PressAsync("Enter");
            await browser.UntilAsync("document.getElementById('find').value === ''");
        }

        string[] basket = ["t10", "t21", "t42"];
        await browser.UntilAsync("document.getElementById('status').textContent.startsWith('12 items for a basket of 3, by the items')");
        (await Texts("#basket li", "e.dataset.item")).Should().Equal(basket);
        string[] answer = await Texts("#list li", "e.dataset.item");
        answer.Should().Equal(served.Recommender.Recommend(new RecommendationRequest { History = basket, Count = 12 }).Select(r => r.Item));
        string address = (await browser.RunAsync("location.href")).GetString()!;
        await browser.OpenAsync(address);
        await Settled();
        (await Texts("#list li", "e.dataset.item")).Should().Equal(answer);

        await browser.RunAsync("document.querySelector('#basket button').focus()");
        await browser.PressAsync("Enter");
        await browser.UntilAsync("document.getElementById('status').textContent.includes('basket of 2')");
        (await Text("#basket button:focus")).Should().Be("Remove", "the focus goes to the next one");
        browser.Errors.Should().BeEmpty();
    }

    [SkippableFact]
    public async Task Who_comes_with_a_basket_finds_a_user_behind_the_other_tab()
    {
        Browser browser = await Open("#basket=t10");
        await browser.RunAsync("document.getElementById('userTab').click()");
        await browser.UntilAsync("document.querySelector('#history li')");
        (await browser.RunAsync("document.getElementById('user').value")).GetString().Should().StartWith("u");
        browser.Errors.Should().BeEmpty();
    }

    [SkippableFact]
    public async Task Refinements_are_asked_for_and_what_cannot_be_is_said()
    {
        Browser browser = await Open("#user=u5");
        await browser.RunAsync("document.getElementById('refine').open = true");
        await Set("[data-column=shape][data-does=in]", "round");
        await Set("[data-column=price][data-does=max]", "30");
        await Set("#variety", "50");
        await Set("#surprise", "30");
        await browser.UntilAsync("""
            [...document.querySelectorAll('#list .facts')].every(e => e.textContent.includes('round')
                && !(parseFloat(e.textContent.split('price ')[1]) > 30))
            """);
        (await Texts("#list li", "e.dataset.item")).Should().HaveCountGreaterThan(5);
        await Set("[data-column=price][data-does=min]", "31");
        await browser.UntilAsync("!document.getElementById('error').hidden");
        (await Text("#error")).Should().Contain("No value of the column 'price' is at least 31 and at most 30.");
    }

    [SkippableFact]
    public async Task Similar_items_take_the_focus()
    {
        Browser browser = await Open("#user=u5");
        await browser.RunAsync("document.querySelector('#list .acts button').focus()");
        await browser.PressAsync("Enter");
        await browser.UntilAsync("document.activeElement.id === 'moreTitle'");
        string first = (await Texts("#list li", "e.dataset.item"))[0];
        (await Texts("#similar li", "e.dataset.item")).Should().Equal(served.Recommender.SimilarItems(first, 8).Select(i => i.Item));
        (await Texts("#spaces button", "e.getAttribute('aria-pressed')")).Should().Equal("true", "false", "false");
    }

    [SkippableFact]
    public async Task A_new_item_is_added_by_a_title_and_a_picture()
    {
        Browser browser = await Open("#user=u5");
        await browser.RunAsync("document.getElementById('openAdd').click()");
        await browser.UntilAsync("document.activeElement.id === 'newId'");
        await browser.TypeAsync("fresh");
        await browser.RunAsync("document.querySelector('#newFields [name=title]').value = 'Thing 61, square'");
        await browser.RunAsync("document.querySelector('#newFields [name=price]').value = 'cheap'");
        await browser.ChooseFileAsync("#newPicture", ServedPage.Pictures[1]);
        await browser.RunAsync("document.querySelector('#addForm .chief').click()");
        await browser.UntilAsync("!document.getElementById('addError').hidden");
        (await Text("#addError")).Should().Be("Expected a number as price, got 'cheap'.");

        await browser.RunAsync("document.querySelector('#newFields [name=price]').value = '12.5'");
        await browser.RunAsync("document.querySelector('#newFields [name=shape]').value = 'square, sharp'");
        await browser.RunAsync("document.querySelector('#addForm .chief').click()");
        await browser.UntilAsync("document.getElementById('moreTitle').textContent === 'Similar to Thing 61, square'");
        (await browser.RunAsync("document.getElementById('add').open")).GetBoolean().Should().BeFalse();
        (await Texts("#similar .facts", "e.textContent")).Should().HaveCount(8).And.OnlyContain(f => f.StartsWith("square"));

        using var client = new HttpClient();
        JsonElement added = JsonDocument.Parse(await client.GetStringAsync($"{served.Address}/items?item=fresh")).RootElement;
        added.GetProperty("values").GetProperty("price").GetDouble().Should().Be(12.5);
        (await client.GetByteArrayAsync(served.Address + added.GetProperty("picture").GetString()))
            .Should().Equal(await File.ReadAllBytesAsync(ServedPage.Pictures[1]));
        await client.DeleteAsync($"{served.Address}/items?item=fresh");
    }

    [SkippableTheory]
    [InlineData(false, 1280)]
    [InlineData(true, 1280)]
    [InlineData(true, 320)]
    public async Task Nothing_stands_in_the_way_of_a_screen_reader_of_contrast_or_of_a_narrow_screen(bool dark, int width)
    {
        Browser browser = await Open("#user=u5", dark, width);
        await browser.RunAsync("document.getElementById('refine').open = true");
        await browser.RunAsync("document.querySelector('#list .acts button').click()");
        await browser.UntilAsync("document.querySelector('#similar li')");
        await browser.RunAsync(new BundledAxeScriptProvider().GetScript());
        await RequireAccessible();
        (await browser.RunAsync("document.documentElement.scrollWidth <= innerWidth")).GetBoolean().Should().BeTrue("it fits");
        await browser.RunAsync("document.getElementById('basketTab').click()");
        await browser.RunAsync("document.getElementById('find').focus()");
        await browser.TypeAsync("thing");
        await browser.UntilAsync("document.querySelector('#found li')");
        await RequireAccessible();
        await browser.RunAsync("document.getElementById('openAdd').click()");
        await RequireAccessible();
    }

    private async Task RequireAccessible()
    {
        JsonElement judged = await served.Browser!.RunAsync("""
            axe.run().then(r => [r.passes.length,
                ...r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html + ' ' + n.failureSummary).join())])
            """);
        judged[0].GetInt32().Should().BeGreaterThan(15, "so many rules had something to judge");
        judged.EnumerateArray().Skip(1).Select(v => v.GetString()).Should().BeEmpty();
    }

    private async Task Set(string selector, string value) => await served.Browser!.RunAsync($$"""
        (() => {
            const field = document.querySelector('{{selector}}');
            field.value = '{{value}}';
            field.dispatchEvent(new Event('input', { bubbles: true }));
        })()
        """);

    private async Task<string> Text(string selector)
        => (await served.Browser!.RunAsync($"document.querySelector('{selector}').textContent")).GetString()!;

    private async Task<string[]> Texts(string selector, string read)
        => [.. (await served.Browser!.RunAsync($"[...document.querySelectorAll('{selector}')].map(e => {read})")).EnumerateArray()
            .Select(t => t.GetString()!)];

    private Task Settled() => served.Browser!.UntilAsync("""
        document.readyState === 'complete' && document.querySelector('#list li')
            && document.getElementById('status').textContent.includes(' for ')
        """);

    private async Task<Browser> Open(string hash, bool dark = false, int width = 1280)
    {
        Skip.If(served.Browser is null, "There is no Chromium on the PATH.");
        await served.Browser.LookAsync(dark, width);
        await served.Browser.OpenAsync($"{served.Address}/{hash}");
        await Settled();
        return served.Browser;
    }
}
