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
    /// Writes text of the format at random, for one of the files by its place, or <see langword="null"/> when there is only damage.
    /// </summary>
    public (int File, Func<SeededRandom, string> Write)? Generator { get; init; }

    /// <summary>The most bytes that reading may allocate per byte of all files, beside <see cref="FixedBytes"/>.</summary>
    public int BytesPerByte { get; init; } = 100;

    /// <summary>
    /// The bytes that reading may allocate whatever the size of the files: the buffers of each file, and the text of an error.
    /// </summary>
    public int FixedBytes { get; init; } = 300_000 * Files.Count;
}
