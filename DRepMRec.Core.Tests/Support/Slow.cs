namespace DRepMRec.Tests.Support;

/// <summary>Formulas in double precision as they are written down: slow, and with nothing of the library in them.</summary>
internal static class Slow
{
    public static double[,] Matrix(ReadOnlySpan<float> values, int columns)
    {
        var matrix = new double[values.Length / columns, columns];
        for (int n = 0; n < values.Length; n++)
            matrix[n / columns, n % columns] = values[n];
        return matrix;
    }

    public static int Rows(this double[,] x) => x.GetLength(0);

    public static int Columns(this double[,] x) => x.GetLength(1);

    public static double[,] Make(int rows, int columns, Func<int, int, double> element)
    {
        var made = new double[rows, columns];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                made[row, column] = element(row, column);
        }

        return made;
    }

    public static double[,] Scalar(double value) => new[,] { { value } };

    public static double[,] Map(this double[,] x, Func<double, double> f) => Make(x.Rows(), x.Columns(), (r, c) => f(x[r, c]));

    public static double[,] Plus(this double[,] a, double[,] b, double factor = 1)
        => Make(a.Rows(), a.Columns(), (r, c) => a[r, c] + (factor * b[r, c]));

    public static double[,] Product(this double[,] a, double[,] b)
        => Make(a.Rows(), b.Columns(), (r, c) => Sum(a.Columns(), k => a[r, k] * b[k, c]));

    public static double[,] Transposed(this double[,] a) => Make(a.Columns(), a.Rows(), (r, c) => a[c, r]);

    public static double[,] Select(this double[,] a, params int[] rows) => Make(rows.Length, a.Columns(), (r, c) => a[rows[r], c]);

    public static double[,] Over(params double[][,] parts)
    {
        int[] rows = [.. parts.SelectMany((p, n) => Enumerable.Repeat(n, p.Rows()))];
        int[] own = [.. parts.SelectMany(p => Enumerable.Range(0, p.Rows()))];
        return Make(rows.Length, parts[0].Columns(), (r, c) => parts[rows[r]][own[r], c]);
    }

    public static double[,] Beside(double[,] a, double[,] b)
        => Make(a.Rows(), a.Columns() + b.Columns(), (r, c) => c < a.Columns() ? a[r, c] : b[r, c - a.Columns()]);

    public static double Sum(int count, Func<int, double> term)
    {
        double sum = 0;
        for (int n = 0; n < count; n++)
            sum += term(n);
        return sum;
    }

    public static double Dot(double[,] a, int row, double[,] b, int other) => Sum(a.Columns(), d => a[row, d] * b[other, d]);

    public static double Length(double[,] a, int row) => Math.Sqrt(Dot(a, row, a, row));

    public static double Cosine(double[,] a, int row, double[,] b, int other)
        => Dot(a, row, b, other) / (Length(a, row) * Length(b, other));

    /// <summary>Rows of length 1; zeros stay.</summary>
    public static double[,] Units(this double[,] x)
        => Make(x.Rows(), x.Columns(), (r, c) => Length(x, r) is > 0 and double length ? x[r, c] / length : 0);

    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    public static double LogSigmoid(double x) => -Math.Log(1 + Math.Exp(-x));

    /// <summary>X W' + b.</summary>
    public static double[,] Linear(double[,] x, double[,] weight, double[,]? bias)
        => Make(x.Rows(), weight.Rows(), (r, c) => Dot(x, r, weight, c) + (bias is null ? 0 : bias[0, c]));

    /// <summary>-log of the share of one term among others.</summary>
    public static double Surprise(double own, IEnumerable<double> others) => Math.Log(Math.Exp(own) + others.Sum(Math.Exp)) - own;

    /// <summary>InfoNCE one way: the cosine of row n with its partner against those with all partners.</summary>
    public static double Contrast(double[,] a, double[,] b, double temperature)
    {
        double One(int n) => Surprise(
            Cosine(a, n, b, n) / temperature,
            Enumerable.Range(0, b.Rows()).Where(m => m != n).Select(m => Cosine(a, n, b, m) / temperature));
        return Sum(a.Rows(), One) / a.Rows();
    }
}
