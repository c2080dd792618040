using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Evaluation;
using DRepMRec.Hosting;
using DRepMRec.ItemToItem;
using DRepMRec.Losses;
using DRepMRec.Serving;
using DRepMRec.Training;
using Microsoft.Extensions.Configuration;

namespace DRepMRec.Tests.Configuration;

public sealed class ErrorTests
{
    [Theory]
    [InlineData("Lossses", "1", "DRepMRec:Training:Lossses: is unknown; expected one of Adam, BatchSize, Checkpoint, *Threads.")]
    [InlineData("Adam:Rate", "1", "DRepMRec:Training:Adam:Rate: is unknown; expected one of Beta1, Beta2, Epsilon, LearningRate.")]
    [InlineData("MaxEpochs", "many", "DRepMRec:Training:MaxEpochs: expected a whole number of Int32. Got 'many'.")]
    [InlineData("MaxEpochs", "1.5", "DRepMRec:Training:MaxEpochs: expected a whole number of Int32. Got '1.5'.")]
    [InlineData("maxepochs", "3000000000", "DRepMRec:Training:maxepochs: expected a whole number of Int32. Got '3000000000'.")]
    [InlineData("MaxEpochs", null, "DRepMRec:Training:MaxEpochs: expected a whole number of Int32. Got nothing.")]
    [InlineData("MaxEpochs", "0", "DRepMRec:Training:MaxEpochs: MaxEpochs must be above 0. Actual value was 0.")]
    [InlineData("Adam:LearningRate", "-0.5", "DRepMRec:Training:Adam:LearningRate: LearningRate must be above 0. Actual value was -0.5.")]
    [InlineData("Adam:LearningRate", "NaN", "DRepMRec:Training:Adam:LearningRate: LearningRate must be above 0. Actual value was NaN.")]
    [InlineData("Adam:LearningRate", "fast", "DRepMRec:Training:Adam:LearningRate: expected a number. Got 'fast'.")]
    [InlineData("BatchSize", "many", "DRepMRec:Training:BatchSize: expected a whole number of Int32. Got 'many'.")]
    [InlineData("MaxEpochs:Deep", "1", "DRepMRec:Training:MaxEpochs: expected a value, got a section.")]
    [InlineData("Evaluation:Mask:Deep", "1", "DRepMRec:Training:Evaluation:Mask: expected a value, got a section.")]
    [InlineData("Checkpoint:Path:Deep", "1", "DRepMRec:Training:Checkpoint:Path: expected a value, got a section.")]
    [InlineData("Adam", "fast", "DRepMRec:Training:Adam: expected a section, got the text 'fast'.")]
    [InlineData("KeepFreedMemory", "yes", "DRepMRec:Training:KeepFreedMemory: expected true or false. Got 'yes'.")]
    [InlineData("Evaluation:Mask", "None", "DRepMRec:Training:Evaluation:Mask: Expected one of Train, TrainAndValidation, got 'None'.")]
    [InlineData("Evaluation:Mask", "1", "DRepMRec:Training:Evaluation:Mask: Expected one of Train, TrainAndValidation, got '1'.")]
    [InlineData("Evaluation:Metrics:0", "Recall", "DRepMRec:Training:Evaluation:Metrics:0: Expected a metric such as 'Recall@20' *")]
    [InlineData("Evaluation:Metrics:first", "Recall@1", "DRepMRec:Training:Evaluation:Metrics:first: expected a list, *")]
    [InlineData("Evaluation:Metrics", "Recall@1", "DRepMRec:Training:Evaluation:Metrics: expected a list, got the text 'Recall@1'.")]
    [InlineData("Evaluation:Metrics", "", "DRepMRec:Training:Evaluation:Metrics: Metrics must have at least one entry.")]
    [InlineData("Evaluation:Metrics", null, "DRepMRec:Training:Evaluation:Metrics: Metrics must have at least one entry.")]
    [InlineData("StoppingMetric", "At Path: 1", "DRepMRec:Training:StoppingMetric: *, got 'At Path: 1'.")]
    [InlineData("Schedule:Kind", "linear", "DRepMRec:Training:Schedule:Kind: expected one of constant, step, cosine; got 'linear'.")]
    [InlineData("Schedule:Decay", "0.5", "DRepMRec:Training:Schedule: expected the key Kind, one of constant, step, cosine; got none.")]
    [InlineData("Schedule", "Step", "DRepMRec:Training:Schedule: expected a section, got the text 'Step'.")]
    [InlineData("Checkpoint:EveryEpochs", "2", "DRepMRec:Training:Checkpoint: *required*path*")]
    public void A_configuration_that_isnt_understood_is_refused_with_its_path(string key, string? value, string message)
        => FluentActions.Invoking(() => Training((key, value))).Should().Throw<OptionsFormatException>().WithMessage(message);

