using DRepMRec.Contracts;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Tests.Support;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Contracts;

/// <summary>Each mistake that is planted in a host is found out, by the check that it belongs to; a sound host has no findings.</summary>
public sealed class HostContractTests : IDisposable
{
    private static readonly RecDataset Data = Samples.Checkerboard(9, 8);

    public void Dispose() => PlantedHost.Forget();

    [Fact]
    public void A_sound_host_has_no_findings()
    {
        ContractReport report = HostContract.Check(d => new PlantedHost(d), Data);
        report.ToString().Should().StartWith("PlantedHost keeps its contract; in order: Shapes, FiniteRows, ");
        report.Kept.Should().Equal(Enum.GetValues<ContractCheck>());
        report.Invoking(r => r.ThrowIfBroken()).Should().NotThrow();
    }

    [Theory]
    [InlineData("dropout of items")]
    [InlineData("dropout in a term")]
    [InlineData("dropout of modal rows")]
    public void A_host_that_draws_in_training_has_no_findings(string drawn)
    {
        ContractReport report = HostContract.Check(d => new PlantedHost(d, drawn), Samples.Checkerboard(40, 40));
        report.Findings.Should().BeEmpty(report.ToString());
        report.NotChecked.Should().BeEmpty();
    }

    [Theory]
    [InlineData("padding row")]
    [InlineData("padding row in front")]
    [InlineData("square buffer")]
    [InlineData("index buffer")]
    [InlineData("begins at zero")]
    [InlineData("modal")]
    public void A_host_whose_tables_are_laid_out_in_another_way_has_no_findings(string layout)
    {
        ContractReport report = HostContract.Check(d => new PlantedHost(d, layout), Data);
        report.Findings.Should().BeEmpty(report.ToString());
        report.NotChecked.Should().BeEmpty();
    }

    [Theory]
    [InlineData("Encode hands out a weight", "Encode")]
    [InlineData("Ego hands out a weight", "Ego")]
    public void A_weight_that_is_handed_out_is_found_wherever_it_is(string mistake, string from)
    {
        ContractReport report = HostContract.Check(d => new PlantedHost(d, mistake), Data);
        report.Findings.Should().Contain(f => f.Check == ContractCheck.Ownership && f.Where == from);
    }

    [Fact]
    public void An_order_that_weights_do_not_show_is_said_not_to_be_checked()
    {
        ContractReport report = HostContract.Check(d => new PlantedHost(d, "buffer of another layout"), Data);
        report.Findings.Should().BeEmpty(report.ToString());
        report.NotChecked.Keys.Should().Equal(ContractCheck.ItemOrder);
    }

    [Fact]
    public void A_host_that_draws_in_training_and_leaves_the_generator_as_it_was_has_no_findings()
    {
        ContractReport report = HostContract.Check(
            data =>
            {
                using Tensor state = random.get_rng_state();
                var host = new PlantedHost(data, "dropout of items");
                random.set_rng_state(state);
                return host;
            },
            Samples.Checkerboard(40, 40));
        report.Findings.Should().BeEmpty(report.ToString());
    }

