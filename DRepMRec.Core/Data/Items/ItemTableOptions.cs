using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>How a table of items is read.</summary>
public sealed record ItemTableOptions
{
    /// <summary>
    /// The treatment of mistakes. With <see cref="BadRowHandling.Skip"/> rows without an id of their own are left out, and other cells
    /// that can't be read are taken as blank.
    /// </summary>
    /// <value>The default is <see cref="BadRowHandling.Stop"/>.</value>
    public BadRowHandling BadRows { get; init => field = Guard.Defined(value); }

    /// <summary>The folder that paths of pictures are in. Paths that lead out of it are mistakes.</summary>
    /// <value>The default, <see langword="null"/>, is the folder of the file, or the current one for databases.</value>
    public string? ImageFolder { get; init => field = value is null ? null : Guard.NotEmpty(value); }

    /// <summary>
    /// The most rows that are read: a table with more is refused, a Parquet file by its own word before any is unpacked. A file that is
    /// compressed, as Parquet is, may have far more rows than its size tells; set this for files of others.
    /// </summary>
    /// <value>At least 1. The default, <see langword="null"/>, reads all.</value>
    public long? MaxRows { get; init => field = value is { } rows ? Guard.Positive(rows) : null; }
}
