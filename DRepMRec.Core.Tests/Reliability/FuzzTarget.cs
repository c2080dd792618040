using DRepMRec.Internals;
using DRepMRec.Tests.Data;

namespace DRepMRec.Tests.Reliability;

/// <summary>A reader, with files that it reads without complaint.</summary>
/// <param name="Name">Its name in reports.</param>
/// <param name="Files">The files; in each input one of them is damaged.</param>
/// <param name="Read">Reads them.</param>
/// <param name="Documented">The exceptions that its documentation names.</param>
internal sealed record FuzzTarget(string Name, IReadOnlyList<(string File, byte[] Bytes)> Files, Action<TempFolder> Read,
    params IReadOnlyList<Type> Documented)
{
    /// <summary>
    /// Makes input of the format at random, for one of the files by its place, beside damaged files;
    /// <see langword="null"/> for damage alone.
    /// </summary>
    public (int File, Func<SeededRandom, byte[]> Write)? Generator { get; init; }

    /// <summary>How many times longer than others an input takes: as many times fewer are drawn.</summary>
    public int Cost { get; init; } = 1;

    /// <summary>The most bytes that reading may allocate per byte of all files, beside <see cref="FixedBytes"/>.</summary>
    public int BytesPerByte { get; init; } = 100;

    /// <summary>
    /// The bytes that reading may allocate whatever the size of the files: the buffers of each file, and the text of an error.
    /// </summary>
    public int FixedBytes { get; init; } = 300_000 * Files.Count;
}
