using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Serving;
using DRepMRec.Tests.Support;
using DRepMRec.Training;

namespace DRepMRec.Tests.Configuration;

public sealed class ResultJsonTests
{
    private static readonly Lazy<(TrainingReport Report, List<TrainingProgress> Progress, EvaluationResult Test, LineDiagnostics Lines,
        Recommender Recommender, DatasetSummary Summary)> Trained = new(Train);

    [Fact]
    public void A_list_comes_back_with_its_source_and_what_wasnt_known()
    {
        RecommendationList list = Trained.Value.Recommender.Recommend(new RecommendationRequest { History = ["i0", "nowhere"], Count = 3 });
        list.Should().HaveCount(3);
        RecommendationList back = DRepMRecJson.Read<RecommendationList>(DRepMRecJson.Write(list));
        back.Should().Equal(list);
        (back.Source, back.UnknownItems.Single()).Should().Be((list.Source, "nowhere"));

        JsonNode json = JsonSerializer.SerializeToNode(list, new JsonSerializerOptions(JsonSerializerDefaults.Web))!;
        json["items"]!.AsArray().Should().HaveCount(3);
        (json["source"]!.GetValue<string>(), json["unknownItems"]![0]!.GetValue<string>()).Should().Be((list.Source.ToString(), "nowhere"));
        JsonSerializer.Deserialize<RecommendationList>(JsonSerializer.Serialize(list)).Should().Equal(list);
        FluentActions.Invoking(() => DRepMRecJson.Read<RecommendationList>("{\"source\": \"User\"}")).Should()
            .Throw<OptionsFormatException>().WithMessage("$: Expected a source and items in a list*");
        FluentActions.Invoking(() => DRepMRecJson.Read<RecommendationList>("[1]")).Should()
            .Throw<OptionsFormatException>().WithMessage("$: Expected an object of source, items and unknown items, got an array.");
        FluentActions.Invoking(() => DRepMRecJson.Read<RecommendationList>("{\"source\": \"User\", \"items\": [], \"more\": 1}")).Should()
            .Throw<OptionsFormatException>().WithMessage("*'more'*");
        foreach (string twice in new[] { "\"Source\": \"FoldIn\"", "\"items\": []", "\"unknownItems\": [\"a\"]" })
        {
            const string Whole = "{\"source\": \"User\", \"items\": [], \"unknownItems\": [], ";
            FluentActions.Invoking(() => DRepMRecJson.Read<RecommendationList>(Whole + twice + "}")).Should()
                .Throw<OptionsFormatException>().WithMessage("*twice*");
        }
    }

    [Fact]
    public void The_members_of_a_list_are_named_and_found_as_the_options_say()
    {
        RecommendationList list = Trained.Value.Recommender.Recommend(new RecommendationRequest { History = ["i0", "nowhere"], Count = 2 });
        string plain = JsonSerializer.Serialize(list);
        plain.Should().StartWith("{\"Source\":").And.Contain("\"Items\":[").And.Contain("\"UnknownItems\":[\"nowhere\"]");
        string lower = plain.Replace("\"Source\"", "\"source\"", StringComparison.Ordinal);
        FluentActions.Invoking(() => JsonSerializer.Deserialize<RecommendationList>(lower)).Should().Throw<JsonException>()
            .WithMessage("The JSON property 'source' isn't one of a list of recommendations.*");
        var web = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        JsonSerializer.Deserialize<RecommendationList>(lower, web).Should().Equal(list);
        var either = new JsonSerializerOptions { AllowDuplicateProperties = false };
        const string Twice = "{\"Source\":\"User\",\"source\":\"User\"}";
        FluentActions.Invoking(() => JsonSerializer.Deserialize<RecommendationList>(Twice, either)).Should()
            .Throw<JsonException>().WithMessage("*'source' isn't one of*", "names that differ by case are two");
        DRepMRecJson.Read<RecommendationList>("{\"source\": \"User\", \"items\": []}").UnknownItems.Should().BeEmpty();
    }

