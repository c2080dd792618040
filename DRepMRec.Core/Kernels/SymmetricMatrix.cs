using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using DRepMRec.Internals;

namespace DRepMRec.Kernels;

/// <summary>
/// A symmetric positive definite matrix, of which the lower half is kept, in square tiles, and its inverse in the same memory: half of what
/// a square array takes, and none beside it but a few columns.
/// </summary>
/// <remarks>
/// Not safe for use by many threads but in <see cref="Add"/>. Each tile is computed by one thread, by fused multiply-adds in one order: the
/// bits don't depend on the number of threads.
/// </remarks>
internal sealed unsafe class SymmetricMatrix : IDisposable
{
    private const int MaxTile = 256;
    private readonly int _tile;
    private readonly int _tiles;
    private float* _start;

    /// <summary>A matrix of zeros.</summary>
    public SymmetricMatrix(int size)
    {
        Size = size;
        (_tile, _tiles) = Tiling(size);
        _start = Allocations.Floats(Numbers(_tile, _tiles));
        NativeMemory.Clear(_start, (nuint)Numbers(_tile, _tiles) * sizeof(float));
        for (int padding = size; padding < _tile * _tiles; padding++)
            At(padding, padding) = 1;
    }

    ~SymmetricMatrix() => Free();

    public int Size { get; }

    private int PaddedSize => _tile * _tiles;

    public float this[int row, int column] => row >= column ? At(row, column) : At(column, row);

    /// <summary>The most memory that a matrix of a size and its inversion take.</summary>
    public static long Bytes(int size)
    {
        var (tile, tiles) = Tiling(size);
        return sizeof(float) * (Numbers(tile, tiles) + (3L * tile * tile * tiles));
    }

    /// <summary>
    /// Adds to the element at a place and, being the same, at its mirror image. Threads may add at once, each to elements of its own.
    /// </summary>
    public void Add(int row, int column, float value)
    {
        if (row < column)
            (row, column) = (column, row);
        At(row, column) += value;
        if (row != column && row / _tile == column / _tile)
            At(column, row) += value;
    }

    /// <summary>Adds F Fᵀ.</summary>
    /// <param name="rows">[size, width], row by row.</param>
    /// <param name="width">The number of columns of F.</param>
    /// <param name="cancellationToken">Stops between two tiles.</param>
    public void AddGram(ReadOnlySpan<float> rows, int width, CancellationToken cancellationToken = default)
    {
        var panels = new NativeBuffer();
        var padded = new float[(long)PaddedSize * width];
        rows.CopyTo(padded);
        try
        {
            nint packed = (nint)panels.EnsureCapacity(DenseProduct.PackedLength(width, PaddedSize));
            fixed (float* f = padded)
            {
                var left = DenseProduct.Operand.Of(f, width);
                DenseProduct.Pack(left.Transposed, width, PaddedSize, (float*)packed);
                ForTiles((i, j) => DenseProduct.Serial(
                    left with { Start = (nint)left.At(i * _tile, 0) }, _tile, width,
                    DenseProduct.Panels.Packed((float*)packed + ((long)j * _tile * width), width), _tile, Tile(i, j), _tile, SimdPaths.Best,
                    more: true), cancellationToken);
            }
        }
        finally
        {
            panels.Free();
        }
    }

    /// <summary>
    /// Replaces the matrix by its inverse: tile after tile of the diagonal is swept, A_RR - A_RK A_KK⁻¹ A_KR taking the place of the rest
    /// (Goodnight, The American Statistician 1979).
    /// </summary>
    /// <exception cref="ArithmeticException">The matrix isn't positive definite in single precision.</exception>
    public void Invert(CancellationToken cancellationToken = default)
    {
        NativeBuffer columns = new(), products = new(), panels = new();
        try
        {
            long length = (long)PaddedSize * _tile;
            nint column = (nint)columns.EnsureCapacity(length), product = (nint)products.EnsureCapacity(length),
                panel = (nint)panels.EnsureCapacity(length);
            for (int k = 0; k < _tiles; k++)
                Sweep(k, column, product, panel, cancellationToken);
        }
        finally
        {
            columns.Free();
            products.Free();
            panels.Free();
        }

        // Sweeping leaves the inverse with the opposite sign.
        ForTiles((i, j) =>
        {
            float* tile = Tile(i, j);
            var values = new Span<float>(tile, _tile * _tile);
            TensorPrimitives.Negate(values, values);
            for (int row = 0; i == j && row < _tile; row++)
            {
                for (int column = row + 1; column < _tile; column++)
                    tile[(row * _tile) + column] = tile[(column * _tile) + row];
            }
        }, cancellationToken);
    }

