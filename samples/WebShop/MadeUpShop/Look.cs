namespace WebShop.MadeUpShop;

/// <summary>A colour that products come in, as 0xRRGGBB, with a darker and a paler shade.</summary>
internal sealed record Look(string Name, uint Main, uint Dark, uint Pale)
{
    public static IReadOnlyList<Look> All { get; } =
    [
        new("red", 0xC8453B, 0x8A2A24, 0xF3CFCB),
        new("blue", 0x3B6FB5, 0x254A80, 0xCCDDF2),
        new("green", 0x4E8F5B, 0x30603A, 0xD0E8D4),
        new("yellow", 0xE5B53A, 0xA67D17, 0xFAEBC2),
        new("rose", 0xD98BA3, 0x9C566C, 0xF8DDE6),
        new("black", 0x44474E, 0x24262B, 0xC9CBD0),
    ];
}

/// <summary>What is printed on a product.</summary>
internal enum Pattern
{
    Plain,
    Striped,
    Dotted,
}
