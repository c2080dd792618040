using DRepMRec.Internals;

namespace DRepMRec.Training;

/// <summary>How the learning rate changes over epochs.</summary>
public abstract record LearningRateSchedule
{
    private LearningRateSchedule()
    {
    }

    /// <summary>Whether an epoch's factor depends on the number of epochs planned, so a training can't go on for more.</summary>
    public virtual bool DependsOnEpochs => false;

    /// <summary>The factor of the learning rate in an epoch.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="epochs">The most epochs that the training may take.</param>
    public abstract double Factor(int epoch, int epochs);

    /// <summary>The learning rate stays as it is.</summary>
    public sealed record Constant : LearningRateSchedule
    {
        /// <inheritdoc/>
        public override double Factor(int epoch, int epochs) => 1;
    }

    /// <summary>The learning rate is multiplied by a factor after every so many epochs.</summary>
    public sealed record Step : LearningRateSchedule
    {
        /// <summary>The factor.</summary>
        /// <value>Above 0. The default is 0.96.</value>
        public double Decay { get; init => field = Guard.Positive(value); } = 0.96;

        /// <summary>The number of epochs between two multiplications.</summary>
        /// <value>At least 1. The default is 50.</value>
        public int Every { get; init => field = Guard.Positive(value); } = 50;

        /// <inheritdoc/>
        public override double Factor(int epoch, int epochs) => Math.Pow(Decay, (epoch - 1) / Every);
    }

    /// <summary>The learning rate rises in a straight line over the first epochs and then falls along half a cosine to 0.</summary>
    public sealed record WarmupCosine : LearningRateSchedule
    {
        /// <summary>The number of epochs of the rise.</summary>
        /// <value>0 or more. The default is 0.</value>
        public int WarmupEpochs { get; init => field = Guard.NotNegative(value); }

        /// <inheritdoc/>
        public override bool DependsOnEpochs => true;

        /// <inheritdoc/>
        public override double Factor(int epoch, int epochs) => epoch <= WarmupEpochs
            ? (double)epoch / WarmupEpochs
            : 0.5 * (1 + Math.Cos(Math.PI * (epoch - 1 - WarmupEpochs) / Math.Max(1, epochs - WarmupEpochs)));
    }
}