    /// <summary>Copies a row, which is a column too.</summary>
    public void CopyRow(int row, Span<float> target)
    {
        for (int first = 0; first < Size; first += _tile)
        {
            int count = Math.Min(_tile, Size - first);
            if (first <= row)
            {
                new ReadOnlySpan<float>(Tile(row / _tile, first / _tile) + ((row % _tile) * _tile), count).CopyTo(target[first..]);
                continue;
            }

            float* source = Tile(first / _tile, row / _tile) + (row % _tile);
            for (int n = 0; n < count; n++)
                target[first + n] = source[n * _tile];
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private static (int Tile, int Tiles) Tiling(int size)
    {
        int tile = Math.Clamp((size + DenseProduct.Lanes - 1) / DenseProduct.Lanes * DenseProduct.Lanes, DenseProduct.Lanes, MaxTile);
        return (tile, (size + tile - 1) / tile);
    }

    private static long Numbers(int tile, int tiles) => (long)tile * tile * tiles * (tiles + 1) / 2;

    private ref float At(int row, int column)
        => ref Tile(row / _tile, column / _tile)[((row % _tile) * _tile) + (column % _tile)];

    /// <summary>The tile of a tile row and a tile column that isn't above.</summary>
    private float* Tile(int i, int j) => _start + ((((long)i * (i + 1) / 2) + j) * _tile * _tile);

    private void ForTiles(Action<int, int> body, CancellationToken cancellationToken)
        => Parallelism.ForRanges(_tiles * (_tiles + 1) / 2, minimumPerThread: 1, (from, to) =>
        {
            int i = (int)((Math.Sqrt((8.0 * from) + 1) - 1) / 2), j = from - (i * (i + 1) / 2);
            for (int n = from; n < to; n++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                body(i, j);
                if (++j > i)
                    (i, j) = (i + 1, 0);
            }
        });

    private void Sweep(int k, nint column, nint product, nint panels, CancellationToken cancellationToken)
    {
        int area = _tile * _tile;
        float[] inverse = InvertDiagonal(k);
        fixed (float* pivot = inverse)
        {
            var room = new NativeBuffer();
            nint packedPivot = (nint)room.EnsureCapacity(area), p = (nint)pivot;
            try
            {
                DenseProduct.Pack(DenseProduct.Operand.Of(pivot, _tile), _tile, _tile, (float*)packedPivot);
                Parallelism.ForRanges(_tiles, minimumPerThread: 1, (from, to) =>
                {
                    for (int i = from; i < to; i++)
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        float* own = (float*)column + ((long)i * area), times = (float*)product + ((long)i * area);
                        CopyTile(i, k, own);
                        DenseProduct.Serial(
                            DenseProduct.Operand.Of(own, _tile), _tile, _tile,
                            DenseProduct.Panels.Packed((float*)packedPivot, _tile), _tile, times, _tile, SimdPaths.Best);
                        var negative = new Span<float>(times, area);
                        TensorPrimitives.Negate(negative, negative);
                    }
                });
            }
            finally
            {
                room.Free();
            }

            DenseProduct.Pack(DenseProduct.Operand.Of((float*)product, _tile).Transposed, _tile, PaddedSize, (float*)panels);
            ForTiles((i, j) =>
            {
                float* tile = Tile(i, j);
                if (i == k && j == k)
                    TensorPrimitives.Negate(new ReadOnlySpan<float>((float*)p, area), new Span<float>(tile, area));
                else if (j == k)
                    TensorPrimitives.Negate(new ReadOnlySpan<float>((float*)product + ((long)i * area), area), new Span<float>(tile, area));
                else if (i == k)
                    CopyTransposed((float*)product + ((long)j * area), tile);
                else
                {
                    DenseProduct.Serial(
                        DenseProduct.Operand.Of((float*)column + ((long)i * area), _tile), _tile, _tile,
                        DenseProduct.Panels.Packed((float*)panels + ((long)j * area), _tile), _tile, tile, _tile, SimdPaths.Best,
                        more: true);
                }
            }, cancellationToken);
        }
    }

    private void CopyTile(int i, int k, float* target)
    {
        if (i >= k)
        {
            new ReadOnlySpan<float>(Tile(i, k), _tile * _tile).CopyTo(new Span<float>(target, _tile * _tile));
            return;
        }

        float* source = Tile(k, i);
        for (int row = 0; row < _tile; row++)
        {
            for (int n = 0; n < _tile; n++)
                target[(row * _tile) + n] = source[(n * _tile) + row];
        }
    }

    private void CopyTransposed(float* negative, float* target)
    {
        for (int row = 0; row < _tile; row++)
        {
            for (int n = 0; n < _tile; n++)
                target[(row * _tile) + n] = -negative[(n * _tile) + row];
        }
    }

    /// <summary>The inverse of a tile of the diagonal, by Gauss and Jordan's elimination in double precision.</summary>
    private float[] InvertDiagonal(int k)
    {
        int size = _tile;
        float* tile = Tile(k, k);
        var a = new double[size * size];
        for (int n = 0; n < a.Length; n++)
            a[n] = tile[n];
        for (int pivot = 0; pivot < size; pivot++)
        {
            Span<double> own = a.AsSpan(pivot * size, size);
            if (!(own[pivot] > 0 && double.IsFinite(own[pivot])))
                throw new ArithmeticException("The matrix isn't positive definite in single precision.");
            double inverse = 1 / own[pivot];
            own[pivot] = 1;
            TensorPrimitives.Multiply(own, inverse, own);
            for (int row = 0; row < size; row++)
            {
                if (row == pivot)
                    continue;
                Span<double> other = a.AsSpan(row * size, size);
                double factor = -other[pivot];
                other[pivot] = 0;
                TensorPrimitives.MultiplyAdd(own, factor, other, other);
            }
        }

        return Array.ConvertAll(a, value => (float)value);
    }

    private void Free()
    {
        Allocations.Free(_start);
        _start = null;
    }
}
