namespace ServeRecommendations;

/// <summary>Which columns of the metadata are shown, the section "Shelf" of the configuration.</summary>
internal sealed class ShelfOptions
{
    /// <summary>The column of texts that names an item; empty for none.</summary>
    public string Title { get; set; } = "title";

    /// <summary>The column of texts that has the path of an item's picture; empty for none.</summary>
    public string Picture { get; set; } = "picture";

    /// <summary>The folder that these paths are relative to; without one there are no pictures.</summary>
    public string? PictureFolder { get; set; }
}
