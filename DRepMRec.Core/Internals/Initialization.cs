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
    public Parameter XavierUniform(int rows, int columns)
    {
        ulong index = _index++;
        return Weights(rows, columns, () => Draw(index, rows, columns));
    }

    /// <summary>Two Xavier-uniform blocks, one below the other, each with the bound of its own size.</summary>
    public Parameter XavierUniform(int upperRows, int lowerRows, int columns)
    {
        ulong index = _index;
        _index += 2;
        return Weights(upperRows + lowerRows, columns, () => [.. Draw(index, upperRows, columns), .. Draw(index + 1, lowerRows, columns)]);
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

    public static Parameter Zeros(int length) => new(zeros(length));

    private float[] Draw(ulong index, int rows, int columns)
    {
        var random = new SeededRandom((ulong)seed, RandomPurpose.Initialization, index);
        float bound = MathF.Sqrt(6f / (rows + columns));
        var values = new float[(long)rows * columns];
        for (int i = 0; i < values.Length; i++)
            values[i] = ((2 * random.NextSingle()) - 1) * bound;
        return values;
    }

    private static Parameter Weights(int rows, int columns, Func<float[]> draw)
    {
        using Tensor data = tensor(draw(), rows, columns);
        var weights = new Parameter(data.clone());
        FirstValues.Add(weights, draw);
        return weights;
    }
}
