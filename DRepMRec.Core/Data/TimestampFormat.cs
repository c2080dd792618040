using System.Text.Json.Serialization;
using DRepMRec.Serialization;

namespace DRepMRec.Data;

/// <summary>
/// How the cells of a column of timestamps are read. Dates and numbers with a unit are kept as nanoseconds since 1970 in 64 bits, from the
/// year 1678 to 2261, so that the order of nanoseconds stays; numbers without a unit are kept in double precision.
/// </summary>
[JsonConverter(typeof(EnumNameConverter<TimestampFormat>))]
public enum TimestampFormat
{
    /// <summary>
    /// By the first cell that can be read, and all others must be of the same kind: dates with a zone, dates without one, or numbers. The
    /// size of a number tells its unit: below 1e8 it has none, below 1e11 it is seconds, below 1e14 milliseconds, below 1e17 microseconds,
    /// else nanoseconds, which for each unit are the years 1973 to 5138.
    /// </summary>
    Detect,

    /// <summary>
    /// ISO 8601: a date, "2024-01-31", or a date and a time, "2024-01-31T18:30" with or without seconds and up to nine digits of a
    /// fraction, and 'T' or a blank between the two; then perhaps a zone, "Z", "UTC", "+02:00" or "+02". Without one it is in UTC.
    /// </summary>
    Iso8601,

    /// <summary>Seconds since 1970, with or without a fraction.</summary>
    Seconds,

    /// <summary>Milliseconds since 1970.</summary>
    Milliseconds,

    /// <summary>Microseconds since 1970.</summary>
    Microseconds,

    /// <summary>Nanoseconds since 1970.</summary>
    Nanoseconds,

    /// <summary>Numbers in any unit that ascends, in double precision.</summary>
    Number,
}
