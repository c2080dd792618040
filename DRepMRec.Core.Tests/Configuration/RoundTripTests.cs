using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using DRepMRec.Data;
using DRepMRec.Fusions;
using DRepMRec.Internals;
using DRepMRec.Losses;
using DRepMRec.Serialization;
using DRepMRec.Serving;
using DRepMRec.Training;
using Microsoft.Extensions.Configuration;

namespace DRepMRec.Tests.Configuration;

public sealed class RoundTripTests
{
    public static TheoryData<string> Names => [.. OptionTypes.All.Select(t => t.FullName!)];

    [Fact]
    public void The_types_are_all_there()
    {
        OptionTypes.All.Should().HaveCountGreaterThan(40).And.Contain(
        [
            typeof(DRepMRecOptions), typeof(TrainerOptions), typeof(CheckpointOptions), typeof(NegativeSampling), typeof(DelimitedOptions),
            typeof(Fusion.Sum), typeof(RankingLoss.Bpr), typeof(LearningRateSchedule.Step), typeof(RandomPerUserSplit),
            typeof(RecommenderLoadOptions), typeof(RecommendationRequest), typeof(ItemCondition), typeof(ItemBoost), typeof(CategoryQuota),
        ]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Options_come_back_from_json_as_they_were(string name)
    {
        Type type = Find(name), declared = OptionTypes.Declared(type);
        object other = OptionTypes.Other(type);
        string json = Write(declared, other);
        object back = JsonSerializer.Deserialize(json, Contract(declared))!;
        Fields(back).Should().Equal(Fields(other));
        Write(declared, back).Should().Be(json);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Options_come_back_from_a_configuration_as_they_were(string name)
    {
        Type type = Find(name), declared = OptionTypes.Declared(type);
        object other = OptionTypes.Other(type);
        Fields(Bind(declared, Write(declared, other))).Should().Equal(Fields(other));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_isnt_given_stays_as_it_is_by_default(string name)
    {
        Type type = Find(name), declared = OptionTypes.Declared(type);
        JsonObject whole = JsonNode.Parse(Write(declared, OptionTypes.Other(type)))!.AsObject();
        foreach (PropertyInfo property in OptionTypes.Settable(type))
        {
            object expected = OptionTypes.Default(type);
            property.SetValue(expected, OptionTypes.Other(property, expected));
            string given = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            JsonObject json = new(whole.Where(p => p.Key == given).Select(p => KeyValuePair.Create(p.Key, p.Value!.DeepClone()))!);
            if (declared.IsAbstract)
                json.Insert(0, "kind", whole["kind"]!.DeepClone());
            foreach (PropertyInfo other in OptionTypes.Settable(type).Where(OptionTypes.IsRequired).Where(p => p.Name != property.Name))
            {
                json[JsonNamingPolicy.CamelCase.ConvertName(other.Name)] = JsonSerializer.SerializeToNode(
                    other.GetValue(expected), Contract(other.PropertyType));
            }

            Fields(json.Deserialize(Contract(declared))!).Should().Equal(Fields(expected), "only {0} is given", property.Name);
            Fields(Bind(declared, json.ToJsonString())).Should().Equal(Fields(expected), "only {0} is given", property.Name);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Contracts_hold_when_they_are_composed_with_others(string name)
    {
        Type declared = OptionTypes.Declared(Find(name));
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
        options.TypeInfoResolverChain.Add(DRepMRecJson.TypeInfoResolver);
        options.TypeInfoResolverChain.Add(new DefaultJsonTypeInfoResolver());
        object other = OptionTypes.Other(Find(name));
        string json = JsonSerializer.Serialize(other, options.GetTypeInfo(declared));
        Fields(JsonSerializer.Deserialize(json, options.GetTypeInfo(declared))!).Should().Equal(Fields(other));
        FluentActions.Invoking(() => JsonSerializer.Deserialize(json.Insert(json.Length - 1, ",\"unknown_one\":1").Replace("{,", "{"),
            options.GetTypeInfo(declared))).Should().Throw<JsonException>().WithMessage("*unknown_one*");
    }

    [Fact]
    public void Every_enumeration_stands_by_its_names()
    {
        Type[] all = [.. typeof(DRepMRecOptions).Assembly.GetExportedTypes().Where(t => t.IsEnum)];
        all.Should().HaveCountGreaterThan(15);
        foreach (Type type in all)
        {
            foreach (object value in Enum.GetValues(type))
                JsonSerializer.Serialize(value, type).Should().Be($"\"{value}\"", "{0} is one", type.Name);
        }
    }

    [Fact]
    public void Columns_have_one_json_under_every_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (other.NumberFormat.NumberDecimalSeparator, other.NumberFormat.NumberGroupSeparator) = ("'", "_");
        Column[] columns = ["1.5", "1'5", "1_000", "1,000", "2019", "-1", "stars"];
        string[] Written() => [.. columns.Select(column => JsonSerializer.Serialize(column))];
        string[] usual = Written();
        CultureInfo.CurrentCulture = other;
        try
        {
            Written().Should().Equal(usual);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Numbers_beyond_the_finite_have_names()
    {
        DRepMRecJson.Write(new RecommendationRequest()).Should().Contain("\"minimumScore\": \"-Infinity\"");
        DRepMRecJson.Read<RecommendationRequest>("{\"minimumScore\": \"-Infinity\"}").MinimumScore.Should().Be(float.NegativeInfinity);
        var condition = new ItemCondition { Column = "price", Min = 10, Max = double.PositiveInfinity };
        JsonSerializer.Deserialize<ItemCondition>(JsonSerializer.Serialize(condition)).Should().Be(condition);
        new ConfigurationBuilder().AddInMemoryCollection([new("Where:0:Column", "price"), new("Where:0:Min", "-Infinity")]).Build()
            .ReadOptions<RecommendationRequest>().Where[0].Min.Should().Be(double.NegativeInfinity);
        FluentActions.Invoking(() => DRepMRecJson.Read<RecommendationRequest>("{\"minimumScore\": \"NaN\"}")).Should()
            .Throw<OptionsFormatException>().WithMessage("$.minimumScore: Expected a number, got NaN.*");
    }

    [Fact]
    public void Columns_are_told_apart_by_name_and_position()
    {
        var layout = new DelimitedOptions { User = 0, Item = "2019", Rating = new Column("stars"), Label = 12 };
        string json = DRepMRecJson.Write(layout);
        DRepMRecJson.Read<DelimitedOptions>(json).Should().Be(layout);
        Bind(typeof(DelimitedOptions), json).Should().Be(layout);
    }

    private static object Bind(Type type, string json)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes($"{{\"A\":{{\"B\":{json}}}}}"));
        IConfigurationSection section = new ConfigurationBuilder().AddJsonStream(stream).Build().GetSection("A:B");
        return new ConfigurationReader(DRepMRecJson.SerializerOptions).Read(section, Contract(type))!;
    }

    private static Type Find(string name) => OptionTypes.All.Single(t => t.FullName == name);

    private static JsonTypeInfo Contract(Type type) => DRepMRecJson.SerializerOptions.GetTypeInfo(type);

    private static string Write(Type type, object value) => JsonSerializer.Serialize(value, Contract(type));

    private static Dictionary<string, string> Fields(object options)
    {
        var fields = new Dictionary<string, string>();
        OptionFields.Add(fields, options.GetType().Name, options);
        return fields;
    }
}
