using System.Runtime.CompilerServices;
using DRepMRec.Data;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;

namespace DRepMRec.Tests.Serving;

/// <summary>What recommenders with newer interactions keep of the ones before.</summary>
public sealed class SnapshotMemoryTests
{
    [Theory]
    [InlineData(RefreshKind.Exact)]
    [InlineData(RefreshKind.FoldIn)]
    public void Snapshots_that_nobody_holds_any_more_are_freed(RefreshKind kind)
    {
        Recommender trained = kind == RefreshKind.Exact ? Grown.Recommender : SlantedModalEncoder.Build(Grown.Data, epochs: 1);
        trained.RefreshKind.Should().Be(kind);
        var (last, before) = Chain(trained);
        ShouldBeGone(before);
        last.History("newcomer").Should().HaveCount(3);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static (Recommender Last, List<WeakReference> Before) Chain(Recommender recommender)
        {
            using var folder = new TempFolder();
            var before = new List<WeakReference>();
            for (int n = 0; n < 3; n++)
            {
                recommender = recommender.WithInteractions([new Interaction("newcomer", Grown.Data.Items[n])]);
                if (n == 2)
                    break;
                recommender.SimilarUsers("newcomer").Should().NotBeEmpty();
                recommender.Save(folder["model"]);
                before.AddRange([new(recommender.Model.UserRows), new(recommender.Model.Users), new(recommender.Model.UserBehavior)]);
            }

            return (recommender, before);
        }
    }

    [Fact]
    public void Of_a_model_whose_rows_were_computed_a_snapshot_keeps_none_of_them()
    {
        var (last, first) = Chain();
        ShouldBeGone(first);
        last.History("newcomer").Should().HaveCount(2);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static (Recommender Last, WeakReference[] First) Chain()
        {
            Recommender recommender = Grown.Recommender.WithRowPrecision(RowPrecision.Int8);
            ServingModel model = recommender.Model;
            model.UserRows.Should().BeNull();
            WeakReference[] parts = [new(model.Propagation!.Value), new(model.Items), new(model.UserModal)];
            foreach (string item in new[] { Grown.Data.Items[0], Grown.Data.Items[1] })
                recommender = recommender.WithInteractions([new Interaction("newcomer", item)]);
            return (recommender, parts);
        }
    }

    [Fact]
    public void Of_the_model_that_was_loaded_a_snapshot_keeps_what_it_is_asked_for_and_no_more()
    {
        Interaction[][] days = [[new("newcomer", Grown.Data.Items[0])], [new("newcomer", Grown.Data.Items[1])]];
        var (last, loaded) = Chain();
        ShouldBeGone(loaded);
        last.ShouldBeTheSameAs(Grown.Recommender.WithInteractions(days[0]).WithInteractions(days[1]));

        [MethodImpl(MethodImplOptions.NoInlining)]
        (Recommender Last, WeakReference[] Loaded) Chain()
        {
            using var folder = new TempFolder();
            Grown.Recommender.Save(folder["model"]);
            Recommender recommender = Recommender.Load(folder["model"], new RecommenderLoadOptions { MemoryMap = false });
            ServingModel model = recommender.Model;
            WeakReference[] parts = [new(model.Propagation!.Value), new(model.Users), new(model.UserBehavior)];
            foreach (Interaction[] day in days)
                recommender = recommender.WithInteractions(day);
            return (recommender, parts);
        }
    }

    /// <summary>A thread that helped, and hasn't had a processor since, may still have what it helped with on its stack.</summary>
    private static void ShouldBeGone(IEnumerable<WeakReference> parts)
    {
        for (int left = 100; left > 0 && parts.Any(part => part.IsAlive); left--)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Thread.Sleep(1);
        }

        parts.Select(part => part.IsAlive).Should().NotBeEmpty().And.OnlyContain(isAlive => !isAlive);
    }
}
