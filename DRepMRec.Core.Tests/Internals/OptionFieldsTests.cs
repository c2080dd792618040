using DRepMRec.Internals;
using DRepMRec.Losses;
using DRepMRec.Training;

namespace DRepMRec.Tests.Internals;

/// <summary>Options that compute something else have other texts, also where they differ by their types alone.</summary>
public sealed class OptionFieldsTests
{
    private interface IGate;

    [Fact]
    public void What_implements_an_interface_is_told_apart_by_its_type()
    {
        Dictionary<string, string> fields = Fields(new GateOptions());
        fields.Should().Contain(new Dictionary<string, string>
        {
            ["X.Gate"] = nameof(Sigmoid),
            ["X.Gates[1]"] = nameof(Swish),
            ["X.ByName[0].Value"] = nameof(Swish),
            ["X.Pair[0]"] = nameof(Swish),
            ["X.Anything"] = nameof(Swish),
            ["X.Anything.Slope"] = "2",
        });
        fields.Should().NotEqual(Fields(new GateOptions { Gate = new Swish() }));
        Fields(new GateOptions { Gates = new Sigmoid[] { new() } }).Should().NotEqual(
            Fields(new GateOptions { Gates = new Swish[] { new() } }), "the list says what it may hold, not the array");
    }

    [Fact]
    public void What_derives_from_options_that_are_none_by_half_is_told_apart_by_its_type()
    {
        Fields(new GatedTwice()).Should().NotEqual(Fields(new Gated()));
        Fields(new Holder { Gated = new GatedTwice() })["X.Gated"].Should().Be(nameof(GatedTwice));
    }

    [Fact]
    public void Delegates_are_told_apart_by_their_methods()
    {
        Dictionary<string, string> one = Fields(new Holder { Curve = Math.Sin }), other = Fields(new Holder { Curve = Math.Cos });
        one["X.Curve"].Should().Be("System.Math: Double Sin(Double)");
        one.Should().NotEqual(other);
    }

    [Fact]
    public void Options_of_the_library_have_the_fields_that_checkpoints_and_manifests_have_had()
    {
        Dictionary<string, string> trainer = Fields(new TrainerOptions());
        trainer["X.Schedule"].Should().Be(nameof(LearningRateSchedule.Constant));
        trainer.Keys.Should().NotContain(["X.Adam", "X.Negatives", "X.Evaluation"], "each can be of one type alone");
        Fields(new RankingLoss.Bpr())["X"].Should().Be(nameof(RankingLoss.Bpr));
        Fields(new Plain()).Keys.Should().Equal("X.Inner.Width", "X.Several[0].Width", "X.Several", "X.Maybe.Width");
    }

    private static Dictionary<string, string> Fields(object options)
    {
        var fields = new Dictionary<string, string>();
        OptionFields.Add(fields, "X", options);
        return fields;
    }

    private sealed class Sigmoid : IGate;

    private sealed class Swish : IGate
    {
        public double Slope => 2;
    }

    private sealed class GateOptions
    {
        public IGate Gate { get; init; } = new Sigmoid();

        public IReadOnlyList<IGate> Gates { get; init; } = [new Sigmoid(), new Swish()];

        public IReadOnlyDictionary<string, IGate> ByName { get; } = new Dictionary<string, IGate> { ["a"] = new Swish() };

        public (IGate, int) Pair { get; } = (new Swish(), 1);

        public object Anything { get; } = new Swish();
    }

    private record Gated
    {
        public double Share { get; init; } = 0.5;
    }

    private sealed record GatedTwice : Gated;

    private sealed class Holder
    {
        public Gated Gated { get; init; } = new();

        public Func<double, double>? Curve { get; init; }
    }

    private sealed record Inner(int Width);

    private sealed class Plain
    {
        public Inner Inner { get; } = new(1);

        public IReadOnlyList<Inner> Several { get; } = [new(2)];

        public Inner? Maybe { get; } = new(3);
    }
}