    [Fact]
    public void An_explanation_comes_back_with_all_parts()
    {
        Explanation explanation = Trained.Value.Recommender.Explain("u0", "i2")!;
        explanation.Modalities.Should().NotBeEmpty();
        explanation.Supporters.Should().NotBeEmpty();
        foreach (string json in new[] { DRepMRecJson.Write(explanation), JsonSerializer.Serialize(explanation) })
            json.Should().Contain("\"image\"").And.Contain("\"User\"");
        RequireAll(explanation);
        DRepMRecJson.Read<Explanation>(DRepMRecJson.Write(explanation)).Should().BeEquivalentTo(explanation);
        JsonSerializer.Deserialize<Explanation>(JsonSerializer.Serialize(explanation)).Should().BeEquivalentTo(explanation);
    }

    [Fact]
    public void An_evaluation_comes_back_with_its_values_per_user_and_compares()
    {
        EvaluationResult test = Trained.Value.Test;
        RequireAll(test, nameof(EvaluationResult.Metrics));
        EvaluationResult back = DRepMRecJson.Read<EvaluationResult>(DRepMRecJson.Write(test));
        back.ToString().Should().Be(test.ToString());
        back.Protocol.Should().BeEquivalentTo(test.Protocol);
        (back.ToJson(), back.Elapsed).Should().Be((test.ToJson(), test.Elapsed));
        back.EvaluatedUsers.Should().Equal(test.EvaluatedUsers).And.NotBeEmpty();
        back.PerUser(RankingMetric.Ndcg(20)).Should().Equal(test.PerUser(RankingMetric.Ndcg(20)));
        SignificanceTest.PairedT(back, test, RankingMetric.Recall(20)).MeanDifference.Should().Be(0);

        JsonObject broken = JsonNode.Parse(DRepMRecJson.Write(test))!.AsObject();
        broken["userIds"]!.AsArray().RemoveAt(0);
        FluentActions.Invoking(() => DRepMRecJson.Read<EvaluationResult>(broken.ToJsonString())).Should()
            .Throw<OptionsFormatException>().WithMessage("*Expected an id and a value of each metric for each of*");
    }

    [Fact]
    public void A_report_is_written_and_its_epochs_come_back()
    {
        TrainingReport report = Trained.Value.Report;
        RequireAll(report);
        JsonNode.Parse(DRepMRecJson.Write(report))!["history"]!.AsArray().Should().HaveCount(report.History.Count);
        foreach (EpochReport epoch in report.History)
        {
            RequireAll(epoch);
            DRepMRecJson.Read<EpochReport>(DRepMRecJson.Write(epoch)).Should().BeEquivalentTo(epoch, o => o.Excluding(e => e.Validation));
        }

        FluentActions.Invoking(() => DRepMRecJson.Read<TrainingReport>(DRepMRecJson.Write(report))).Should().Throw<NotSupportedException>();
    }

    [Fact]
    public void Progress_comes_back()
    {
        foreach (TrainingProgress progress in Trained.Value.Progress)
        {
            RequireAll(progress);
            DRepMRecJson.Read<TrainingProgress>(DRepMRecJson.Write(progress)).Should()
                .BeEquivalentTo(progress, o => o.Excluding(p => p.Validation));
        }
    }

    [Fact]
    public void Figures_that_there_are_none_of_are_NaN()
    {
        RequireAll(Trained.Value.Lines);
        string json = DRepMRecJson.Write(Trained.Value.Lines);
        DRepMRecJson.Write(DRepMRecJson.Read<LineDiagnostics>(json)).Should().Be(json);
        var none = new LineAlignment(0, double.NaN, double.NaN, double.NaN);
        DRepMRecJson.Write(none).Should().Contain("\"NaN\"");
        DRepMRecJson.Read<LineAlignment>(DRepMRecJson.Write(none)).Should().Be(none);
        JsonSerializer.Deserialize<LineAlignment>(JsonSerializer.Serialize(none)).Should().Be(none);
        var certain = new PairedComparison(2, 1, 0, double.PositiveInfinity, 0);
        DRepMRecJson.Read<PairedComparison>(DRepMRecJson.Write(certain)).Should().Be(certain);
    }

