using System.Text.Json.Serialization.Metadata;
using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Evaluation;
using DRepMRec.ItemToItem;
using DRepMRec.Serving;
using DRepMRec.Tests.Documentation;
using DRepMRec.Tests.Support;
using DRepMRec.Training;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DRepMRec.Tests.Configuration;

/// <summary>The appsettings.json of docs/configuration.md, as a file.</summary>
public sealed class AppSettingsTests : IDisposable
{
    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("appsettings").FullName, "appsettings.json");

    public AppSettingsTests()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "configuration.md"));
        File.WriteAllText(_file, page.Split("```json\n")[1].Split("```")[0]);
    }

    private IConfigurationRoot Settings => new ConfigurationBuilder().AddJsonFile(_file).Build();

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);

    [Fact]
    public void The_example_binds_and_has_the_defaults()
    {
        var (model, training, dataset) = ConfigurationExample.Read(Settings);
        model.Should().BeEquivalentTo(new DRepMRecOptions());
        training.Should().BeEquivalentTo(
            new TrainerOptions { BatchSize = 2048, Checkpoint = new CheckpointOptions { Path = "training.checkpoint" } },
            o => o.Excluding(t => t.Threads).Excluding(t => t.Evaluation.Threads));
        training.Threads.Should().Be(8);
        dataset.Should().BeEquivalentTo(new DatasetOptions
        {
            Name = "orders",
            Split = SplitStrategy.GlobalTime(),
            Duplicates = DuplicateHandling.Sum,
            Catalogue = ["p-1", "p-2", "p-3"],
            MinimumRating = 4,
            MaxRows = 50_000_000,
        });
        Settings.GetSection("DRepMRec:File").ReadOptions<DelimitedOptions>().Should().Be(
            new DelimitedOptions { User = "customer", Item = "product", Rating = "stars", Timestamp = 4 });
        Settings.GetSection("DRepMRec:Items").ReadOptions<DelimitedItemOptions>().Should().BeEquivalentTo(new DelimitedItemOptions
        {
            Item = "sku",
            Title = "title",
            Categories = ["brand", "tags"],
            CategorySeparator = "|",
            Numbers = ["price"],
            Image = "picture",
        });
        Settings.GetSection("DRepMRec:Recommender").ReadOptions<RecommenderOptions>().Should().Be(new RecommenderOptions());
        Settings.GetSection("DRepMRec:Load").ReadOptions<RecommenderLoadOptions>().Should().Be(
            new RecommenderLoadOptions { Verify = true });
        Settings.GetSection("DRepMRec:WarmStart").ReadOptions<WarmStartOptions>().Should().Be(new WarmStartOptions());
        Settings.GetSection("DRepMRec:Drift").ReadOptions<DriftOptions>().Should().BeEquivalentTo(new DriftOptions());
        TimeTravelOptions replay = Settings.GetSection("DRepMRec:TimeTravel").ReadOptions<TimeTravelOptions>();
        replay.Policies.Should().Equal(UpdatePolicy.Refresh, UpdatePolicy.WarmStartEvery(2, refreshes: true) with
        {
            Name = "warm start every 2",
        });
        replay.Training.MaxEpochs.Should().Be(20);
    }

    [Theory]
    [InlineData("Model", typeof(DRepMRecOptions))]
    [InlineData("Model:Alignment", typeof(BmaOptions))]
    [InlineData("Model:Modal", typeof(ModalEncoderOptions))]
    [InlineData("Model:ItemToItem", typeof(ItemToItemOptions))]
    [InlineData("Training", typeof(TrainerOptions))]
    [InlineData("Training:Adam", typeof(AdamOptions))]
    [InlineData("Training:Checkpoint", typeof(CheckpointOptions))]
    [InlineData("Training:Evaluation", typeof(EvaluationOptions))]
    [InlineData("Dataset", typeof(DatasetOptions))]
    [InlineData("Recommender", typeof(RecommenderOptions))]
    [InlineData("Load", typeof(RecommenderLoadOptions))]
    [InlineData("WarmStart", typeof(WarmStartOptions))]
    [InlineData("Drift", typeof(DriftOptions))]
    public void The_example_has_every_key(string section, Type type)
    {
        Settings.GetSection($"DRepMRec:{section}").GetChildren().Select(c => c.Key)
            .Should().BeEquivalentTo(OptionTypes.Settable(type).Select(p => p.Name));
    }

    [Fact]
    public void Options_reach_services_as_themselves_and_by_factory()
    {
        using ServiceProvider plain = Services(ConfigurationExample.Register);
        plain.GetRequiredService<TrainerOptions>().Threads.Should().Be(8);
        IConfigurationRoot settings = new ConfigurationBuilder().AddConfiguration(Settings).AddInMemoryCollection().Build();
        using ServiceProvider options = Services(ConfigurationExample.RegisterFactory, settings);
        IOptionsMonitor<TrainerOptions> monitor = options.GetRequiredService<IOptionsMonitor<TrainerOptions>>();
        monitor.CurrentValue.MaxEpochs.Should().Be(1000);
        settings["DRepMRec:Training:MaxEpochs"] = "7";
        settings.Reload();
        monitor.CurrentValue.MaxEpochs.Should().Be(7);
        ConfigurationExample.Json(monitor.CurrentValue).Should().BeEquivalentTo(monitor.CurrentValue);
    }

    [Fact]
    public void A_fusion_of_ones_own_is_a_kind()
    {
        var json = ConfigurationExample.WithMyFusion(new DefaultJsonTypeInfoResolver());
        var options = new BmaOptions { Fusion = new ConfigurationExample.Product { Power = 2 } };
        string text = System.Text.Json.JsonSerializer.Serialize(options, json);
        text.Should().Contain("\"kind\": \"product\"");
        System.Text.Json.JsonSerializer.Deserialize<BmaOptions>(text, json).Should().Be(options);
        IConfiguration section = new ConfigurationBuilder().AddInMemoryCollection([new("Fusion:Kind", "Product"), new("Fusion:Power", "3")])
            .Build();
        section.ReadOptions<BmaOptions>(json).Fusion.Should().Be(new ConfigurationExample.Product { Power = 3 });
        FluentActions.Invoking(() => DRepMRecJson.Write(options)).Should().Throw<NotSupportedException>();
    }

    private ServiceProvider Services(Action<IServiceCollection, IConfiguration> register, IConfiguration? settings = null)
    {
        var services = new ServiceCollection();
        services.AddOptions();
        register(services, settings ?? Settings);
        return services.BuildServiceProvider();
    }
}
