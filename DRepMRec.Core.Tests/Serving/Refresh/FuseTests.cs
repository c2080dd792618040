using DRepMRec.Fusions;
using DRepMRec.Internals;
using DRepMRec.Serving;

namespace DRepMRec.Tests.Serving;

/// <summary>Rows fused one after the other without memory of their own.</summary>
public sealed class FuseTests
{
    [Fact]
    public void They_have_the_bits_of_the_sum_of_their_parts()
    {
        var random = new SeededRandom(9);
        const int Items = 3;
        float[] Row(bool zero) => [.. Enumerable.Range(0, 13).Select(_ => zero ? 0 : (2 * random.NextSingle()) - 1)];
        FusionForm?[] lines =
        [
            null, new(), new() { UnitBehavior = true, UnitModal = true, ModalFactor = 0.3, ColdModalFactor = 0.8 },
            new() { Concatenates = true, UnitBehavior = true, UnitModal = true, ModalFactor = 0.5, ModalStandsIn = true },
            new() { BehaviorFactor = 0.5, ModalFactor = 0.25, UnitModal = true, UserModalScale = 3, ItemModalScale = 2 },
        ];
        foreach (FusionForm? line in lines)
        {
            foreach (bool normalized in new[] { true, false })
            {
                foreach (bool cold in new[] { true, false })
                {
                    int modalities = line is null ? 0 : 2;
                    var form = new ModelForm
                    {
                        Lines = line,
                        Normalized = normalized,
                        LineDimension = 13,
                        Modalities = [.. Enumerable.Range(0, modalities).Select(m => new ModalityForm { Name = $"{m}" })],
                    };
                    float[][][] modal = [.. Enumerable.Range(0, modalities)
                        .Select(_ => Enumerable.Range(0, Items).Select(_ => Row(false)).ToArray())];
                    RowStore[] stores = [.. modal.Select(rows => RowStore.Of([.. rows.SelectMany(row => row)], 13))];
                    var room = new LineFusion.Room(form);
                    for (int item = 0; item < Items; item++)
                    {
                        float[] behavior = Row(cold);
                        var fused = new float[LineFusion.Dimension(form)];
                        fused.AsSpan().Fill(float.NaN);
                        room.Fuse(behavior, stores, item, fused);
                        float[][] parts = LineFusion.Parts(form, behavior, [.. modal.Select(rows => rows[item])], isUser: false);
                        fused.Should().Equal(LineFusion.Sum(parts));
                    }
                }
            }
        }
    }
}
