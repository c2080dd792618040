using DRepMRec.Data;
using DRepMRec.Graphs;
using DRepMRec.Tests.Data;
using DRepMRec.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Training;

/// <summary>Warm starts of hosts of one's own, whose tables are called as their authors like.</summary>
public sealed class WarmStartHostTests
{
    private static readonly RecDataset Before = Data(["a", "b", "c", "d"], ["w", "x", "y", "z"]);

    // As many users and items as before, of which some are others and some stand at other places.
    private static readonly RecDataset Now = Data(["d", "new", "c", "a"], ["z", "x", "newer", "w"]);

    [Fact]
    public void Tables_of_embedding_modules_go_over_by_id_where_there_are_as_many()
    {
        using DRepMRecModel old = Create(Before), model = Create(Now);
        WarmStartReport report = new Trainer(model, Now).StartFrom(EarlierModel.Of(old, Before));
        (report.KnownUsers, report.KnownItems).Should().Be((3, 3));
        foreach (var (table, before, now) in new[]
        {
            ("behavior._factorsOfUsers.weight", Before.Users, Now.Users), ("behavior._factorsOfItems.weight", Before.Items, Now.Items),
        })
        {
            float[][] from = Rows(old, table), to = Rows(model, table);
            foreach (string id in now.Ids.Intersect(before.Ids))
                to[now.IndexOf(id)].Should().Equal(from[before.IndexOf(id)], "{0} of {1}", id, table);
        }
    }

    [Fact]
    public void Weights_of_layers_that_happen_to_have_as_many_rows_go_over_as_they_are()
    {
        using DRepMRecModel old = Create(Before), model = Create(Now);
        new Trainer(model, Now).StartFrom(EarlierModel.Of(old, Before));
        foreach (var (from, to) in Rows(old, "behavior._layer.weight").Zip(Rows(model, "behavior._layer.weight")))
            to.Should().Equal(from, "it has a row for each column, of which there are four, as there are users");
    }

    [Fact]
    public void Tables_that_may_be_of_users_or_of_items_are_refused()
    {
        using var host = new UnnamedHost();
        using DRepMRecModel old = DRepMRecModel.Create(Before, new UnnamedHost(), DRepMRecOptions.LightGcn);
        EarlierModel earlier = EarlierModel.Of(old, Before);
        using DRepMRecModel model = DRepMRecModel.Create(Now, host, DRepMRecOptions.LightGcn), same = Same();
        FluentActions.Invoking(() => new Trainer(model, Now).StartFrom(earlier)).Should().Throw<ArgumentException>().WithMessage(
            "The 4 rows of 'behavior._p.weight' may be of users or of items, of which there are as many, and others than before: have "
            + "\"user\" or \"item\" in its name.");
        new Trainer(same, Before).StartFrom(earlier).KnownItems.Should().Be(4, "with the same ids either is right");

        static DRepMRecModel Same() => DRepMRecModel.Create(Before, new UnnamedHost(), DRepMRecOptions.LightGcn);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Content_that_no_training_changed_stays_as_it_is_here_and_rows_that_one_changed_go_over_frozen_or_not(bool fromFile)
    {
        using var folder = new TempFolder();
        RecDataset wider = Data(["a", "b", "c", "d"], ["w", "x", "y", "z", "more"]);
        using DRepMRecModel old = DRepMRecModel.Create(Before, new ContentHost(4, 4, 1), DRepMRecOptions.LightGcn);
        EarlierModel trained = new Trainer(old, Before, new TrainerOptions { MaxEpochs = 1 }).Fit().ToEarlierModel();
        using DRepMRecModel frozen = DRepMRecModel.Create(Before, new ContentHost(4, 4, 1), DRepMRecOptions.LightGcn);
        var second = new Trainer(frozen, Before, new TrainerOptions { MaxEpochs = 1 });
        second.StartFrom(trained);
        frozen.named_parameters().Single(p => p.name == "behavior.users").parameter.requires_grad = false;
        EarlierModel earlier = second.Fit().ToEarlierModel();
        if (fromFile)
        {
            earlier.Save(folder["weights"]);
            earlier = EarlierModel.Load(folder["weights"]);
        }

        using DRepMRecModel model = DRepMRecModel.Create(wider, new ContentHost(4, 5, 2), DRepMRecOptions.LightGcn);
        new Trainer(model, wider).StartFrom(earlier).Kept.Should().Equal("behavior.item_content", "behavior.item_kinds");
        Rows(model, "behavior.item_content").Should().BeEquivalentTo(Enumerable.Repeat(new float[] { 2, 2, 2, 2 }, 5));
        model.state_dict()["behavior.item_kinds"].data<long>().Should().Equal(2, 2, 2, 2, 2);
        Rows(model, "behavior.users").Should().BeEquivalentTo(Rows(old, "behavior.users"), o => o.WithStrictOrdering());
    }

    [Fact]
    public void Content_stays_after_a_checkpoint_too_and_what_is_trained_here_goes_over_though_it_was_frozen_there()
    {
        using var folder = new TempFolder();
        using DRepMRecModel old = DRepMRecModel.Create(Before, new ContentHost(4, 4, 1), DRepMRecOptions.LightGcn);
        old.named_parameters().Single(p => p.name == "behavior.users").parameter.requires_grad = false;
        new Trainer(old, Before, new TrainerOptions { MaxEpochs = 1, Checkpoint = new() { Path = folder["state"] } }).Fit();
        EarlierModel earlier = EarlierModel.LoadCheckpoint(folder["state"], Before);
        using DRepMRecModel model = DRepMRecModel.Create(Before, new ContentHost(4, 4, 2), DRepMRecOptions.LightGcn);
        new Trainer(model, Before).StartFrom(earlier).Kept.Should().Equal("behavior.item_content", "behavior.item_kinds");
        Rows(model, "behavior.users").Should().BeEquivalentTo(Rows(old, "behavior.users"), o => o.WithStrictOrdering());
    }

    [Fact]
    public void Weights_that_there_is_no_place_for_are_refused()
    {
        using DRepMRecModel old = Create(Before);
        using DRepMRecModel model = DRepMRecModel.Create(Now, new ModuleHost(4, 4, hasLayer: false), DRepMRecOptions.LightGcn);
        FluentActions.Invoking(() => new Trainer(model, Now).StartFrom(EarlierModel.Of(old, Before))).Should().Throw<ArgumentException>()
            .WithMessage("The earlier model has weights that there is no place for here, behavior._layer.weight: it is of another kind. "
                + "Begin from one that was made with the same parts and options.");
    }

    [Fact]
    public void A_start_that_was_refused_leaves_the_trainer_as_it_was()
    {
        var options = new TrainerOptions { MaxEpochs = 1, KeepMoments = true };
        using DRepMRecModel old = Create(Before), plain = Create(Now), model = Create(Now);
        EarlierModel without = EarlierModel.Of(old, Before);
        EarlierModel with = new Trainer(old, Before, options).Fit().ToEarlierModel();
        using DRepMRecModel other = DRepMRecModel.Create(Before, new ModuleHost(4, 4, hasLayer: false), DRepMRecOptions.LightGcn);
        EarlierModel unfit = new Trainer(other, Before, options).Fit().ToEarlierModel();
        var trainer = new Trainer(model, Now, options);
        FluentActions.Invoking(() => trainer.StartFrom(without, new() { Moments = true })).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => trainer.StartFrom(unfit, new() { Moments = true })).Should().Throw<ArgumentException>();
        using (no_grad())
        {
            foreach (var (name, weights) in model.state_dict())
                plain.state_dict()[name].copy_(weights);
        }

        TrainingReport report = trainer.Fit();
        report.Started.Should().BeNull();
        EarlierModel.Of(model, Now).Checksum.Should().Be(EarlierModel.Of(Trained(plain), Now).Checksum);
        trainer.StartFrom(with, new() { Moments = true }).KnownUsers.Should().Be(3);

        DRepMRecModel Trained(DRepMRecModel one)
        {
            new Trainer(one, Now, options).Fit();
            return one;
        }
    }

