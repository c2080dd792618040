using System.Globalization;

namespace DRepMRec.Data;

/// <summary>Words for clusters and styles: what a made-up shop would sell.</summary>
internal static class SyntheticShop
{
    private static readonly (string Category, string Noun, string[] Styles)[] Shelves =
    [
        ("tents", "tent", ["Ultralight", "Family", "Expedition"]),
        ("coffee makers", "coffee maker", ["Filter", "Espresso", "Camping"]),
        ("headphones", "headphones", ["Studio", "In-ear", "Noise-cancelling"]),
        ("running shoes", "running shoes", ["Trail", "Road", "Barefoot"]),
        ("board games", "board game", ["Cooperative", "Strategy", "Party"]),
        ("cookbooks", "cookbook", ["Vegetarian", "Baking", "Thirty-minute"]),
        ("lamps", "lamp", ["Paper", "Industrial", "Reading"]),
        ("bicycles", "bicycle", ["City", "Gravel", "Folding"]),
        ("knives", "kitchen knife", ["Santoku", "Bread", "Paring"]),
        ("plants", "pot plant", ["Flowering", "Succulent", "Climbing"]),
        ("backpacks", "backpack", ["School", "Trekking", "Roll-top"]),
        ("puzzles", "puzzle", ["Wooden", "Landscape", "Three-dimensional"]),
        ("guitars", "guitar", ["Classical", "Electric", "Travel"]),
        ("watches", "watch", ["Diving", "Dress", "Sports"]),
        ("yoga mats", "yoga mat", ["Cork", "Thick", "Travel"]),
        ("novels", "novel", ["Crime", "Historical", "Science-fiction"]),
        ("fishing rods", "fishing rod", ["Fly", "Surf", "Spinning"]),
        ("teas", "tea", ["Green", "Herbal", "Smoked"]),
        ("cameras", "camera", ["Instant", "Mirrorless", "Action"]),
        ("blankets", "blanket", ["Woollen", "Picnic", "Weighted"]),
        ("drones", "drone", ["Racing", "Pocket", "Filming"]),
        ("paints", "paint set", ["Watercolour", "Oil", "Acrylic"]),
        ("skis", "skis", ["Touring", "Slalom", "Cross-country"]),
        ("dog toys", "dog toy", ["Chewing", "Fetching", "Squeaking"]),
        ("pens", "pen", ["Fountain", "Calligraphy", "Gel"]),
    ];

    /// <summary>The name of a cluster; from the 26th on the shelves come again with a number.</summary>
    public static string Category(int cluster)
    {
        string name = Shelves[cluster % Shelves.Length].Category;
        int round = cluster / Shelves.Length;
        return round == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name} {round + 1}");
    }

    /// <summary>A title for each item: no two have the same.</summary>
    public static string[] Titles(SyntheticTastes tastes)
    {
        var count = new Dictionary<(int Shelf, int Style), int>();
        var titles = new string[tastes.ItemClusters.Length];
        for (int item = 0; item < titles.Length; item++)
        {
            var key = (Shelf: tastes.ItemClusters[item] % Shelves.Length, Style: tastes.ItemStyles[item]);
            int number = count[key] = count.GetValueOrDefault(key) + 1;
            var (_, noun, styles) = Shelves[key.Shelf];
            titles[item] = string.Create(CultureInfo.InvariantCulture, $"{styles[key.Style]} {noun} {number}");
        }

        return titles;
    }
}