    [Fact]
    public void A_list_with_a_null_is_refused_with_its_path()
    {
        int lists = 0;
        foreach (Type type in OptionTypes.All)
        {
            foreach (PropertyInfo property in OptionTypes.Settable(type))
            {
                Type? entry = property.PropertyType.IsGenericType
                    && property.PropertyType.GetGenericTypeDefinition() is { } kind
                    && (kind == typeof(IReadOnlyList<>) || kind == typeof(IReadOnlyCollection<>))
                    ? property.PropertyType.GetGenericArguments()[0] : null;
                bool isReadAsItGoes = property.Name == nameof(RecommendAllOptions.Users) && type == typeof(RecommendAllOptions);
                if (entry is null || isReadAsItGoes
                    || type.BaseType != typeof(object) || OptionTypes.Settable(type).Any(OptionTypes.IsRequired))
                    continue;
                lists++;
                string name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
                MethodInfo read = typeof(DRepMRecJson).GetMethods().Single(m => m.Name == nameof(DRepMRecJson.Read));
                FluentActions.Invoking(() => read.MakeGenericMethod(type).Invoke(null, [$"{{\"{name}\": [null]}}"]))
                    .Should().Throw<TargetInvocationException>($"{type}.{name}")
                    .WithInnerException<OptionsFormatException>($"{type}.{name}").WithMessage($"*{name}*");
            }
        }

        lists.Should().BeGreaterThan(15);
    }

    [Fact]
    public void Names_are_written_as_in_a_configuration()
        => FluentActions.Invoking(() => Training(("Adam:Rate", "1"))).Should().Throw<OptionsFormatException>()
            .Which.Message.Should().Be("DRepMRec:Training:Adam:Rate: is unknown; expected one of Beta1, Beta2, Epsilon, LearningRate.");

    [Fact]
    public void A_time_that_is_none_is_refused_with_an_example()
        => FluentActions.Invoking(() => Json("{\"PollInterval\": \"often\"}").ReadOptions<RecommenderServiceOptions>()).Should()
            .Throw<OptionsFormatException>().WithMessage("PollInterval: expected a time such as 00:05:00. Got 'often'.");

    [Fact]
    public void Text_stays_text_whatever_it_looks_like()
    {
        foreach (string text in new[] { "5", "true", "NaN", "null", "[1]" })
            Training(("Checkpoint:Path", text)).Checkpoint!.Path.Should().Be(text);
    }

    [Fact]
    public void The_whole_configuration_is_called_the_root()
        => FluentActions.Invoking(() => Json("{\"Decay\": 0.5}").ReadOptions<LearningRateSchedule>()).Should()
            .Throw<OptionsFormatException>().Which.Message.Should().StartWith("The root: expected the key Kind, one of ");

    [Fact]
    public void What_left_the_library_is_refused_by_name()
    {
        Json("{\"RelationLayers\": 1}").Invoking(c => c.ReadOptions<ModalEncoderOptions>()).Should().Throw<OptionsFormatException>()
            .WithMessage("RelationLayers: is unknown; expected one of EmbeddingDim, *");
        Json("{\"Fusion\": {\"Kind\": \"learnedGate\"}}").Invoking(c => c.ReadOptions<BmaOptions>()).Should()
            .Throw<OptionsFormatException>().WithMessage("Fusion:Kind: expected one of sum, normalizedConcatenation; got 'learnedGate'.");
    }

    [Fact]
    public void An_empty_list_is_a_list()
        => Json("{\"ModalityWeights\": []}").ReadOptions<ModalEncoderOptions>().ModalityWeights.Should().BeEmpty().And.NotBeNull();

