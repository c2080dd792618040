using DRepMRec.Hosting;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace DRepMRec.Tests.Hosting;

public sealed class RegistrationTests
{
    [Fact]
    public void A_key_is_not_the_name_of_the_recommender_without_one()
    {
        var services = new ServiceCollection();
        foreach (string key in new[] { "", "default" })
        {
            FluentActions.Invoking(() => services.AddKeyedRecommender(key, "model.drepmrec")).Should().Throw<ArgumentException>()
                .And.ParamName.Should().Be("key");
        }
    }

    [Fact]
    public async Task A_path_that_the_application_sets_last_is_taken_from_the_content_root_too()
    {
        using var folder = new TempFolder();
        Hosted.Numbered(7).Save(folder["seven"]);
        string root = Path.GetDirectoryName(folder["seven"])!;
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new() { ContentRootPath = root });
        builder.Services.AddRecommender(folder["other"]);
        builder.Services.PostConfigure<RecommenderServiceOptions>(o => o.Path = "seven");
        using IHost host = builder.Build();
        await host.StartAsync();
        Hosted.Model(host.Services.GetRequiredService<IRecommenderProvider>().Current).Should().Be("7/0");
        await host.StopAsync();
    }

    [Fact]
    public void A_request_sees_one_model_and_a_singleton_must_not_keep_one()
    {
        using var app = new Hosted();
        using (IServiceScope request = app.Services.CreateScope())
        {
            Recommender recommender = request.ServiceProvider.GetRequiredService<Recommender>();
            app.Publish(2);
            app.Look();
            request.ServiceProvider.GetRequiredService<Recommender>().Should().BeSameAs(recommender);
            Hosted.Model(recommender).Should().Be("1/0");
        }

        using IServiceScope next = app.Services.CreateScope();
        Hosted.Model(next.ServiceProvider.GetRequiredService<Recommender>()).Should().Be("2/0");
        app.Services.Invoking(s => s.GetRequiredService<Recommender>()).Should().Throw<InvalidOperationException>().WithMessage("*scope*");
    }

    [Fact]
    public async Task Two_models_are_served_side_by_side()
    {
        using var folder = new TempFolder();
        Hosted.Numbered(1).Save(folder["one"]);
        Hosted.Numbered(2).Save(folder["two"]);
        var services = new ServiceCollection();
        services.AddKeyedRecommender("shoes", folder["one"]).AddKeyedRecommender("hats", folder["two"]);
        await using ServiceProvider provider = services.BuildServiceProvider(validateScopes: true);
        using IServiceScope scope = provider.CreateScope();
        Hosted.Model(scope.ServiceProvider.GetRequiredKeyedService<Recommender>("shoes")).Should().Be("1/0");
        Hosted.Model(scope.ServiceProvider.GetRequiredKeyedService<Recommender>("hats")).Should().Be("2/0");
        provider.GetRequiredKeyedService<IRecommenderProvider>("hats").Status.Name.Should().Be("hats");
        scope.ServiceProvider.GetService<Recommender>().Should().BeNull();
        HealthCheckRegistration check = RecommenderHealthCheck.Registration("hats", ["ready"]);
        check.Name.Should().Be("recommender hats");
        check.Tags.Should().Equal("ready");
        var result = await check.Factory(provider).CheckHealthAsync(new HealthCheckContext { Registration = check });
        result.Status.Should().Be(HealthStatus.Healthy);
        result.Data["path"].Should().Be(folder["two"]);
        services.Invoking(s => s.AddKeyedRecommender("", "x")).Should().Throw<ArgumentException>();
    }

    [Fact]
    public async Task A_section_of_the_configuration_is_followed()
    {
        using var folder = new TempFolder();
        Hosted.Numbered(1).Save(folder["one"]);
        Hosted.Numbered(2).Save(folder["two"]);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { ContentRootPath = folder.Path });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Models:Shoes:Path"] = "one",
            ["Models:Shoes:pollinterval"] = "1:00:00",
            ["Models:Shoes:MaxAge"] = "2.00:00:00",
            ["Models:Shoes:Verify"] = "true",
            ["Models:Shoes:MemoryMap"] = "False",
            ["Models:Shoes:ReloadOnChange"] = "false",
            ["Models:Shoes:RequiredAtStart"] = "true",
        });
        builder.Services.AddRecommender(builder.Configuration.GetSection("Models:Shoes"));
        using IHost host = builder.Build();
        await host.StartAsync();
        var provider = host.Services.GetRequiredService<IRecommenderProvider>();
        var monitor = host.Services.GetRequiredService<IOptionsMonitor<RecommenderServiceOptions>>();
        monitor.CurrentValue.Should().BeEquivalentTo(new RecommenderServiceOptions
        {
            Path = folder["one"],
            PollInterval = TimeSpan.FromHours(1),
            MaxAge = TimeSpan.FromDays(2),
            ReloadOnChange = false,
        });
        provider.Status.Loads.Should().Be(1, "the host has loaded it");
        Hosted.Model(provider.Current).Should().Be("1/0");

        builder.Configuration["Models:Shoes:Path"] = "two";
        ((IConfigurationRoot)builder.Configuration).Reload();
        await ReloadTests.Eventually(() => Hosted.Model(provider.Current) == "2/0");
        await host.StopAsync();
    }

    [Theory]
    [InlineData("Pth", "x", "Recommender:Pth: is unknown; expected one of MaxAge, MemoryMap, Path")]
    [InlineData("Prepare", "x", "Recommender:Prepare: is unknown; expected one of MaxAge, MemoryMap, Path, PollInterval, ReloadOnChange, ")]
    [InlineData("Verify", "perhaps", "Recommender:Verify: expected true or false. Got 'perhaps'.")]
    [InlineData("PollInterval", "soon", "Recommender:PollInterval: ")]
    [InlineData("PollInterval", "00:00:00", "PollInterval of the recommender: expected 00:00:00.0100000 to 1.00:00:00, got 00:00:00.")]
    [InlineData("MaxAge", "-1", "MaxAge of the recommender: expected more than 0, got -1.00:00:00.")]
    [InlineData("Path", "", "Path of the recommender: expected the path of a model's file, got none.")]
    [InlineData("Path:Deep", "x", "Recommender:Path: expected a value, got a section.")]
    public async Task Options_that_cant_be_meant_stop_the_start(string key, string value, string message)
    {
        using var folder = new TempFolder();
        Hosted.Numbered(1).Save(folder["one"]);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Recommender:Path"] = folder["one"],
            [$"Recommender:{key}"] = value,
        });
        builder.Services.AddRecommender(builder.Configuration.GetSection("Recommender"));
        using IHost host = builder.Build();
        (await host.Invoking(h => h.StartAsync()).Should().ThrowAsync<OptionsValidationException>())
            .Which.Message.Should().Contain(message);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    public async Task A_path_that_there_is_none_of_stops_the_start(string? path)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddRecommender(options => options.Path = path!);
        using IHost host = builder.Build();
        (await host.Invoking(h => h.StartAsync()).Should().ThrowAsync<OptionsValidationException>())
            .Which.Message.Should().Be("Path of the recommender: expected the path of a model's file, got none.");
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task Options_that_become_invalid_leave_all_as_it_is(string follow)
    {
        using var folder = new TempFolder();
        Hosted.Numbered(1).Save(folder["one"]);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Recommender:Path"] = folder["one"],
            ["Recommender:PollInterval"] = "0:00:00.02",
            ["Recommender:ReloadOnChange"] = follow,
        });
        builder.Services.AddRecommender(builder.Configuration.GetSection("Recommender"));
        using IHost host = builder.Build();
        await host.StartAsync();
        var provider = host.Services.GetRequiredService<IRecommenderProvider>();
        builder.Configuration["Recommender:Verify"] = "perhaps";
        Action reload = ((IConfigurationRoot)builder.Configuration).Reload;
        reload.Should().Throw<Exception>("whoever changes the configuration is told");
        await ReloadTests.Eventually(() => provider.Status.LastError?.Contains("Recommender:Verify", StringComparison.Ordinal) == true);
        Hosted.Model(provider.Current).Should().Be("1/0");
        builder.Configuration["Recommender:Verify"] = "true";
        reload();
        await ReloadTests.Eventually(() => provider.Status.LastError is null);
        await host.StopAsync();
    }

    [Fact]
    public async Task An_application_that_needs_a_model_doesnt_start_without_one()
    {
        using var folder = new TempFolder();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddRecommender(folder["none"]);
        using IHost host = builder.Build();
        (await host.Invoking(h => h.StartAsync()).Should().ThrowAsync<InvalidOperationException>())
            .WithMessage($"The recommender 'default' has no model: *{folder["none"]}*")
            .WithInnerException<FileNotFoundException>();
    }

    [Fact]
    public async Task An_application_may_start_without_a_model()
    {
        using var app = new Hosted(o => o.RequiredAtStart = false, model: null);
        await app.Services.GetServices<IHostedService>().OfType<IHostedLifecycleService>().Single().StartingAsync(default);
        app.Provider.Invoking(p => p.Current).Should().Throw<InvalidOperationException>().WithMessage("*has no model*");
        app.Log.Of(5).Should().ContainSingle("asking doesn't try");
        app.Log.Of(2).Should().BeEmpty("it may be without a model");
        HealthCheckResult health = await app.CheckHealth();
        health.Status.Should().Be(HealthStatus.Unhealthy);
        health.Description.Should().Contain(app.Path);
        app.Publish(7);
        app.Look();
        app.Served.Should().Be("7/0");
        (await app.CheckHealth()).Status.Should().Be(HealthStatus.Healthy);
    }

    [Fact]
    public async Task Registered_twice_is_loaded_once_by_the_last_options()
    {
        using var folder = new TempFolder();
        Hosted.Numbered(2).Save(folder["two"]);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddRecommender(folder["one"]).AddRecommender(folder["two"]);
        using IHost host = builder.Build();
        await host.StartAsync();
        RecommenderStatus status = host.Services.GetRequiredService<IRecommenderProvider>().Status;
        (status.Path, status.Loads).Should().Be((folder["two"], 1));
        await host.StopAsync();
    }
}
