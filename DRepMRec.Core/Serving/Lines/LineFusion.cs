using System.Numerics.Tensors;
using DRepMRec.Alignment;
using DRepMRec.Fusions;

namespace DRepMRec.Serving;

/// <summary>Fuses the lines of one user or item, as <see cref="BehaviorModalAlignment"/> does, and keeps the parts of the sum apart: one of behaviour, one of each modality.</summary>
internal static class LineFusion
{
    private const double SmallestLength = 1e-12;

    /// <summary>Whether a fusion is a sum of parts.</summary>
    public static bool IsAdditive(FusionKind? fusion) => fusion != FusionKind.LearnedGate;

    /// <summary>The dimension of fused rows.</summary>
    public static int Dimension(ModelForm form) => form.Fusion is { } fusion ? fusion.Dimension(form.LineDimension) : form.LineDimension;

    /// <summary>The parts of a fused row; their sum is the row.</summary>
    /// <param name="form">The fusion.</param>
    /// <param name="behavior">The behaviour row, zeros where there is none.</param>
    /// <param name="modal">The row of each modality; their sum is the modal line.</param>
    /// <param name="isUser">Whether the row is a user's.</param>
    public static float[][] Parts(ModelForm form, ReadOnlySpan<float> behavior, float[][] modal, bool isUser)
    {
        int dimension = Dimension(form), modalAt = dimension - form.LineDimension;
        var sum = new float[form.LineDimension];
        foreach (float[] row in modal)
            TensorPrimitives.Add(sum, row, sum);
        double behaviorLength = Length(behavior), modalLength = Length(sum);
        var (behaviorFactor, modalFactor) = Factors(form, behaviorLength, modalLength, isUser);
        bool standsIn = form.Fusion == FusionKind.NormalizedConcatenation && behaviorLength == 0;

        var parts = new float[1 + modal.Length][];
        var fused = new float[dimension];
        for (int p = 0; p < parts.Length; p++)
        {
            parts[p] = new float[dimension];
            ReadOnlySpan<float> row = p == 0 ? behavior : modal[p - 1];
            TensorPrimitives.Multiply(row, (float)(p == 0 ? behaviorFactor : modalFactor), parts[p].AsSpan(p == 0 ? 0 : modalAt, row.Length));
            if (p > 0 && standsIn)
                TensorPrimitives.Multiply(row, (float)(1 / Math.Max(SmallestLength, modalLength)), parts[p].AsSpan(0, row.Length));
            TensorPrimitives.Add(fused, parts[p], fused);
        }

        if (form.Normalized)
        {
            float factor = (float)(1 / Math.Max(SmallestLength, Length(fused)));
            foreach (float[] part in parts)
                TensorPrimitives.Multiply(part, factor, part);
        }

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

    public static double Length(ReadOnlySpan<float> row)
    {
        double squares = 0;
        foreach (float value in row)
            squares += (double)value * value;
        return Math.Sqrt(squares);
    }

    private static (double Behavior, double Modal) Factors(ModelForm form, double behaviorLength, double modalLength, bool isUser) => form.Fusion switch
    {
        null => (1, 0),
        FusionKind.Sum or FusionKind.Concatenation => (1, form.ModalWeight),
        FusionKind.Mean => (0.5, 0.5 * form.ModalWeight),
        FusionKind.NormalizedSum => (1 / Math.Max(SmallestLength, behaviorLength), (behaviorLength > 0 ? form.ModalWeight : form.ColdModalWeight) / Math.Max(SmallestLength, modalLength)),
        FusionKind.NormalizedConcatenation => (1 / Math.Max(SmallestLength, behaviorLength), form.ModalWeight / Math.Max(SmallestLength, modalLength)),
        FusionKind.MatchedSum => (1, form.ModalWeight * (isUser ? form.UserScale : form.ItemScale) / Math.Max(SmallestLength, modalLength)),
        _ => throw new InvalidOperationException($"{form.Fusion} isn't a sum of parts."),
    };
}