    [Fact]
    public void Values_that_are_keys_stand_by_their_names()
    {
        var counts = new Dictionary<CandidateMask, int> { [CandidateMask.TrainAndValidation] = 3 };
        JsonSerializer.Serialize(counts).Should().Be("{\"TrainAndValidation\":3}");
        JsonSerializer.Deserialize<Dictionary<CandidateMask, int>>("{\"trainandvalidation\":3}").Should().BeEquivalentTo(counts);
    }

    [Fact]
    public void Json_may_have_comments_and_commas_at_the_end()
        => DRepMRecJson.Read<TrainerOptions>("{ /* why */ \"seed\": 7, }").Seed.Should().Be(7);

    [Fact]
    public void A_message_has_its_path_once()
    {
        string message = FluentActions.Invoking(() => DRepMRecJson.Read<TrainerOptions>("{\"maxEpochs\": \"7\"}")).Should()
            .Throw<OptionsFormatException>().Which.Message;
        message.Should().StartWith("$.maxEpochs: ").And.NotContain("Path: ");
        FluentActions.Invoking(() => DRepMRecJson.Read<TrainerOptions>("{\"stoppingMetric\": 5}")).Should()
            .Throw<OptionsFormatException>().Which.Message.Should().Be("$.stoppingMetric: Expected text for a RankingMetric, got '5'.");
    }

    [Theory]
    [InlineData("{\"contentWeight\": \"NaN\"}", "$.contentWeight: ContentWeight must *NaN*")]
    [InlineData("{\"blendWeights\": [\"Infinity\"]}", "$.blendWeights*: *Infinity*")]
    public void Numbers_that_are_none_are_refused_by_what_they_are_for(string json, string message)
        => FluentActions.Invoking(() => DRepMRecJson.Read<ItemToItemOptions>(json)).Should()
            .Throw<OptionsFormatException>().WithMessage(message).Which.Message.Should().NotContain("could not be converted");

    [Fact]
    public void A_key_of_another_kind_is_unknown()
    {
        FluentActions.Invoking(() => Training(("Schedule:Kind", "cosine"), ("Schedule:Decay", "0.5"))).Should()
            .Throw<OptionsFormatException>()
            .WithMessage("DRepMRec:Training:Schedule:Decay: is unknown; expected one of Kind, WarmupEpochs.")
            .Which.Path.Should().Be("DRepMRec:Training:Schedule:Decay");
    }

    [Theory]
    [InlineData("{\"maxEpochs\": 0}", "$.maxEpochs: MaxEpochs must be above 0. Actual value was 0.")]
    [InlineData("{\"maxEpochs\": \"7\"}", "$.maxEpochs: *Int32*")]
    [InlineData("{\"maxEpochs\": null}", "$.maxEpochs: *Int32*")]
    [InlineData("{\"adam\": null}", "$.adam: *null*")]
    [InlineData("{\"adam\": {\"lossses\": 1}}", "$.adam.lossses: *'lossses'*AdamOptions*")]
    [InlineData("{\"seed\": 1, \"seed\": 2}", "$.seed: *uplicate*")]
    [InlineData("{\"evaluation\": {\"metrics\": [\"Recall@20\", \"Recall\"]}}", "$.evaluation.metrics[1]: Expected a metric such as *")]
    [InlineData("{\"evaluation\": {\"mask\": \"none\"}}", "$.evaluation.mask: Expected one of Train, TrainAndValidation, got 'none'.")]
    [InlineData("{\"evaluation\": {\"mask\": 1}}", "$.evaluation.mask: Expected one of Train, TrainAndValidation, got '1'.")]
    [InlineData("{\"schedule\": {\"kind\": \"linear\"}}", "$.schedule: Expected \"kind\" to be one of constant, step, cosine.")]
    [InlineData("{\"schedule\": {\"every\": 5}}", "$.schedule: Expected \"kind\" to be one of constant, step, cosine.")]
    [InlineData("{\"schedule\": {\"every\": 0, \"kind\": \"step\"}}", "$.schedule.every: Every must be above 0. *")]
    [InlineData("{\"checkpoint\": {}}", "$.checkpoint: *required*path*")]
    [InlineData("{\"seed\":", "$.seed: *")]
    [InlineData("null", "$: expected a TrainerOptions, got null.")]
    public void Json_that_isnt_understood_is_refused_with_its_path(string json, string message)
        => FluentActions.Invoking(() => DRepMRecJson.Read<TrainerOptions>(json)).Should()
            .Throw<OptionsFormatException>().WithMessage(message);

