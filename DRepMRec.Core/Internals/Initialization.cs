using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DRepMRec.Internals;

/// <summary>Draws the first values of weights from the options' seed, whatever the state of libtorch's global generator.</summary>
internal sealed class Initialization(int seed)
{
    private ulong _index;

    /// <summary>Xavier-uniform [rows, columns]: within ±sqrt(6 / (rows + columns)) (Glorot and Bengio 2010).</summary>
    public Parameter XavierUniform(int rows, int columns) => Weights(rows, columns, Draw(rows, columns));

    /// <summary>Two Xavier-uniform blocks, one below the other, each with the bound of its own size.</summary>
    public Parameter XavierUniform(int upperRows, int lowerRows, int columns)
        => Weights(upperRows + lowerRows, columns, [.. Draw(upperRows, columns), .. Draw(lowerRows, columns)]);

    public static Parameter Zeros(int length) => new(zeros(length));

    private float[] Draw(int rows, int columns)
    {
        var random = new SeededRandom((ulong)seed, RandomPurpose.Initialization, _index++);
        float bound = MathF.Sqrt(6f / (rows + columns));
        var values = new float[(long)rows * columns];
        for (int i = 0; i < values.Length; i++)
            values[i] = ((2 * random.NextSingle()) - 1) * bound;
        return values;
    }

    private static Parameter Weights(int rows, int columns, float[] values)
    {
        using Tensor data = tensor(values, rows, columns);
        return new Parameter(data.clone());
    }
}