    private static DRepMRecModel Create(RecDataset data)
        => DRepMRecModel.Create(data, new ModuleHost(data.Users.Count, data.Items.Count, hasLayer: true), DRepMRecOptions.LightGcn);

    private static float[][] Rows(DRepMRecModel model, string name)
        => [.. UserItemEmbeddings.Values(model.state_dict()[name]).Chunk((int)model.state_dict()[name].shape[1])];

    private static RecDataset Data(string[] users, string[] items)
    {
        InteractionSet Set(params (int, int)[] pairs) => new(users.Length, items.Length, pairs);
        return new RecDataset("tiny", new IdMap(users), new IdMap(items),
            new InteractionSplits(Set((0, 0), (1, 1), (2, 2), (3, 3), (0, 1)), Set(), Set()), []);
    }

    /// <summary>Tables and a layer of TorchSharp's own modules, each called its own way.</summary>
    private sealed class ModuleHost : nn.Module<InteractionGraph, UserItemEmbeddings>, IBehaviorEncoder
    {
        private readonly Embedding _factorsOfUsers;
        private readonly Embedding _factorsOfItems;
        private readonly Linear? _layer;

        public ModuleHost(int users, int items, bool hasLayer)
            : base(nameof(ModuleHost))
        {
            _factorsOfUsers = nn.Embedding(users, EmbeddingDim);
            _factorsOfItems = nn.Embedding(items, EmbeddingDim);
            _layer = hasLayer ? nn.Linear(EmbeddingDim, EmbeddingDim, hasBias: false) : null;
            RegisterComponents();
        }

        public int EmbeddingDim => 4;

        public override UserItemEmbeddings forward(InteractionGraph graph)
        {
            Tensor items = _factorsOfItems.weight!.alias();
            return new UserItemEmbeddings(_factorsOfUsers.weight!.alias(), _layer is null ? items : _layer.call(items));
        }
    }

    /// <summary>Users that are trained, and items that have content in a frozen table and a buffer of whole numbers.</summary>
    private sealed class ContentHost : nn.Module<InteractionGraph, UserItemEmbeddings>, IBehaviorEncoder
    {
        private readonly Parameter _users;
        private readonly Parameter _items;
        private readonly Parameter _content;

        public ContentHost(int users, int items, int content)
            : base(nameof(ContentHost))
        {
            _users = new Parameter(rand(users, 4));
            _items = new Parameter(rand(items, 4));
            _content = new Parameter(full(items, 4, (float)content), requires_grad: false);
            register_parameter("users", _users);
            register_parameter("items", _items);
            register_parameter("item_content", _content);
            register_buffer("item_kinds", full(items, (long)content, ScalarType.Int64));
        }

        public int EmbeddingDim => 4;

        public override UserItemEmbeddings forward(InteractionGraph graph) => new(_users.alias(), _items + _content);
    }

    private sealed class UnnamedHost : nn.Module<InteractionGraph, UserItemEmbeddings>, IBehaviorEncoder
    {
        private readonly Embedding _p = nn.Embedding(4, 4);
        private readonly Embedding _q = nn.Embedding(4, 4);

        public UnnamedHost()
            : base(nameof(UnnamedHost)) => RegisterComponents();

        public int EmbeddingDim => 4;

        public override UserItemEmbeddings forward(InteractionGraph graph) => new(_p.weight!.alias(), _q.weight!.alias());
    }
}
