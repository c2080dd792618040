using System.Globalization;
using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Tests.Data;

public sealed class TimestampTests
{
    private static long Nanoseconds(string text)
    {
        Iso8601.TryRead(text, out long nanoseconds, out _).Should().BeTrue(text);
        return nanoseconds;
    }

    private static long? Read(TimestampFormat format, string cell)
        => new TimestampColumn(format).TryRead(cell, out long time) ? time : null;

    [Theory]
    [InlineData("1970-01-01", 0, 0)]
    [InlineData("1970-01-01T00:00:00Z", 0, 0)]
    [InlineData("2024-02-29", 1_709_164_800, 0)]
    [InlineData("2024-02-29T12:34", 1_709_210_040, 0)]
    [InlineData("2024-02-29 12:34:56", 1_709_210_096, 0)]
    [InlineData("2024-02-29t12:34:56z", 1_709_210_096, 0)]
    [InlineData("2024-02-29T12:34:56+02:00", 1_709_202_896, 0)]
    [InlineData("2024-02-29T12:34:56-0730", 1_709_237_096, 0)]
    [InlineData("2024-02-29 12:34:56 UTC", 1_709_210_096, 0)]
    [InlineData("2024-02-29 12:34:56.5 +01", 1_709_206_496, 500_000_000)]
    [InlineData("2024-02-29T12:34:56,123456789Z", 1_709_210_096, 123_456_789)]
    [InlineData("2024-02-29T12:34:56.1234567899Z", 1_709_210_096, 123_456_789)]
    [InlineData("1969-12-31T23:59:59.999999999Z", -1, 999_999_999)]
    [InlineData("2016-12-31T23:59:60Z", 1_483_228_800, 0)]
    [InlineData("2017-01-01T05:29:60+05:30", 1_483_228_800, 0)]
    public void Dates_are_nanoseconds(string text, long seconds, long nanoseconds)
        => Nanoseconds(text).Should().Be((seconds * 1_000_000_000) + nanoseconds);

    [Theory]
    [InlineData("2023-02-29")]
    [InlineData("2024-13-01")]
    [InlineData("2024-1-01")]
    [InlineData("2024-01-01T")]
    [InlineData("2024-01-01T24:00")]
    [InlineData("2024-01-01T12")]
    [InlineData("2024-01-01T12:00:00.")]
    [InlineData("2024-01-01T12:00.5")]
    [InlineData("2024-01-01T12:00:60")]
    [InlineData("2024-01-01T12:59:61")]
    [InlineData("2024-01-01T12:00+")]
    [InlineData("2024-01-01T12:00+25:00")]
    [InlineData("2024-01-01T12:00 CET")]
    [InlineData("2024-01-01Z")]
    [InlineData("2024-01-01x")]
    [InlineData("0001-01-01")]
    [InlineData("2262-01-01")]
    [InlineData("01/31/2024")]
    [InlineData("")]
    public void Other_texts_are_no_dates(string text) => Iso8601.TryRead(text, out _, out _).Should().BeFalse();

    [Fact]
    public void Dates_agree_with_those_of_NET()
    {
        var random = new SeededRandom(3);
        for (int n = 0; n < 2000; n++)
        {
            var date = new DateTimeOffset(new DateTime(1700, 1, 1).AddTicks((long)(random.NextDouble() * 500 * 365 * 864e9)),
                TimeSpan.FromMinutes(random.NextInt(1600) - 800));
            Nanoseconds(date.ToString("O", CultureInfo.InvariantCulture)).Should().Be((date - DateTimeOffset.UnixEpoch).Ticks * 100);
        }
    }

    [Fact]
    public void The_order_of_nanoseconds_stays()
    {
        const long Base = 1_700_000_000_123_456_789;
        long[] times = [.. Enumerable.Range(0, 50).Select(n => Read(TimestampFormat.Detect, $"{Base + n}")!.Value)];
        times.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        times[0].Should().Be(Base);
        long[] dates = [.. Enumerable.Range(0, 50).Select(n => Nanoseconds($"2023-11-14T22:13:20.1234567{n:00}Z"))];
        dates.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
    }

    [Theory]
    [InlineData("1700000000", 1_700_000_000_000_000_000)]
    [InlineData("1700000000.123456789", 1_700_000_000_123_456_789)]
    [InlineData("1.7E9", 1_700_000_000_000_000_000)]
    [InlineData("1700000000123", 1_700_000_000_123_000_000)]
    [InlineData("1700000000123456", 1_700_000_000_123_456_000)]
    [InlineData("1700000000123456789", 1_700_000_000_123_456_789)]
    [InlineData("-1700000000", -1_700_000_000_000_000_000)]
    public void The_size_of_a_number_tells_its_unit(string cell, long nanoseconds)
        => Read(TimestampFormat.Detect, cell).Should().Be(nanoseconds);

