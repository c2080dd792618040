using DRepMRec.Internals;

namespace DRepMRec.Kernels;

/// <summary>
/// A table of rows in pages, of which a changed copy shares those without a change: what a change costs follows from the pages that it
/// touches. Immutable once it is filled; safe for use by many threads.
/// </summary>
internal sealed unsafe class PagedRows
{
    /// <summary>Large enough that a page of usual rows is a large object, which no collection moves.</summary>
    private const int PageBytes = 128 << 10;

    private readonly object[] _owners;

    private PagedRows(nint[] pages, object[] owners, int count, int width, int shift)
        => (Pages, _owners, Count, Width, Shift) = (pages, owners, count, width, shift);

    /// <summary>The addresses of the pages; valid while the table is alive.</summary>
    public nint[] Pages { get; }

    public int Count { get; }

    public int Width { get; }

    /// <summary>A page has 2^shift rows.</summary>
    public int Shift { get; }

    public int PageRows => 1 << Shift;

    public ReadOnlySpan<float> this[int row]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Count, nameof(row));
            return new ReadOnlySpan<float>(Address(row), Width);
        }
    }

    /// <summary>The address of a row, in range or not.</summary>
    public float* Address(int row) => (float*)Pages[row >> Shift] + ((long)(row & (PageRows - 1)) * Width);

    /// <summary>A table over memory that is one row after the other, without copying it.</summary>
    /// <param name="first">The first number.</param>
    /// <param name="owner">What keeps the memory alive and where it is.</param>
    /// <param name="count">The number of rows.</param>
    /// <param name="width">The numbers of a row.</param>
    public static PagedRows Over(float* first, object owner, int count, int width)
    {
        int shift = ShiftOf(width);
        var pages = new nint[PagesOf(count, shift)];
        for (int page = 0; page < pages.Length; page++)
            pages[page] = (nint)(first + (((long)page << shift) * width));
        return new PagedRows(pages, [owner], count, width, shift);
    }

    /// <summary>A table without rows.</summary>
    public static PagedRows Empty(int width) => new([], [], 0, width, ShiftOf(width));

    /// <summary>A copy with other rows for some.</summary>
    /// <param name="count">The number of rows; rows behind those of this table are 0 unless they change.</param>
    /// <param name="changes">Whether a row changes; <see langword="null"/> for all.</param>
    /// <param name="make">Makes a row that changes: called with its index and the place to write to, by many threads.</param>
    public PagedRows With(int count, bool[]? changes, RowMaker make)
    {
        var pages = new nint[PagesOf(count, Shift)];
        var owners = new object[pages.Length];
        Parallelism.ForRanges(pages.Length, minimumPerThread: 1, (from, to) =>
        {
            for (int page = from; page < to; page++)
            {
                int first = page << Shift, rows = Math.Min(PageRows, count - first), known = Math.Clamp(Count - first, 0, rows);
                if (known == rows && changes is not null && !changes.AsSpan(first, rows).Contains(true))
                {
                    (pages[page], owners[page]) = (Pages[page], _owners.Length == Pages.Length ? _owners[page] : _owners[0]);
                    continue;
                }

                float[] copy = Allocations.Pinned<float>(PageRows * Width);
                owners[page] = copy;
                float* target = (float*)(pages[page] = (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(
                    ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(copy)));
                for (int r = 0; r < rows; r++, target += Width)
                {
                    if (changes is null || changes[first + r])
                        make(first + r, target);
                    else if (r < known)
                        this[first + r].CopyTo(new Span<float>(target, Width));
                    else
                        new Span<float>(target, Width).Clear();
                }
            }
        });
        GC.KeepAlive(this);
        return new PagedRows(pages, owners, count, Width, Shift);
    }

    private static int ShiftOf(int width) => System.Numerics.BitOperations.Log2((uint)Math.Max(1, PageBytes / sizeof(float) / width));

    private static int PagesOf(int count, int shift) => (count + (1 << shift) - 1) >> shift;
}

/// <summary>Makes a row in its place.</summary>
/// <param name="row">The index of the row.</param>
/// <param name="target">Where its numbers go; not initialised.</param>
internal unsafe delegate void RowMaker(int row, float* target);
