using System.Text.Json.Serialization;
using DRepMRec.Internals;
using DRepMRec.Serialization;

namespace DRepMRec.Training;

/// <summary>How a training begins from an earlier model.</summary>
public sealed record WarmStartOptions
{
    /// <summary>What the rows of users and items begin with that the earlier model didn't have.</summary>
    /// <value>The default is <see cref="NewRowStart.Content"/>.</value>
    public NewRowStart NewRows { get; init => field = Guard.Defined(value); } = NewRowStart.Content;

    /// <summary>How many most similar known items a new item's row is the mean of.</summary>
    /// <value>At least 1. The default is 10.</value>
    public int Neighbors { get; init => field = Guard.Positive(value); } = 10;

    /// <summary>
    /// Whether Adam goes on with its moments too; the earlier model must have them (<see cref="TrainerOptions.KeepMoments"/>).
    /// </summary>
    /// <value>The default is <see langword="false"/>: moments begin at zero.</value>
    public bool Moments { get; init; }
}

/// <summary>
/// What new rows begin with. Where there is nothing of the kind, the next below: a mean over users or over items needs both in one table,
/// as LightGCN, FREEDOM and MGCN have them; matrix factorisation and VBPR, with a table each, begin new users at random.
/// </summary>
[JsonConverter(typeof(EnumNameConverter<NewRowStart>))]
public enum NewRowStart
{
    /// <summary>Items: the mean over the known items most similar by content. Users: the mean over their items.</summary>
    Content,

    /// <summary>Items: the mean over their users. Users: the mean over their items.</summary>
    Neighbors,

    /// <summary>The random first weights that they have.</summary>
    Random,
}