    [Theory]
    [InlineData(TimestampFormat.Seconds, "5", 5_000_000_000)]
    [InlineData(TimestampFormat.Milliseconds, "0.5", 500_000)]
    [InlineData(TimestampFormat.Milliseconds, "-1", -1_000_000)]
    [InlineData(TimestampFormat.Microseconds, "5", 5_000)]
    [InlineData(TimestampFormat.Nanoseconds, " 5 ", 5)]
    [InlineData(TimestampFormat.Iso8601, "1970-01-01T00:00:01", 1_000_000_000)]
    public void A_unit_may_be_told(TimestampFormat format, string cell, long nanoseconds) => Read(format, cell).Should().Be(nanoseconds);

    [Theory]
    [InlineData(TimestampFormat.Seconds, "20240131123000")]
    [InlineData(TimestampFormat.Seconds, "2024-01-31")]
    [InlineData(TimestampFormat.Iso8601, "1700000000")]
    [InlineData(TimestampFormat.Detect, "20240131123000")]
    [InlineData(TimestampFormat.Detect, "soon")]
    [InlineData(TimestampFormat.Detect, "31.01.2024")]
    [InlineData(TimestampFormat.Detect, "1e40")]
    [InlineData(TimestampFormat.Number, "1e400")]
    [InlineData(TimestampFormat.Seconds, "5\0")]
    public void What_does_not_fit_is_refused(TimestampFormat format, string cell) => Read(format, cell).Should().BeNull();

    [Theory]
    [InlineData("1700000000", "1700000000123", "a number in seconds")]
    [InlineData("1700000000", "0", "a number in seconds")]
    [InlineData("5", "1700000000", "a number below 100,000,000")]
    [InlineData("2024-01-31T12:00:00Z", "2024-01-31T12:00:00", "a date with a zone")]
    [InlineData("2024-01-31", "2024-01-31T12:00:00+02:00", "a date without a zone")]
    [InlineData("2024-01-31", "1700000000", "a date without a zone")]
    public void What_may_mean_two_things_is_refused(string first, string second, string expected)
    {
        var column = new TimestampColumn(TimestampFormat.Detect);
        column.TryRead(first, out _).Should().BeTrue();
        column.TryRead(second, out _).Should().BeFalse();
        (column.Expected + column.Reason).Should().Be(expected + ", like those before");
    }

    [Fact]
    public void Plain_numbers_keep_their_order_and_their_text()
    {
        double[] numbers = [-1e300, -2, -1e-300, 0, 1e-300, 0.1, 20240131, 1e300];
        numbers.Select(TimeCode.OfNumber).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        numbers.Select(n => TimeCode.Show(TimeCode.OfNumber(n), isNumber: true)).Should()
            .Equal(numbers.Select(n => n.ToString(CultureInfo.InvariantCulture)));
        TimeCode.OfNumber(-0.0).Should().Be(TimeCode.OfNumber(0));
        TimeCode.Show(Nanoseconds("1969-12-31T23:59:59.999999999Z"), isNumber: false).Should().Be("1969-12-31T23:59:59.999999999Z");
        TimeCode.Show(Nanoseconds("2024-01-31"), isNumber: false).Should().Be("2024-01-31T00:00:00Z");
    }

    [Fact]
    public void A_split_goes_by_dates()
    {
        using TempFolder folder = new TempFolder().With("log.csv",
            "user,item,at\nu,c,2024-03-01T00:00:00+01:00\nu,a,2024-01-31T12:00:00.000000001Z\nu,b,2024-01-31T12:00:00.000000002Z\n");
        RecDataset data = RecDataset.LoadDelimited(folder["log.csv"], new() { Timestamp = "at" },
            options: new() { Split = SplitStrategy.LeaveOneOut(byTime: true) });
        data.Pairs().Should().BeEquivalentTo((new[] { "u-a" }, new[] { "u-b" }, new[] { "u-c" }));
        data.Report!.Timestamps.Should().Be(TimestampFormat.Iso8601);
    }

    [Fact]
    public void Dates_that_are_all_one_are_shown_as_a_date()
    {
        using TempFolder folder = new TempFolder().With("log.csv", "user,item,at\nu,a,2024-03-01\nu,b,2024-03-01\n");
        Views.FormatError(() => RecDataset.LoadDelimited(folder["log.csv"], new() { Timestamp = "at" },
            options: new() { Split = SplitStrategy.GlobalTime() })).Should().Be("log.csv: expected timestamps that differ, which the split "
            + "GlobalTime(0.1, 0.1) needs; found 2024-03-01T00:00:00Z on all 2 interactions.");
    }
}