    [Theory]
    [InlineData("one column more", ContractCheck.Shapes, "Items of call(graph): expected Float32 [8, 4]; got Float32 [8, 5].")]
    [InlineData("double precision", ContractCheck.Shapes, "Users of call(graph): expected Float32 [9, 4]; got Float64 [9, 4].")]
    [InlineData("term twice", ContractCheck.Shapes, "names that differ; got 'own', 'own'.")]
    [InlineData("term without a name", ContractCheck.Shapes, "expected a name other than 'loss'; got ''.")]
    [InlineData("term that is a table", ContractCheck.Shapes, "the term 'own' of Encode with all rows: expected a scalar of Float32; got")]
    [InlineData("Encode without ego", ContractCheck.Shapes, "Ego of Encode with all rows: expected the rows of Ego, which the L2")]
    [InlineData("ego of others", ContractCheck.Shapes, "Users of Ego of Encode with all rows, row 0, column 0: expected ")]
    [InlineData("says modal, returns none", ContractCheck.Shapes, "Modal of Encode with all rows: expected rows, as Has")]
    [InlineData("a negative for each interaction", ContractCheck.Shapes, "a call: expected an answer; got IndexOutOfRangeException")]
    [InlineData("modal that is no number", ContractCheck.FiniteRows, "user 0 of Modal, who has ")]
    [InlineData("modal that draws", ContractCheck.Determinism, "users of Modal of the same step again, row 0, column 0: expected ")]
    [InlineData("detached modal", ContractCheck.Gradients, "the gradient of Modal for the weight '_")]
    [InlineData("modal of a batch", ContractCheck.BatchRows, "items of Modal of Encode with the rows of a batch")]
    [InlineData("throws", ContractCheck.Shapes, "a call: expected an answer; got InvalidDataException: no batches.")]
    [InlineData("nobody's rows", ContractCheck.FiniteRows, "user 8, who has 0 interactions: expected finite numbers; got")]
    [InlineData("hands out a weight", ContractCheck.Ownership, "got the weight '_items' itself")]
    [InlineData("keeps a tensor", ContractCheck.Ownership, "a step, twice: expected no tensor left that wasn't there before; got 2.")]
    [InlineData("noise", ContractCheck.Determinism, "users of the same call again, row 0, column 0: expected")]
    [InlineData("noise per column at inference", ContractCheck.Determinism, "users of the same call after other draws")]
    [InlineData("counts calls", ContractCheck.Determinism, "users of the same call again, row 0, column 0: expected")]
    [InlineData("keeps the graph", ContractCheck.Determinism, "a call after one with another graph")]
    [InlineData("graph of an epoch", ContractCheck.Determinism, "GraphForEpoch(graph, 1): expected the same graph each time; got another")]
    [InlineData("weights of an epoch", ContractCheck.Determinism, "GraphForEpoch(graph, 1): expected the same graph each time; got an")]
    [InlineData("hands out a buffer", ContractCheck.Ownership, "got the weight '_square' itself")]
    [InlineData("stops a gradient", ContractCheck.Gradients, "the gradient of the rows for the weight '_")]
    [InlineData("doubles a gradient", ContractCheck.Gradients, "the gradient of the rows for the weight '_users': expected a slope of ")]
    [InlineData("detached ego", ContractCheck.Gradients, "the gradient of Ego for the weight '_")]
    [InlineData("weights in a list", ContractCheck.UsedWeights, "_list of PlantedHost: expected weights that the module knows")]
    [InlineData("a weight that is no parameter", ContractCheck.UsedWeights, "_loose of PlantedHost: expected weights that the module")]
    [InlineData("unused weight", ContractCheck.UsedWeights, "the weight '_unused': expected a gradient")]
    [InlineData("place of users", ContractCheck.UserOrder, "users of another order, row ")]
    [InlineData("place of items", ContractCheck.ItemOrder, "items of another order, row ")]
    [InlineData("rows of a batch", ContractCheck.BatchRows, "users of Encode with the rows of a batch")]
    [InlineData("rows with a batch", ContractCheck.BatchRows, "items of Encode with a batch, which are those of call(graph),")]
    [InlineData("term of a batch", ContractCheck.BatchRows, "the term 'own' of Encode with the rows of a batch")]
    [InlineData("layers", ContractCheck.Export, "the mean of Ego over 2 layers")]
    [InlineData("one offset for all", ContractCheck.Export, "ItemOffset: expected Float32 [8, 4]; got Float32 [1, 4]")]
    [InlineData("known rows of users alone", ContractCheck.Export, "Items of KnownEgo: expected Float32 [8, 4]; got Float32 [0, 4]")]
    [InlineData("term of weight 0", ContractCheck.WeightZero, "the term 'own' of a step: expected no term, as its weight is 0")]
    [InlineData("shared by instances", ContractCheck.WeightZero, "users of another instance after the same two epochs")]
    [InlineData("adds up in place", ContractCheck.SavedWeights, "an instance with the weights that another saved")]
    [InlineData("other first weights", ContractCheck.SavedWeights, "another instance of the same options")]
    [InlineData("leaves a tensor", ContractCheck.Disposal, "Dispose: expected no tensor left; got 1.")]
    [InlineData("answers after Dispose", ContractCheck.Disposal, "call(graph) after Dispose: expected an exception; got rows.")]
    public void A_mistake_is_found(string mistake, ContractCheck check, string sentence)
    {
        ContractReport report = HostContract.Check(d => new PlantedHost(d, mistake), Data);
        report.Findings.Where(f => f.Check == check).Select(f => f.ToString()).Should().Contain(
            found => found.Contains(sentence, StringComparison.Ordinal), report.ToString());
        report.IsKept.Should().BeFalse();
        report.Kept.Should().NotContain(check);
        report.Invoking(r => r.ThrowIfBroken()).Should().Throw<InvalidOperationException>().WithMessage("PlantedHost breaks its contract*");
    }

    [Fact]
    public void An_instance_stays_as_it_was_and_what_needs_others_is_named()
    {
        using var host = new PlantedHost(Data);
        float[] before = [.. host.state_dict().Values.SelectMany(UserItemEmbeddings.Values)];
        ContractReport report = HostContract.Check(host, Data, ContractCheck.Gradients);
        report.Findings.Should().BeEmpty();
        report.NotChecked.Keys.Should().BeEquivalentTo(
        [
            ContractCheck.Gradients, ContractCheck.UserOrder, ContractCheck.ItemOrder, ContractCheck.WeightZero, ContractCheck.SavedWeights,
            ContractCheck.Disposal,
        ]);
        report.ToString().Should().Contain("Disposal wasn't checked: it needs instances of its own: give a function that creates one.")
            .And.Contain("Gradients wasn't checked: it was left out.");
        host.state_dict().Values.SelectMany(UserItemEmbeddings.Values).Should().Equal(before);
        host.training.Should().BeTrue();
    }

    [Fact]
    public void A_dataset_that_is_too_small_is_refused()
        => FluentActions.Invoking(() => HostContract.Check(d => new MatrixFactorizationEncoder(d.Users.Count, d.Items.Count),
            Samples.Dataset("tiny", 1, 1, [(0, 0)], [], [], []))).Should().Throw<ArgumentException>()
            .WithMessage("Expected a training interaction without the last user and the last item*'tiny' has 1 in all.*");
}
