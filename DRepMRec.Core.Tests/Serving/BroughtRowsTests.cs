using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.ItemToItem;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Serving;

/// <summary>
/// Recommenders from plain arrays: the rows that somebody brings are what is ranked by; and what can't be loaded isn't saved.
/// </summary>
public sealed class BroughtRowsTests
{
    private static readonly float[] Users = [1, 0, 0, 1, 0, 0], Items = [1, 0, 0, 1, 0.5f, 0.5f];

    [Fact]
    public void A_user_is_ranked_for_by_its_row_with_a_history_or_without()
    {
        using var folder = new TempFolder();
        Recommender made = Make(), some = Make(new InteractionSet(3, 3, [(0, 0)]));
        made.Save(folder["model"]);
        foreach (Recommender recommender in new[] { made, some, Recommender.Load(folder["model"]) })
        {
            RecommendationList list = recommender.Recommend("bob", 3);
            list.Source.Should().Be(RecommendationSource.User);
            list.Select(i => (i.Item, i.Score)).Should().Equal(("hat", 1), ("scarf", 0.5f), ("shoe", 0));
            recommender.Explain("bob", "scarf")!.Score.Should().Be(0.5f);
            recommender.Recommend("cy").Source.Should().Be(RecommendationSource.Popularity, "a row of zeros says nothing");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(null)]
    public void Blank_ids_are_refused(string? id)
        => FluentActions.Invoking(() => Recommender.FromEmbeddings(["ann", id!, "cy"], Users, ["shoe", "hat", "scarf"], Items))
            .Should().Throw<ArgumentException>().WithMessage("The id of the user with index 1 is blank.*");

    [Fact]
    public void Supporters_are_the_items_of_the_history_by_their_cosine()
    {
        string[] items = ["a", "b", "c", "z"];
        float[] rows = [3, 4, 1, 0, 0, 2, 0, 0];
        var whole = new InteractionSet(1, 4, [(0, 0), (0, 1), (0, 2), (0, 3)]);
        Recommender made = Recommender.FromEmbeddings(["u"], [1f, 0], items, rows, whole);
        IReadOnlyList<Recommendation> all = made.Explain("u", "a")!.Supporters;
        all.Select(s => s.Item).Should().Equal("c", "b", "z");
        all.Select(s => s.Score).Should().Equal([0.8f, 0.6f, 0], (x, y) => MathF.Abs(x - y) < 1e-6f);
        made.Explain("u", "a", supporters: 1)!.Supporters.Should().Equal(all.Take(1));
        Recommender alone = Recommender.FromEmbeddings(["u"], [1f, 0], items, rows);
        Explanation popular = alone.Explain(new RecommendationRequest { History = ["z"] }, "a")!;
        (popular.Source, popular.Supporters.Count).Should().Be((RecommendationSource.Popularity, 0), "the history had no say");
    }

    [Theory]
    [InlineData(0, 3, 6, 6, "Expected at least one user and one item, got 0 and 3.*")]
    [InlineData(3, 0, 6, 6, "Expected at least one user and one item, got 3 and 0.*")]
    [InlineData(3, 3, 2, 6, "Expected rows of one length for 3 users and 3 items; got 2 and 6 numbers.*")]
    [InlineData(3, 3, 5, 6, "Expected rows of one length for 3 users and 3 items; got 5 and 6 numbers.*")]
    [InlineData(3, 3, 6, 9, "Expected rows of one length for 3 users and 3 items; got 6 and 9 numbers.*")]
    public void Arrays_that_are_not_rows_of_one_length_are_refused(int users, int items, int userNumbers, int itemNumbers, string message)
    {
        string[] ids = ["a", "b", "c"];
        FluentActions.Invoking(() => Recommender.FromEmbeddings(ids[..users], new float[userNumbers], ids[..items], new float[itemNumbers]))
            .Should().Throw<ArgumentException>().WithMessage(message);
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(3, 4)]
    public void Interactions_of_others_are_refused(int users, int items)
        => FluentActions.Invoking(() => Make(new InteractionSet(users, items, []))).Should().Throw<ArgumentException>()
            .WithMessage($"Expected interactions of 3 users and 3 items, got those of {users} and {items}.*");

    [Fact]
    public void Rows_alone_have_one_space_and_no_modality()
    {
        Recommender made = Make();
        made.Spaces.Should().Equal(RepresentationSpace.Fused);
        made.Manifest.Modalities.Should().BeEmpty();
        made.SimilarItems("shoe", 2, RepresentationSpace.Behavior).Should().BeEmpty();
        made.RefreshKind.Should().Be(RefreshKind.None);
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(3, 4)]
    public void An_item_to_item_part_of_others_is_refused(int users, int items)
    {
        RecDataset data = Samples.Dataset("others", users, items, [(0, 0), (0, 1), (1, 1)], [(1, 0)], [], []);
        var options = new ItemToItemOptions { BlendWeights = [1] };
        ItemToItemBlend blend = ItemToItemBlend.Choose(
            new EmbeddingScorer(Samples.Floats(users * 2, 1), Samples.Floats(items * 2, 2), 2), ItemToItemModel.Solve(data, options), data,
            options);
        Make().Invoking(r => r.WithItemToItem(blend)).Should().Throw<ArgumentException>()
            .WithMessage($"Expected an item-to-item part for 3 users and 3 items, got one for {users} and {items}.*");
        Make().Invoking(r => r.WithItemToItem(null)).Should().NotThrow("there is none to take out");
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused()
    {
        Make().Invoking(r => r.WithRowPrecision((RowPrecision)7)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new RecommenderOptions { MaxContentBytes = -1 }).Should().Throw<ArgumentOutOfRangeException>()
            .WithMessage("Expected 0 or more, got -1.*");
        new RecommenderOptions { MaxContentBytes = 0 }.MaxContentBytes.Should().Be(0);
        new RecommenderLoadOptions().MemoryMap.Should().BeTrue();
    }

    [Fact]
    public void Numbers_that_are_none_are_refused()
        => FluentActions.Invoking(() => Recommender.FromEmbeddings(["ann"], [float.NaN], ["shoe"], [1f])).Should()
            .Throw<ArgumentException>()
            .WithMessage("The model can't be served: expected finite numbers; the representation of the user with index 0 has NaN.");

    [Fact]
    public void Requests_and_items_that_are_null_are_refused()
    {
        Make().Invoking(r => r.Recommend([new RecommendationRequest(), null!])).Should().Throw<ArgumentException>()
            .WithMessage("A request is null.*");
        Make().Invoking(r => r.WithoutItems(["hat", null!])).Should().Throw<ArgumentNullException>().WithMessage("An item's id is null.*");
        Make().Invoking(r => r.QueryVector(null!)).Should().Throw<ArgumentNullException>();
    }

    [Fact]
    public void Ids_of_a_request_that_are_null_are_refused()
    {
        foreach (Func<RecommendationRequest> make in new Func<RecommendationRequest>[]
        {
            () => new() { History = [null!] }, () => new() { Candidates = [null!] }, () => new() { Excluded = [null!] },
        })
            make.Should().Throw<ArgumentException>().WithMessage("* has an entry that is null.*");
    }

    [Fact]
    public void A_damaged_file_that_was_not_verified_is_not_saved_as_another_that_can_not_be_loaded()
    {
        using var folder = new TempFolder();
        Make(new InteractionSet(3, 3, [(0, 0), (1, 2)])).Save(folder["model"]);
        byte[] bytes = File.ReadAllBytes(folder["model"]);

        // The items that users have, two whole numbers, and how many users each of three items has stand before the ids' texts.
        int texts = "annbobcy".Length + "shoehatscarf".Length;
        bytes[^(texts + (5 * sizeof(int)))] = 7;
        folder.With("model", bytes);
        Recommender damaged = Recommender.Load(folder["model"], new RecommenderLoadOptions { Verify = false });
        damaged.Invoking(d => d.Save(folder["copy"])).Should().Throw<ModelFileException>()
            .WithMessage("The model is damaged, and isn't saved: the items of the user with index 0 must ascend from 0 to 2; 7 *");
        File.Exists(folder["copy"]).Should().BeFalse();
    }

    [SkippableFact]
    public void A_link_into_a_folder_that_is_not_there_is_refused_by_both_names()
    {
        Skip.If(OperatingSystem.IsWindows(), "symbolic links ask for rights there");
        using var folder = new TempFolder();
        File.CreateSymbolicLink(folder["link"], folder["nowhere/model"]);
        Make().Invoking(r => r.Save(folder["link"])).Should().Throw<DirectoryNotFoundException>()
            .WithMessage($"The recommender can't be saved as {folder["link"]}: there is no folder {folder["nowhere"]}.");
    }

    private static Recommender Make(InteractionSet? seen = null)
        => Recommender.FromEmbeddings(["ann", "bob", "cy"], Users, ["shoe", "hat", "scarf"], Items, seen);
}
