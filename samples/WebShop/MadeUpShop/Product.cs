namespace WebShop.MadeUpShop;

/// <summary>A product of the shop, as the person who keeps its list has typed it.</summary>
internal sealed record Product(string Id, Motif Motif, Look Look, Pattern Pattern, string Title)
{
    /// <summary>The file of its picture, which needn't be there; blank for none.</summary>
    public string Picture { get; init; } = "";

    public double? Price { get; init; }

    public bool IsNew { get; init; }
}
