using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Internals;
using DRepMRec.Losses;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Serving;
using DRepMRec.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Reliability;

/// <summary>
/// Each large piece of memory that the library asks for is refused in turn: the process is told so by an
/// <see cref="OutOfMemoryException"/> and goes on, and what it does next gives the same bits as if nothing had been.
/// </summary>
public sealed class MemoryFailureTests
{
    private static readonly Dictionary<string, Func<string>> Work = new()
    {
        ["training LightGCN"] = () => TinyTraining.Run("LightGCN", null, epochs: 1),
        ["training DRepMRec"] = () => TinyTraining.Run("DRepMRec", null, epochs: 1),
        ["training FREEDOM"] = () => TinyTraining.Run("FREEDOM", null, epochs: 1),
        ["training MGCN with BMA"] = () => TinyTraining.Run("MGCN + BMA", null, epochs: 1),
        ["saving and loading"] = SaveAndLoad,
        ["changing a catalogue"] = ChangeCatalogue,
        ["features from a file"] = ReadFeatures,
    };

    public static TheoryData<string> Names => [.. Work.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Whichever_piece_of_memory_is_refused_the_process_says_so_and_goes_on(string name)
    {
        string expected = Work[name]();
        int refusals = 0;
        for (bool isRefused = true; isRefused; refusals += isRefused ? 1 : 0)
        {
            isRefused = IsRefused(refusals, () => Work[name]());
            if (refusals % 8 == 0 || !isRefused)
                Work[name]().Should().Be(expected, $"piece {refusals} was refused before");
        }

        refusals.Should().BePositive();
    }

    [Fact]
    public void In_a_loop_of_ones_own_memory_that_is_refused_in_a_backward_pass_is_an_exception_too()
    {
        using DisposeScope scope = NewDisposeScope();
        using var host = new LightGcnEncoder(20, 10, new() { EmbeddingDim = 4 });
        BatchRows batch = new TrainingBatch([1, 3], [2, 1], [3, 4]).Compact;
        Tensor loss = host.Encode(Samples.Checkerboard(20, 10).Graph(), batch.Rows, batch).Embeddings.Users.sum();
        Allocations.Before = _ => throw new OutOfMemoryException();
        try
        {
            loss.Invoking(l => l.backward()).Should().Throw<Exception>().Which.Should().NotBeOfType<OutOfMemoryException>(
                "TorchSharp throws what libtorch makes of it");
        }
        finally
        {
            Allocations.Before = null;
        }
    }

    [Fact]
    public void A_model_that_is_served_takes_interactions_in_whichever_piece_of_memory_it_was_refused_before()
    {
        using var folder = new TempFolder();
        Grown.Recommender.Save(folder["model"]);
        Interaction[] one = [new("newcomer", Grown.Data.Items[0])];
        Recommender expected = Grown.Recommender.WithInteractions(one);
        int pieces = 0;
        for (bool isRefused = true; isRefused; pieces++)
        {
            Recommender served = Recommender.Load(folder["model"]);
            isRefused = IsRefused(pieces, () => served.WithInteractions([]));
            served.WithInteractions(one).ShouldBeTheSameAs(expected);
        }

        pieces.Should().BeGreaterThan(2, "the propagation takes several");
    }

    [Fact]
    public void Rows_of_users_are_made_whichever_piece_of_memory_was_refused_them_before()
    {
        Interaction[] one = [new("newcomer", Grown.Data.Items[0])];
        var expected = Grown.Recommender.WithInteractions(one).SimilarUsers("newcomer");
        int pieces = 0;
        for (bool isRefused = true; isRefused; pieces++)
        {
            Recommender served = Grown.Recommender.WithInteractions(one);
            isRefused = IsRefused(pieces, () => served.SimilarUsers("newcomer"));
            served.SimilarUsers("newcomer").Should().Equal(expected);
        }

        pieces.Should().BeGreaterThan(1, "all rows of users are a piece");
    }

    /// <summary>Refuses a piece of the memory that the work asks for, on whichever thread; what others ask for is theirs.</summary>
    /// <returns>Whether so many pieces were asked for.</returns>
    private static bool IsRefused(int piece, Action work)
    {
        int count = 0;
        bool isRefused = false;
        var isWork = new AsyncLocal<bool> { Value = true };
        Allocations.Before = bytes =>
        {
            if (!isWork.Value || Interlocked.Increment(ref count) - 1 != piece)
                return;
            isRefused = true;
            throw new OutOfMemoryException($"{bytes} bytes are refused");
        };
        Exception? error;
        try
        {
            error = Record.Exception(work);
        }
        finally
        {
            Allocations.Before = null;
        }

        isWork.Value = false;
        if (isRefused)
            error.Should().BeOfType<OutOfMemoryException>($"piece {piece} was refused");
        else
            error.Should().BeNull();
        return isRefused;
    }

    private static string SaveAndLoad()
    {
        using var folder = new TempFolder();
        Served.Recommender.Save(folder["model"]);
        Recommender loaded = Recommender.Load(folder["model"]);
        return string.Join(' ', loaded.Recommend(Served.Data.Users[3], 5)) + string.Join(' ', loaded.SimilarItems(Served.Data.Items[2], 5));
    }

    private static string ChangeCatalogue()
    {
        var item = new ItemContent("new", Served.Features(0));
        Recommender changed = Served.Recommender.WithItems([item]).WithoutItems([Served.Data.Items[1]]);
        return string.Join(' ', changed.Recommend(Served.Data.Users[3], 5)) + string.Join(' ', changed.SimilarItems("new", 5));
    }

    private static string ReadFeatures()
    {
        using TempFolder folder = new TempFolder().WithNpy("x.npy", new float[,] { { 1, 2 }, { 3, 4 } });
        return string.Join(' ', FeatureTable.LoadNpy(folder["x.npy"], Modality.Image, ["a", "b"]).Values.ToArray());
    }
}
