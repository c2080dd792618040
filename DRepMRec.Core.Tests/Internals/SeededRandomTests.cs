using DRepMRec.Internals;

namespace DRepMRec.Tests.Internals;

public sealed class SeededRandomTests
{
    [Fact]
    public void Draws_the_published_numbers_of_xoshiro256()
    {
        var random = new SeededRandom((1, 2, 3, 4));

        ulong[] draws = [.. Enumerable.Range(0, 10).Select(_ => random.NextUInt64())];

        draws.Should().Equal(
            11520, 0, 1509978240, 1215971899390074240, 1216172134540287360,
            607988272756665600, 16172922978634559625, 8476171486693032832, 10595114339597558777, 2904607092377533576);
    }

    [Fact]
    public void The_draws_of_a_seed_never_change()
    {
        var random = new SeededRandom(2024, 1, 2);

        random.NextUInt64().Should().Be(8975761515494921178);
        random.NextInt(1000).Should().Be(32);
        random.NextDouble().Should().Be(0.10016279513170456);
        random.NextSingle().Should().Be(0.6893290877342224f);
        random.NextGaussian().Should().Be(0.7602818219706992);
    }

    [Fact]
    public void Equal_names_give_equal_streams_and_any_difference_another_one()
    {
        static ulong[] Draw(ulong seed, ulong purpose, ulong index)
        {
            var random = new SeededRandom(seed, purpose, index);
            return [random.NextUInt64(), random.NextUInt64(), random.NextUInt64()];
        }

        Draw(5, 6, 7).Should().Equal(Draw(5, 6, 7));
        var firsts = from seed in Enumerable.Range(0, 10)
                     from purpose in Enumerable.Range(0, 10)
                     from index in Enumerable.Range(0, 10)
                     select Draw((ulong)seed, (ulong)purpose, (ulong)index)[0];
        firsts.Should().OnlyHaveUniqueItems();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(10)]
    public void NextInt_hits_each_number_equally_often(int bound)
    {
        const int PerNumber = 10_000;
        var random = new SeededRandom(3);
        var counts = new int[bound];

        for (int i = 0; i < bound * PerNumber; i++)
            counts[random.NextInt(bound)]++;

        counts.Should().OnlyContain(count => Math.Abs(count - PerNumber) < 500);
    }

    [Fact]
    public void NextInt_stays_unbiased_near_the_largest_bound()
    {
        // With a bound of 3/4 of 2^31 a plain modulo would draw a third of the numbers twice as often.
        const int Bound = 1_610_612_736;
        var random = new SeededRandom(4);

        double mean = Enumerable.Range(0, 100_000).Average(_ => (double)random.NextInt(Bound));

        mean.Should().BeApproximately(Bound / 2.0, Bound * 0.005);
        random.NextInt(int.MaxValue).Should().BeGreaterThanOrEqualTo(0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void NextInt_refuses_a_bound_below_one(int bound)
        => new SeededRandom(1).Invoking(r => r.NextInt(bound)).Should().Throw<ArgumentOutOfRangeException>();

    [Fact]
    public void Fractions_fill_the_unit_interval()
    {
        var random = new SeededRandom(5);
        double[] doubles = [.. Enumerable.Range(0, 50_000).Select(_ => random.NextDouble())];
        float[] singles = [.. Enumerable.Range(0, 50_000).Select(_ => random.NextSingle())];

        doubles.Should().OnlyContain(x => x >= 0 && x < 1);
        singles.Should().OnlyContain(x => x >= 0 && x < 1);
        doubles.Average().Should().BeApproximately(0.5, 0.01);
        singles.Average(x => (double)x).Should().BeApproximately(0.5, 0.01);
    }

    [Fact]
    public void Gaussian_draws_have_the_moments_of_the_normal_distribution()
    {
        var random = new SeededRandom(6);
        double[] draws = [.. Enumerable.Range(0, 200_000).Select(_ => random.NextGaussian())];

        draws.Average().Should().BeApproximately(0, 0.01);
        draws.Average(x => x * x).Should().BeApproximately(1, 0.02);
        draws.Average(x => x * x * x * x).Should().BeApproximately(3, 0.1);
        draws.Count(x => Math.Abs(x) > 1.96).Should().BeInRange(9_500, 10_500);
    }

    [Fact]
    public void Shuffle_makes_every_order_equally_likely()
    {
        var random = new SeededRandom(7);
        var counts = new Dictionary<string, int>();

        for (int i = 0; i < 60_000; i++)
        {
            char[] letters = ['a', 'b', 'c'];
            random.Shuffle(letters.AsSpan());
            string order = new(letters);
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }

        counts.Should().HaveCount(6);
        counts.Values.Should().OnlyContain(count => Math.Abs(count - 10_000) < 500);
    }

    [Fact]
    public void The_portable_logarithm_agrees_with_the_platform()
    {
        var random = new SeededRandom(8);
        for (int i = 0; i < 10_000; i++)
        {
            double x = random.NextDouble() * Math.Pow(10, random.NextInt(40) - 30);
            SeededRandom.Log(x).Should().BeApproximately(Math.Log(x), 1e-14 * Math.Max(1, Math.Abs(Math.Log(x))));
        }

        SeededRandom.Log(1).Should().Be(0);
    }
}
