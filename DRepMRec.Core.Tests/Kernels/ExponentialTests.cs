using DRepMRec.Kernels;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Kernels;

public sealed unsafe class ExponentialTests
{
    public static TheoryData<string> Paths => [.. SimdPathsHere.All.Select(path => $"{path}")];

    [Fact]
    public void Within_two_units_in_the_last_place_of_the_true_value()
    {
        for (double x = -87.3; x < 88; x += 0.0137)
        {
            double expected = Math.Exp((float)x);
            Exponential.Of((float)x).Should().BeInRange((float)(expected * (1 - 2.4e-7)), (float)(expected * (1 + 2.4e-7)), $"x is {x}");
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Every_path_has_the_same_bits_and_keeps_what_is_no_number(string path)
    {
        float[] values = [.. Samples.Floats(49, 3).Select(x => x * 30), float.NegativeInfinity, -88, 90, 0, float.NaN, 1];
        float[] expected = [.. values.Select(x => Exponential.Of(MathF.FusedMultiplyAdd(x, 2, -1)))], actual = [.. values];
        float sum;
        fixed (float* first = actual)
            sum = Exponential.Exponentiate(first, actual.Length, 2, 1, Enum.Parse<SimdPath>(path));
        actual.Should().Equal(expected);
        actual[49].Should().Be(0);
        actual[50].Should().Be(0);
        actual[53].Should().Be(float.NaN);
        float.IsNaN(sum).Should().BeTrue();
        float.IsNaN(actual[51]).Should().BeFalse();
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Sums_and_maxima_are_those_of_the_plain_path(string path)
    {
        foreach (int count in new[] { 0, 1, 15, 16, 17, 100 })
        {
            float[] values = Samples.Floats(count, 5), plain = [.. values];
            fixed (float* own = values, other = plain)
            {
                Exponential.Largest(own, count, Enum.Parse<SimdPath>(path)).Should().Be(count == 0 ? float.NegativeInfinity : values.Max());
                Exponential.Exponentiate(own, count, 0.5f, 0.25f, Enum.Parse<SimdPath>(path))
                    .Should().Be(Exponential.Exponentiate(other, count, 0.5f, 0.25f, SimdPath.Plain));
            }

            values.Should().Equal(plain);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_gate_and_its_slopes_have_the_same_bits_on_every_path(string path)
    {
        const int Count = 37;
        float[][] Run(SimdPath own)
        {
            float[] a = Samples.Floats(Count, 1), b = [.. Samples.Floats(Count, 2).Select(x => x * 20)], slope = Samples.Floats(Count, 3);
            float[] gate = new float[Count], y = new float[Count], toA = new float[Count], toB = new float[Count];
            fixed (float* pa = a, pb = b, ps = slope, pg = gate, py = y, ta = toA, tb = toB)
            {
                GateKernel.Open(pa, pb, pg, py, Count, own);
                GateKernel.Differentiate(ps, pa, pg, ta, tb, Count, own);
            }

            return [gate, y, toA, toB];
        }

        float[][] expected = Run(SimdPath.Plain), actual = Run(Enum.Parse<SimdPath>(path));
        for (int n = 0; n < expected.Length; n++)
            actual[n].Should().Equal(expected[n]);
    }
}
