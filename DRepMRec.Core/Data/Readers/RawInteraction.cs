namespace DRepMRec.Data;

/// <summary>An interaction as it was read, in 32 bytes: the numbers of its user and item, and where it stands.</summary>
/// <param name="User">The user's number in <see cref="InteractionLog.Users"/>.</param>
/// <param name="Item">The item's number in <see cref="InteractionLog.Items"/>.</param>
/// <param name="Time">When it was, as a <see cref="TimeCode"/>.</param>
/// <param name="Weight">How much it counts.</param>
/// <param name="Line">Its 1-based line or number; the last that 32 bits hold stands for those beyond.</param>
/// <param name="File">The index of its file in the log, or -1 when it came from memory.</param>
/// <param name="Label">The set it belongs to, from 0 to 2, or one of the two below.</param>
internal readonly record struct RawInteraction(int User, int Item, long Time, float Weight, uint Line, short File, byte Label)
{
    /// <summary>A label that isn't known.</summary>
    public const byte NoLabel = 255;

    /// <summary>A label that is another number, which <see cref="InteractionLog.LabelOf"/> has.</summary>
    public const byte OtherLabel = 254;
}
