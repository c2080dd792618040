using DRepMRec.Internals;

namespace DRepMRec.Training;

/// <summary>Options of Adam (Kingma and Ba, ICLR 2015).</summary>
public sealed record AdamOptions
{
    /// <summary>The learning rate.</summary>
    /// <value>Above 0. The default is 0.001.</value>
    public double LearningRate { get; init => field = Guard.Positive(value); } = 1e-3;

    /// <summary>The decay of the first moment.</summary>
    /// <value>At least 0 and below 1. The default is 0.9.</value>
    public double Beta1 { get; init => field = Guard.Share(value); } = 0.9;

    /// <summary>The decay of the second moment.</summary>
    /// <value>At least 0 and below 1. The default is 0.999.</value>
    public double Beta2 { get; init => field = Guard.Share(value); } = 0.999;

    /// <summary>The number that keeps the step finite where gradients vanish.</summary>
    /// <value>Above 0. The default is 1e-8.</value>
    public double Epsilon { get; init => field = Guard.Positive(value); } = 1e-8;
}