    [Theory]
    [InlineData("{\"boosts\": [{\"where\": {\"column\": \"price\"}, \"weight\": 5000}]}",
        "boosts[0].weight", "Weight must be from -1000 to 1000.*5000.")]
    [InlineData("{\"boosts\": [{\"weight\": 1}]}", "boosts[0]", "*required*where*")]
    [InlineData("{\"where\": [{\"column\": \"price\", \"mxa\": 50}]}", "where[0].mxa", "*")]
    [InlineData("{\"where\": [{\"column\": \"\"}]}", "where[0].column", "*mpty*")]
    [InlineData("{\"where\": [{\"column\": \"price\", \"min\": \"NaN\"}]}", "where[0].min", "*xpected a number*ot *NaN*")]
    [InlineData("{\"quotas\": [{\"column\": \"brand\", \"max\": -1}]}", "quotas[0].max", "Max must*-1.")]
    public void Parts_of_a_request_that_arent_understood_are_refused_with_their_paths(string json, string path, string message)
    {
        FluentActions.Invoking(() => DRepMRecJson.Read<RecommendationRequest>(json)).Should()
            .Throw<OptionsFormatException>().WithMessage($"$.{path}: {message}");
        FluentActions.Invoking(() => Json(json).ReadOptions<RecommendationRequest>()).Should()
            .Throw<OptionsFormatException>().WithMessage($"{path.Replace("[0]", ":0").Replace('.', ':')}: {message}");
    }

    [Fact]
    public void Shares_that_go_together_are_checked_together()
    {
        const string Split = "{\"kind\": \"globalTime\", \"validationShare\": 0.95, \"testShare\": 0.04}";
        DRepMRecJson.Read<SplitStrategy>(Split).Should().Be(SplitStrategy.GlobalTime(0.95, 0.04));
        FluentActions.Invoking(() => DRepMRecJson.Read<DatasetOptions>("{\"split\": " + Split.Replace("0.04", "0.05") + "}")).Should()
            .Throw<OptionsFormatException>().WithMessage("$.split: The shares of validation and test must stay below 1 together; *");
    }

    [Fact]
    public void A_code_that_filters_is_no_data()
    {
        var request = new RecommendationRequest { Filter = _ => true };
        FluentActions.Invoking(() => DRepMRecJson.Write(request)).Should()
            .Throw<JsonException>().WithMessage("A request with a Filter has no JSON: *");
        FluentActions.Invoking(() => JsonSerializer.Serialize(request)).Should()
            .Throw<JsonException>().WithMessage("A request with a Filter has no JSON: *");
    }

    [Fact]
    public void Sections_that_are_missing_or_empty_leave_the_defaults()
    {
        IConfiguration configuration = Json("{\"Training\": {\"Checkpoint\": null, \"Adam\": {}, \"Schedule\": {}, \"MaxEpochs\": 3}}");
        configuration.GetSection("Nowhere").ReadOptions<TrainerOptions>().Should().BeEquivalentTo(new TrainerOptions());
        configuration.GetSection("Training").ReadOptions<TrainerOptions>().Should().BeEquivalentTo(new TrainerOptions { MaxEpochs = 3 });
    }

