using DRepMRec.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Kernels;

/// <summary>Tables of more bytes than a span can have, of which next to nothing is touched.</summary>
public sealed unsafe class LargeTableTests
{
    private const int Width = 64;
    private const int Rows = (int.MaxValue / sizeof(float) / Width) + 2;

    [Fact]
    public void Rows_behind_2_GB_are_read_and_written()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor table = empty(Rows, Width);
        new Span<float>(table.Floats() + ((Rows - 1L) * Width), Width).Fill(3);
        table[Rows - 1].sum().item<float>().Should().Be(3 * Width);
        Tensor rows = table.SelectRows([Rows - 1, Rows - 1]);
        rows.sum().item<float>().Should().Be(6 * Width);
        using (no_grad())
            table.narrow(0, Rows - 1, 1).NormalizeRows().Squared().sum().item<float>().Should().BeApproximately(1, 1e-6f);
    }

    [Fact]
    public void Stacked_tables_begin_where_their_first_does()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor stacked = empty(2, Rows, Width);
        *stacked.Floats() = 5;
        stacked[0, 0, 0].item<float>().Should().Be(5);
    }
}
