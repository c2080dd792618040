using System.Numerics.Tensors;

namespace DRepMRec.Fusions;

/// <summary>
/// A fusion in numbers: what serving needs to fuse rows and to tell their parts apart, without the fusion's code and without libtorch. A
/// fused row is BehaviorFactor * behaviour + ModalFactor * modal, added up or one behind the other, each line brought to length 1 before or
/// not. Part of the model file.
/// </summary>
/// <remarks>Immutable and safe for use by many threads.</remarks>
public sealed record FusionForm
{
    private const double MinLength = 1e-12;

    /// <summary>Whether the modal part stands behind the behaviour part, in rows of dimension 2 D, instead of being added to it.</summary>
    public bool Concatenates { get; init; }

    /// <summary>Whether behaviour rows are brought to length 1 first.</summary>
    public bool UnitBehavior { get; init; }

    /// <summary>The factor of behaviour rows.</summary>
    /// <value>The default is 1.</value>
    public double BehaviorFactor { get; init; } = 1;

    /// <summary>Whether modal rows are brought to length 1 first.</summary>
    public bool UnitModal { get; init; }

    /// <summary>The factor of modal rows.</summary>
    /// <value>The default is 1.</value>
    public double ModalFactor { get; init; } = 1;

    /// <summary><see cref="ModalFactor"/> for rows without behaviour, or <see langword="null"/> where it's no other.</summary>
    public double? ColdModalFactor { get; init; }

    /// <summary>Whether the modal row, at length 1, stands in for missing behaviour. Only with <see cref="Concatenates"/>.</summary>
    public bool ModalStandsIn { get; init; }

    /// <summary>The factor of users' modal rows, beside <see cref="ModalFactor"/>.</summary>
    /// <value>The default is 1.</value>
    public double UserModalScale { get; init; } = 1;

    /// <summary>The factor of items' modal rows, beside <see cref="ModalFactor"/>.</summary>
    /// <value>The default is 1.</value>
    public double ItemModalScale { get; init; } = 1;

    /// <summary>The dimension of fused rows.</summary>
    /// <param name="lineDimension">The dimension D of both lines.</param>
    public int Dimension(int lineDimension) => Concatenates ? 2 * lineDimension : lineDimension;

    /// <summary>The parts of a fused row, one of behaviour and one of each modality; their sum is the row.</summary>
    /// <param name="behavior">D numbers; zeros where there is no behaviour.</param>
    /// <param name="modal">D numbers for each modality; their sum is the modal row.</param>
    /// <param name="isUser">Whether the row is a user's.</param>
    /// <returns>Rows of <see cref="Dimension"/> numbers.</returns>
    public float[][] Parts(ReadOnlySpan<float> behavior, IReadOnlyList<float[]> modal, bool isUser)
    {
        ArgumentNullException.ThrowIfNull(modal);
        int width = behavior.Length, dimension = Dimension(width);
        var modalRow = new float[width];
        foreach (float[] row in modal)
            TensorPrimitives.Add(modalRow, row, modalRow);
        double behaviorLength = Length(behavior), modalLength = Length(modalRow);
        double behaviorFactor = BehaviorFactor / (UnitBehavior ? Math.Max(MinLength, behaviorLength) : 1);
        double modalFactor = (behaviorLength == 0 ? ColdModalFactor ?? ModalFactor : ModalFactor)
            * (isUser ? UserModalScale : ItemModalScale) / (UnitModal ? Math.Max(MinLength, modalLength) : 1);

        var parts = new float[1 + modal.Count][];
        for (int p = 0; p < parts.Length; p++)
        {
            parts[p] = new float[dimension];
            ReadOnlySpan<float> row = p == 0 ? behavior : modal[p - 1];
            Span<float> place = parts[p].AsSpan(p == 0 ? 0 : dimension - width, width);
            TensorPrimitives.Multiply(row, (float)(p == 0 ? behaviorFactor : modalFactor), place);
            if (p > 0 && ModalStandsIn && behaviorLength == 0)
                TensorPrimitives.Multiply(row, (float)(1 / Math.Max(MinLength, modalLength)), parts[p].AsSpan(0, width));
        }

        return parts;
    }

    /// <summary>Adds a fused row to zeros, part by part as <see cref="Parts"/> makes them, without memory of its own.</summary>
    /// <param name="behavior">D numbers; zeros where there is no behaviour.</param>
    /// <param name="modal">D numbers for each modality.</param>
    /// <param name="isUser">Whether the row is a user's.</param>
    /// <param name="factor">What each part is multiplied by.</param>
    /// <param name="room">Room for 2 D numbers.</param>
    /// <param name="target"><see cref="Dimension"/> zeros.</param>
    internal void AddTo(
        ReadOnlySpan<float> behavior, float[][] modal, bool isUser, float factor, Span<float> room, Span<float> target)
    {
        int width = behavior.Length;
        Span<float> part = room[..width], modalRow = room.Slice(width, width);
        modalRow.Clear();
        foreach (float[] row in modal)
            TensorPrimitives.Add(modalRow, row, modalRow);
        double behaviorLength = Length(behavior), modalLength = Length(modalRow);
        double behaviorFactor = BehaviorFactor / (UnitBehavior ? Math.Max(MinLength, behaviorLength) : 1);
        double modalFactor = (behaviorLength == 0 ? ColdModalFactor ?? ModalFactor : ModalFactor)
            * (isUser ? UserModalScale : ItemModalScale) / (UnitModal ? Math.Max(MinLength, modalLength) : 1);
        Add(behavior, behaviorFactor, target[..width], part);
        foreach (float[] row in modal)
        {
            Add(row, modalFactor, target[^width..], part);
            if (ModalStandsIn && behaviorLength == 0)
                Add(row, 1 / Math.Max(MinLength, modalLength), target[..width], part);
        }

        void Add(ReadOnlySpan<float> row, double own, Span<float> place, Span<float> scaled)
        {
            TensorPrimitives.Multiply(row, (float)own, scaled);
            TensorPrimitives.Multiply(scaled, factor, scaled);
            TensorPrimitives.Add(place, scaled, place);
        }
    }

    private static double Length(ReadOnlySpan<float> row)
    {
        double squares = 0;
        foreach (float value in row)
            squares += (double)value * value;
        return Math.Sqrt(squares);
    }
}