    [Fact]
    public void The_last_provider_wins_key_by_key()
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddConfiguration(Json("{\"Loss\": {\"Kind\": \"bpr\", \"Negatives\": 4}}"))
            .AddInMemoryCollection([new("loss:kind", "SoftMax"), new("EMBEDDINGDIM", " 32 "), new("BehaviorDropout", ".5")]).Build();
        DRepMRecOptions options = configuration.ReadOptions<DRepMRecOptions>();
        options.Loss.Should().Be(new RankingLoss.SampledSoftmax { Negatives = 4 });
        (options.EmbeddingDim, options.BehaviorDropout).Should().Be((32, 0.5));
    }

    [Fact]
    public void Options_that_can_be_set_are_set_where_there_are_keys()
    {
        var options = new Mutable { Name = "kept", Load = new RecommenderLoadOptions { Verify = true } };
        Json("{\"Times\": 3, \"Every\": \"00:01:30\"}").ReadOptions(options, MutableJson);
        (options.Name, options.Times, options.Every, options.Load.Verify).Should().Be(("kept", 3, TimeSpan.FromSeconds(90), true));
        void Read(string json) => Json(json).GetSection("A").ReadOptions(options, MutableJson);
        FluentActions.Invoking(() => Read("{\"A\": {\"Load\": {\"Verfy\": true}}}")).Should()
            .Throw<OptionsFormatException>().WithMessage("A:Load:Verfy: is unknown; expected one of MemoryMap, Verify.");
        FluentActions.Invoking(() => Read("{\"A\": {\"Times\": -1}}")).Should()
            .Throw<OptionsFormatException>().WithMessage("A:Times: Times must be*");
        FluentActions.Invoking(() => Read("{\"A\": \"three\"}")).Should()
            .Throw<OptionsFormatException>().WithMessage("A: expected a section, got the text 'three'.");
        FluentActions.Invoking(() => Read("{\"A\": {\"Name\": null}}")).Should()
            .Throw<OptionsFormatException>().WithMessage("A:Name: expected a value, got none.");
        options.Name.Should().Be("kept");
        Read("{\"A\": {\"Names\": null, \"Least\": \"-Infinity\"}}");
        (options.Names.Count, options.Least).Should().Be((0, double.NegativeInfinity));
        Read("{\"A\": {\"Names\": [\"x\"], \"Least\": \"1.5\"}}");
        (options.Names[0], options.Least).Should().Be(("x", 1.5));
    }

    [Fact]
    public void What_only_a_constructor_takes_is_given_to_it()
    {
        Json("{\"Times\": 3}").ReadOptions<Fixed>(MutableJson).Times.Should().Be(3);
        FluentActions.Invoking(() => Json("{\"Twice\": 6}").ReadOptions<Fixed>(MutableJson)).Should()
            .Throw<OptionsFormatException>().WithMessage("Twice: is unknown; expected one of Name, Times.");
    }

    [Fact]
    public void What_only_a_constructor_takes_can_not_be_set_later()
    {
        var options = new Fixed(2);
        FluentActions.Invoking(() => Json("{\"A\": {\"Times\": 3}}").GetSection("A").ReadOptions(options, MutableJson)).Should()
            .Throw<OptionsFormatException>().WithMessage("A:Times: is unknown; *");
        Json("{\"Name\": \"a\"}").ReadOptions(options, MutableJson);
        options.Name.Should().Be("a");
        FluentActions.Invoking(() => Json("{\"Name\": \"b\"}").ReadOptions(options, MutableJson)).Should()
            .Throw<OptionsFormatException>().WithMessage("Name: It has a name.");
    }

    private static JsonSerializerOptions MutableJson { get; } = new(DRepMRecJson.SerializerOptions)
    {
        TypeInfoResolver = JsonTypeInfoResolver.Combine(
            DRepMRecJson.TypeInfoResolver, new DefaultJsonTypeInfoResolver()),
    };

    private static TrainerOptions Training(params (string Key, string? Value)[] values)
        => new ConfigurationBuilder()
            .AddInMemoryCollection(values.Select(v => KeyValuePair.Create($"DRepMRec:Training:{v.Key}", v.Value)))
            .Build().GetSection("DRepMRec:Training").ReadOptions<TrainerOptions>();

    private static IConfiguration Json(string json)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(json));
        return new ConfigurationBuilder().AddJsonStream(stream).Build();
    }

    private sealed class Fixed(int times)
    {
        public int Times { get; } = times;

        public int Twice => 2 * Times;

        public string? Name { get; set => field = field is null ? value : throw new InvalidOperationException("It has a name."); }
    }

    private sealed class Mutable
    {
        public string Name { get; set; } = "";

        public int Times
        {
            get;
            set => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(Times), value, "Times must be 0 or above.");
        }

        public TimeSpan Every { get; set; }

        public RecommenderLoadOptions Load { get; set; } = new();

        public IReadOnlyList<string> Names { get; set; } = ["given"];

        [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
        public double Least { get; set; }
    }
}
