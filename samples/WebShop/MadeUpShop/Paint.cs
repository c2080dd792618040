namespace WebShop.MadeUpShop;

/// <summary>What a part of a picture is painted with: a colour of the product's, or one that is the same for all.</summary>
internal enum Paint
{
    Main,
    Dark,
    Pale,
    White,
    Wood,
    Leaf,
    Metal,
    Flame,
}