    [Fact]
    public void What_serving_holds_is_written()
    {
        RequireAll(Trained.Value.Summary);
        ModelManifest manifest = Trained.Value.Recommender.Manifest;
        RequireAll(manifest, nameof(ModelManifest.Modalities));
        DRepMRecJson.Read<ModelManifest>(DRepMRecJson.Write(manifest)).Should().BeEquivalentTo(manifest);
        IReadOnlyList<SimilarUser> users = Trained.Value.Recommender.SimilarUsers("u0", 2);
        DRepMRecJson.Read<IReadOnlyList<SimilarUser>>(DRepMRecJson.Write(users)).Should().Equal(users);
        var interaction = new Interaction("u", "i", Rating: 4.5, Label: 2);
        DRepMRecJson.Read<Interaction>(DRepMRecJson.Write(interaction)).Should().Be(interaction);
        var content = new ItemContent("i", new Dictionary<Modality, ReadOnlyMemory<float>> { [Modality.Audio] = new float[] { 1, -0.5f } });
        ItemContent back = DRepMRecJson.Read<ItemContent>(DRepMRecJson.Write(content));
        back.Features[Modality.Audio].ToArray().Should().Equal(1, -0.5f);
    }

    [Fact]
    public void A_user_and_its_list_come_back()
    {
        var lists = new UserRecommendations("u0", Trained.Value.Recommender.Recommend("u0", 3));
        foreach (UserRecommendations back in new[]
        {
            DRepMRecJson.Read<UserRecommendations>(DRepMRecJson.Write(lists)),
            JsonSerializer.Deserialize<UserRecommendations>(JsonSerializer.Serialize(lists)),
        })
        {
            back.User.Should().Be("u0");
            back.Items.Should().Equal(lists.Items).And.HaveCount(3);
        }
    }

    [Fact]
    public void What_is_written_comes_back_or_the_type_is_not_read_at_all()
    {
        JsonTypeInfo[] contracts = [.. new JsonSerializerContext[] { ServingJsonContext.Default, DRepMRecJsonContext.Default }
            .SelectMany(context => context.GetType().GetProperties())
            .Where(p => p.PropertyType.IsSubclassOf(typeof(JsonTypeInfo)))
            .Select(p => DRepMRecJson.SerializerOptions.GetTypeInfo(p.PropertyType.GetGenericArguments()[0]))];
        contracts.Should().HaveCountGreaterThan(100);
        contracts.Where(c => c.CreateObject is not null || c.Properties.Any(p => p.AssociatedParameter is not null))
            .SelectMany(c => c.Properties.Where(p => p is { Get: not null, Set: null, AssociatedParameter: null } && IsStored(p))
                .Select(p => $"{c.Type.Name}.{p.Name}"))
            .Should().Equal([]);

        // What follows from other properties has no field of its own.
        static bool IsStored(JsonPropertyInfo json) => json.AttributeProvider is PropertyInfo property && property.DeclaringType!.GetField(
            $"<{property.Name}>k__BackingField", BindingFlags.NonPublic | BindingFlags.Instance) is not null;
    }

    /// <summary>Each public property stands in the JSON under its name.</summary>
    private static void RequireAll<T>(T result, params string[] derived) where T : notnull
    {
        JsonObject json = JsonNode.Parse(DRepMRecJson.Write(result))!.AsObject();
        json.Select(p => p.Key).Should().Contain(typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.GetIndexParameters().Length == 0).Select(p => p.Name).Except(derived)
            .Select(JsonNamingPolicy.CamelCase.ConvertName));
    }

    private static (TrainingReport, List<TrainingProgress>, EvaluationResult, LineDiagnostics, Recommender, DatasetSummary) Train()
    {
        RecDataset data = Samples.Checkerboard(20, 20);
        using DRepMRecModel model = DRepMRecModel.Create(data, new DRepMRecOptions { EmbeddingDim = 8 });
        var progress = new List<TrainingProgress>();
        TrainingReport report = new Trainer(model, data, new TrainerOptions { MaxEpochs = 2, BatchSize = 64, Threads = 1 })
            .Fit(new Collector(progress));
        return (report, progress, report.EvaluateTest(), model.MeasureLines(), report.BuildRecommender(), data.Summarize());
    }

    private sealed class Collector(List<TrainingProgress> all) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => all.Add(value);
    }
}
