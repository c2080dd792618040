using DRepMRec.Alignment;
using DRepMRec.Contracts;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Tests.Fusions;
using DRepMRec.Tests.Support;
using ReproduceResults.Studies;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Contracts;

/// <summary>Modal encoders and alignments: those of the library keep their contract, and planted mistakes are found out.</summary>
public sealed class PartContractTests
{
    private static readonly RecDataset Data = Samples.Checkerboard(9, 8);

    public static TheoryData<string> Fusions => FusionTests.Names;

    [Fact]
    public void A_sound_modal_encoder_has_no_findings()
    {
        ContractReport report = ModalEncoderContract.Check((_, f) => new PlantedModal(f), Data);
        report.ToString().Should().StartWith("PlantedModal keeps its contract; in order: Shapes, ");
        report.NotChecked.Keys.Should().Equal(ContractCheck.WeightZero);
    }

    [Theory]
    [InlineData("one row more", ContractCheck.Shapes)]
    [InlineData("nobody's rows", ContractCheck.FiniteRows)]
    [InlineData("noise", ContractCheck.Determinism)]
    [InlineData("changes the features", ContractCheck.Determinism)]
    [InlineData("stops a gradient", ContractCheck.Gradients)]
    [InlineData("unused weight", ContractCheck.UsedWeights)]
    [InlineData("place of items", ContractCheck.ItemOrder)]
    [InlineData("rows of a batch", ContractCheck.BatchRows)]
    [InlineData("hides nothing", ContractCheck.BatchRows)]
    [InlineData("parts", ContractCheck.Export)]
    [InlineData("adds up in place", ContractCheck.SavedWeights)]
    [InlineData("leaves a tensor", ContractCheck.Disposal)]
    public void A_mistake_of_a_modal_encoder_is_found(string mistake, ContractCheck check)
    {
        ContractReport report = ModalEncoderContract.Check((_, f) => new PlantedModal(f, mistake), Data);
        report.Findings.Select(f => f.Check).Should().Contain(check, report.ToString());
        report.Kept.Should().NotContain(check);
    }

    [Fact]
    public void A_modal_encoder_with_features_of_its_own_is_checked_with_them_and_they_stay_their_owners()
    {
        var own = new List<DRepMRec.Features.ModalFeatures>();
        ModalEncoder Create(RecDataset data)
        {
            own.Add(new DRepMRec.Features.ModalFeatures(data.Features, components: 2));
            return new ModalEncoder(own[^1], new() { EmbeddingDim = 8, Neighbors = 3, Seed = 1 });
        }

        ContractReport report = ModalEncoderContract.Check((data, _) => Create(data), Data, ContractCheck.Disposal);
        report.Findings.Should().BeEmpty(report.ToString());
        own.Should().HaveCountGreaterThan(1).And.AllSatisfy(features => features.Values.Should().NotBeEmpty());
        own.ForEach(features => features.Dispose());
    }

    [Fact]
    public void A_modal_encoder_can_be_checked_as_it_is()
    {
        using var features = new DRepMRec.Features.ModalFeatures(Data.Features);
        using var encoder = new PlantedModal(features);
        ContractReport report = ModalEncoderContract.Check(encoder, Data);
        report.Findings.Should().BeEmpty();
        report.NotChecked.Keys.Should().Contain([ContractCheck.ItemOrder, ContractCheck.Disposal]);
    }

    [Theory]
    [MemberData(nameof(Fusions))]
    public void Alignments_of_the_library_keep_their_contract(string fusion)
    {
        // A matched sum takes the mean length of the rows for a constant.
        ContractCheck[] leaveOut = fusion == nameof(MatchedSum) ? [ContractCheck.Gradients] : [];
        var options = new BmaOptions { Fusion = FusionTests.Create(fusion) };
        ContractReport report = AlignmentContract.Check(() => new BehaviorModalAlignment(4, options), 4, Data, leaveOut);
        report.Findings.Should().BeEmpty(report.ToString());
        ContractCheck[] unpromised = options.Fusion.FusesByRow ? [] : [ContractCheck.BatchRows];
        report.NotChecked.Keys.Should().Equal([.. leaveOut, .. unpromised]);
    }

    [Fact]
    public void A_sound_alignment_has_no_findings()
    {
        ContractReport report = AlignmentContract.Check(() => new PlantedAlignment(), 4, Data);
        report.ToString().Should().StartWith("PlantedAlignment keeps its contract; in order: Shapes, ");
        report.NotChecked.Should().BeEmpty();
        using var one = new PlantedAlignment();
        ContractReport ofOne = AlignmentContract.Check(one, 4, Data);
        ofOne.IsKept.Should().BeTrue();
        ofOne.NotChecked.Keys.Should().BeEquivalentTo([ContractCheck.SavedWeights, ContractCheck.Disposal]);
    }

