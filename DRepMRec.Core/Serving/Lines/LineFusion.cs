using System.Numerics.Tensors;

namespace DRepMRec.Serving;

/// <summary>Fuses the lines of a user or item as the model did, and keeps the parts apart: behaviour and each modality.</summary>
internal static class LineFusion
{
    private const double MinLength = 1e-12;

    // Shorter rows are added up in double precision: squares of their numbers would lose digits in single precision.
    private const float ShortestNorm = 1e-16f;

    /// <summary>The dimension of fused rows.</summary>
    public static int Dimension(ModelForm form) => form.Lines?.Dimension(form.LineDimension) ?? form.LineDimension;

    /// <summary>The parts of a fused row; their sum is the row.</summary>
    /// <param name="form">The fusion.</param>
    /// <param name="behavior">The behaviour row, zeros where there is none.</param>
    /// <param name="modal">The row of each modality; their sum is the modal line.</param>
    /// <param name="isUser">Whether the row is a user's.</param>
    public static float[][] Parts(ModelForm form, ReadOnlySpan<float> behavior, float[][] modal, bool isUser)
    {
        float[][] parts = form.Lines?.Parts(behavior, modal, isUser) ?? [behavior.ToArray()];
        if (!form.Normalized)
            return parts;
        float factor = (float)(1 / Math.Max(MinLength, Length(Sum(parts))));
        foreach (float[] part in parts)
            TensorPrimitives.Multiply(part, factor, part);
        return parts;
    }

    /// <summary>The sum of parts.</summary>
    public static float[] Sum(float[][] parts)
    {
        var sum = new float[parts[0].Length];
        foreach (float[] part in parts)
            TensorPrimitives.Add(sum, part, sum);
        return sum;
    }

    /// <summary>Spreads over the parts what a row, which was rounded as its lines were, differs from their sum by.</summary>
    public static void Spread(float[][] parts, ReadOnlySpan<float> row)
    {
        float[] rest = Sum(parts);
        TensorPrimitives.Subtract(row, rest, rest);
        foreach (float[] part in parts)
            TensorPrimitives.MultiplyAdd(rest, 1f / parts.Length, part, part);
    }

    /// <summary>Fuses rows of items one after the other, with the same bits as <see cref="Parts"/> and <see cref="Sum"/>.</summary>
    public sealed class Room(ModelForm form)
    {
        private readonly float[][] _modal = [.. form.Modalities.Select(_ => new float[form.LineDimension])];
        private readonly float[] _parts = new float[2 * form.LineDimension];

        /// <param name="behavior">The behaviour row.</param>
        /// <param name="modal">The items' rows of each modality.</param>
        /// <param name="item">The item.</param>
        /// <param name="target">The fused row; overwritten.</param>
        public void Fuse(ReadOnlySpan<float> behavior, IReadOnlyList<RowStore> modal, int item, Span<float> target)
        {
            for (int m = 0; m < modal.Count; m++)
                modal[m].CopyTo(item, _modal[m]);
            Add(behavior, 1, target);
            if (form.Normalized)
                Add(behavior, (float)(1 / Math.Max(MinLength, Length(target))), target);
        }

        private void Add(ReadOnlySpan<float> behavior, float factor, Span<float> target)
        {
            target.Clear();
            if (form.Lines is { } lines)
                lines.AddTo(behavior, _modal, isUser: false, factor, _parts, target);
            else
                TensorPrimitives.Multiply(behavior, factor, target);
        }
    }

    /// <summary>The length in single precision, also where the squares in it are none, or have lost digits.</summary>
    public static float Norm(ReadOnlySpan<float> row)
        => TensorPrimitives.Norm(row) is > ShortestNorm and < float.PositiveInfinity and var length ? length : (float)Length(row);

    public static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int n = 0; n < a.Length; n++)
            sum += (double)a[n] * b[n];
        return sum;
    }

    public static double Length(ReadOnlySpan<float> row)
    {
        double squares = 0;
        foreach (float value in row)
            squares += (double)value * value;
        return Math.Sqrt(squares);
    }
}
