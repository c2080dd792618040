using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using DRepMRec.Evaluation;
using DRepMRec.ItemToItem;
using DRepMRec.Losses;
using DRepMRec.Serialization;
using DRepMRec.Serving;
using DRepMRec.Training;

namespace DRepMRec.Tests.Configuration;

/// <summary>The contracts in options of one's own, which are made anew for each test.</summary>
public sealed class OwnContractTests
{
    // Options that are alike share their contracts: another resolver makes these unlike all others.
    private readonly JsonSerializerOptions _options = new()
    {
        TypeInfoResolver = JsonTypeInfoResolver.Combine(DRepMRecJson.TypeInfoResolver, new DefaultJsonTypeInfoResolver()),
    };

    public static TheoryData<string> Names => RoundTripTests.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void What_can_be_set_is_written_and_nothing_else(string name)
    {
        Type type = OptionTypes.All.Single(t => t.FullName == name), declared = OptionTypes.Declared(type);
        string json = JsonSerializer.Serialize(OptionTypes.Other(type), _options.GetTypeInfo(declared));
        JsonNode.Parse(json)!.AsObject().Select(p => p.Key).Should().BeEquivalentTo(
            OptionTypes.Settable(type).Select(p => p.Name).Concat(declared.IsAbstract ? ["kind"] : []));
    }

    [Fact]
    public void Kinds_have_names()
    {
        JsonSerializer.Serialize(new RankingLoss.Bpr(), _options.GetTypeInfo(typeof(RankingLoss))).Should().StartWith("{\"kind\":\"bpr\"");
        foreach (string json in new[] { "{\"kind\":\"linear\"}", "{}" })
        {
            FluentActions.Invoking(() => JsonSerializer.Deserialize<LearningRateSchedule>(json, _options)).Should()
                .Throw<JsonException>().WithMessage("Expected \"kind\" to be one of constant, step, cosine.");
        }
    }

    [Theory]
    [InlineData(typeof(AdamOptions), "{\"LearningRate\":\"NaN\"}", "LearningRate must be above 0.*")]
    [InlineData(typeof(RecommendationRequest), "{\"MinimumScore\":\"NaN\"}", "Expected a number, got NaN.*")]
    [InlineData(typeof(ItemToItemOptions), "{\"ContentWeight\":\"-Infinity\"}", "ContentWeight must be 0 or above.*")]
    [InlineData(typeof(ItemToItemOptions), "{\"BlendWeights\":[\"NaN\"]}", "*BlendWeights*")]
    [InlineData(typeof(ItemToItemOptions), "{\"PopularityWeights\":[\"NaN\"]}", "*PopularityWeights*")]
    public void Numbers_beyond_the_finite_are_left_to_the_property(Type type, string json, string message)
        => FluentActions.Invoking(() => JsonSerializer.Deserialize(json, type, _options)).Should()
            .Throw<JsonException>().WithMessage(message).WithInnerException<ArgumentException>();

    [Fact]
    public void What_the_library_reads_may_have_any_case_and_comments_but_nothing_null_missing_unknown_or_twice()
    {
        JsonSerializerOptions strict = StrictJson.Options(new DefaultJsonTypeInfoResolver());
        strict.IsReadOnly.Should().BeTrue();
        JsonSerializer.Deserialize<Pair>("{\"NAME\":\"a\", /* why */ \"count\":2,}", strict).Should().Be(new Pair("a", 2));
        JsonSerializer.Serialize(new Pair("a", 2), strict).ReplaceLineEndings("|").Should().Be("{|  \"name\": \"a\",|  \"count\": 2|}");
        foreach (string json in new[]
        {
            "{\"name\":null,\"count\":2}", "{\"name\":\"a\"}", "{\"name\":\"a\",\"count\":2,\"more\":1}",
            "{\"name\":\"a\",\"name\":\"b\",\"count\":2}",
        })
        {
            FluentActions.Invoking(() => JsonSerializer.Deserialize<Pair>(json, strict)).Should().Throw<JsonException>(json);
        }

        JsonSerializer.Deserialize<RankingLoss>("{\"negatives\":3,\"kind\":\"bpr\"}", StrictJson.Options(_options.TypeInfoResolver!))
            .Should().Be(new RankingLoss.Bpr { Negatives = 3 });
    }

    [Fact]
    public void A_value_that_comes_in_pieces_is_quoted_whole()
    {
        var first = new Piece("{\"Mask\": 12"u8.ToArray(), null);
        var last = new Piece("34}"u8.ToArray(), first);
        FluentActions.Invoking(() =>
        {
            var reader = new Utf8JsonReader(new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length));
            return JsonSerializer.Deserialize<EvaluationOptions>(ref reader, _options);
        }).Should().Throw<JsonException>().WithMessage("Expected one of Train, TrainAndValidation, got '1234'.");
    }

    private sealed record Pair(string Name, int Count);

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(byte[] bytes, Piece? before)
        {
            Memory = bytes;
            if (before is null)
                return;
            RunningIndex = before.Memory.Length;
            before.Next = this;
        }
    }
}