    [Theory]
    [InlineData("dropout")]
    [InlineData("dropout in a term")]
    public void An_alignment_that_draws_in_training_has_no_findings(string drawn)
    {
        ContractReport report = AlignmentContract.Check(() => new PlantedAlignment(drawn), 4, Data);
        report.Findings.Should().BeEmpty(report.ToString());
        report.NotChecked.Should().BeEmpty();
    }

    [Fact]
    public void What_an_alignment_does_not_promise_is_said_not_to_be_checked()
    {
        ContractReport report = AlignmentContract.Check(() => new PlantedAlignment("says that rows depend on others"), 4, Data);
        report.Findings.Should().BeEmpty(report.ToString());
        report.NotChecked.Should().ContainSingle().Which.Should().Be(
            KeyValuePair.Create(ContractCheck.BatchRows, "its rows depend on each other (FusesByRow)."));
    }

    [Theory]
    [InlineData("one column more", ContractCheck.Shapes)]
    [InlineData("term without a name", ContractCheck.Shapes)]
    [InlineData("zero rows", ContractCheck.FiniteRows)]
    [InlineData("slope at zero rows", ContractCheck.FiniteRows)]
    [InlineData("hands out an input", ContractCheck.Ownership)]
    [InlineData("noise", ContractCheck.Determinism)]
    [InlineData("noise per column at inference", ContractCheck.Determinism)]
    [InlineData("batch matters", ContractCheck.Determinism)]
    [InlineData("changes an input", ContractCheck.Determinism)]
    [InlineData("stops a gradient", ContractCheck.Gradients)]
    [InlineData("unused weight", ContractCheck.UsedWeights)]
    [InlineData("place", ContractCheck.UserOrder)]
    [InlineData("place", ContractCheck.ItemOrder)]
    [InlineData("rows depend on others", ContractCheck.BatchRows)]
    [InlineData("gradient of a batch", ContractCheck.BatchRows)]
    [InlineData("a negative for each interaction", ContractCheck.Shapes)]
    [InlineData("another form", ContractCheck.Export)]
    [InlineData("weight 0", ContractCheck.WeightZero)]
    [InlineData("adds up in place", ContractCheck.SavedWeights)]
    [InlineData("leaves a tensor", ContractCheck.Disposal)]
    public void A_mistake_of_an_alignment_is_found(string mistake, ContractCheck check)
    {
        ContractReport report = AlignmentContract.Check(() => new PlantedAlignment(mistake), 4, Data);
        report.Findings.Select(f => f.Check).Should().Contain(check, report.ToString());
        report.Kept.Should().NotContain(check);
    }

    [Fact]
    public void Parts_on_another_device_than_the_CPU_are_refused()
    {
        using var features = new ModalFeatures(Data.Features);
        nn.Module[] parts = [new LightGcnEncoder(9, 8), new ModalEncoder(features), new PlantedAlignment()];
        Action<nn.Module>[] checks =
        [
            part => HostContract.Check((LightGcnEncoder)part, Data),
            part => ModalEncoderContract.Check((ModalEncoder)part, Data),
            part => AlignmentContract.Check((PlantedAlignment)part, 4, Data),
        ];
        foreach (var (part, check) in parts.Zip(checks))
        {
            using nn.Module moved = part.to(META);
            moved.Invoking(check).Should().Throw<ArgumentException>()
                .WithMessage($"*{part.GetType().Name}*on the CPU*'{part.named_parameters().First().name}' on the device meta*");
        }
    }

    [Fact]
    public void Where_shapes_do_not_fit_the_report_says_what_was_not_looked_at()
    {
        ContractCheck[] others = [.. Enum.GetValues<ContractCheck>().Where(c => c != ContractCheck.Shapes)];
        using var one = new PlantedAlignment("one column more");
        ContractReport[] reports =
        [
            AlignmentContract.Check(() => new PlantedAlignment("one column more"), 4, Data),
            AlignmentContract.Check(one, 4, Data),
            ModalEncoderContract.Check((_, f) => new PlantedModal(f, "one row more"), Data),
        ];
        reports.Should().AllSatisfy(r => r.NotChecked.Keys.Should().BeEquivalentTo(others));
        reports.SelectMany(r => r.NotChecked.Values).Distinct().Should().Equal("the shapes come first.");
    }

    [Fact]
    public void What_was_left_out_is_said_to_be()
    {
        using var features = new DRepMRec.Features.ModalFeatures(Data.Features);
        using var encoder = new PlantedModal(features);
        using var alignment = new PlantedAlignment();
        ContractCheck[] leaveOut = [ContractCheck.Disposal, ContractCheck.Gradients];
        foreach (ContractReport report in new[]
            { ModalEncoderContract.Check(encoder, Data, leaveOut), AlignmentContract.Check(alignment, 4, Data, leaveOut) })
        {
            leaveOut.Select(check => report.NotChecked[check]).Should().OnlyContain(reason => reason == "it was left out.");
        }
    }
}
