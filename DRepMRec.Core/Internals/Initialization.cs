using System.Runtime.CompilerServices;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DRepMRec.Internals;

/// <summary>Draws the first values of weights from the options' seed, whatever the state of libtorch's global generator.</summary>
internal sealed class Initialization(int seed)
{
    private static readonly ConditionalWeakTable<Parameter, Func<float[]>> FirstValues = [];
    private ulong _index;

    /// <summary>Xavier-uniform [rows, columns]: within ±sqrt(6 / (rows + columns)) (Glorot and Bengio 2010).</summary>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="part">The columns to keep of those that are drawn; <see langword="null"/> for all.</param>
    /// <param name="parts">How many parts the columns are of, each of which these are kept of.</param>
    /// <exception cref="ArgumentException">They are more numbers than an array has.</exception>
    public Parameter XavierUniform(int rows, int columns, Range? part = null, int parts = 1)
    {
        ulong index = _index++;
        var (first, count) = (part ?? Range.All).GetOffsetAndLength(columns / parts);
        ThrowIfTooMany(rows, (long)parts * count, $"{rows:N0} rows");
        return Weights(rows, parts * count, () => Draw(index, rows, columns, first, count, columns / parts));
    }

    /// <summary>Some rows of a Xavier-uniform [rows, columns].</summary>
    /// <exception cref="ArgumentException">All of them are more numbers than an array has.</exception>
    public Parameter XavierUniformRows(int rows, int columns, Range part)
    {
        ulong index = _index++;
        var (first, count) = part.GetOffsetAndLength(rows);
        ThrowIfTooMany(rows, columns, $"{rows:N0} rows");
        return Weights(count, columns, () => Draw(index, rows, columns, 0, columns, columns)
            .AsSpan(first * columns, count * columns).ToArray());
    }

    /// <summary>A Xavier-uniform block of users above one of items, each with the bound of its own size.</summary>
    /// <param name="users">The number of users.</param>
    /// <param name="items">The number of items.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="part">The columns to keep of those that are drawn; <see langword="null"/> for all.</param>
    /// <exception cref="ArgumentException">They are more numbers than an array has.</exception>
    public Parameter XavierUniform(int users, int items, int columns, Range? part = null)
    {
        ulong index = _index;
        _index += 2;
        var (first, count) = (part ?? Range.All).GetOffsetAndLength(columns);
        ThrowIfTooMany((long)users + items, count, $"{users:N0} users and {items:N0} items");
        return Weights(
            users + items, count,
            () => [.. Draw(index, users, columns, first, count, columns), .. Draw(index + 1, items, columns, first, count, columns)]);
    }

    /// <summary>
    /// Whether weights that were drawn here have the values that were drawn, and no gradient; <see langword="null"/> of other weights.
    /// </summary>
    public static bool? IsUntouched(Parameter weights)
    {
        if (!FirstValues.TryGetValue(weights, out Func<float[]>? first))
            return null;
        using DisposeScope scope = NewDisposeScope();
        return weights.grad is null && weights.detach().cpu().contiguous().data<float>().ToArray().AsSpan().SequenceEqual(first());
    }

    /// <summary>Lets weights stand in the place of others, of which they are a copy.</summary>
    public static void Hand(Parameter from, Parameter to)
    {
        if (FirstValues.TryGetValue(from, out Func<float[]>? first))
            FirstValues.AddOrUpdate(to, first);
    }

    public static Parameter Zeros(int length) => new(FloatTensors.Zeros(length));

    /// <summary>Draws all columns, whichever are kept, so that each number is the same for all who keep it.</summary>
    private float[] Draw(ulong index, int rows, int columns, int first, int count, int partWidth)
    {
        var random = new SeededRandom((ulong)seed, RandomPurpose.Initialization, index);
        float bound = MathF.Sqrt(6f / (rows + columns));
        var values = new float[(long)rows * (columns / partWidth) * count];
        for (int row = 0, next = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                float value = ((2 * random.NextSingle()) - 1) * bound;
                int place = column % partWidth;
                if (place >= first && place < first + count)
                    values[next++] = value;
            }
        }

        return values;
    }

    private static void ThrowIfTooMany(long rows, long columns, FormattableString what)
    {
        if (rows * columns > Array.MaxLength)
        {
            throw new ArgumentException(FormattableString.Invariant(what) + FormattableString.Invariant(
                $" with {columns:N0} dimensions are {rows * columns:N0} numbers, more than the {Array.MaxLength:N0} of one table: ")
                + "choose a smaller EmbeddingDim, or share the columns between processes (docs/scale.md).");
        }
    }

    private static Parameter Weights(int rows, int columns, Func<float[]> draw)
    {
        using Tensor data = tensor(draw(), rows, columns, device: CPU);
        var weights = new Parameter(data.clone());
        FirstValues.Add(weights, draw);
        return weights;
    }
}
