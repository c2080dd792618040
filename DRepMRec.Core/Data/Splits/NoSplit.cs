namespace DRepMRec.Data;

internal sealed record NoSplit : SplitStrategy
{
    private protected override bool PromisesValidation => false;

    private protected override bool PromisesTest => false;

    public override string ToString() => "None";

    private protected override SplitPart[] Assign(InteractionLog log) => new SplitPart[log.Rows.Count];
}
