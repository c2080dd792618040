using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing.Processors.Quantization;

namespace WebShop.MadeUpShop;

/// <summary>Small pictures, drawn from shapes: the same bytes on every system.</summary>
internal static class Picture
{
    private const int Side = 96;

    public static void Save(string path, Motif motif, Look look, Pattern pattern)
    {
        using var image = new Image<Rgb24>(Side, Side);
        for (int y = 0; y < Side; y++)
        {
            for (int x = 0; x < Side; x++)
                image[x, y] = Color(motif, look, pattern, (x + 0.5f) * 100 / Side, (y + 0.5f) * 100 / Side);
        }

        image.SaveAsPng(path, new PngEncoder
        {
            ColorType = PngColorType.Palette,
            BitDepth = PngBitDepth.Bit4,
            CompressionLevel = PngCompressionLevel.BestCompression,
            Quantizer = new WuQuantizer(new QuantizerOptions { MaxColors = 16, Dither = null }),
            IgnoreMetadata = true,
        });
    }

    private static Rgb24 Color(Motif motif, Look look, Pattern pattern, float x, float y)
    {
        var (red, green, blue) = Channels(0xFFFFFF);
        foreach (Part part in motif.Parts)
        {
            float share = Math.Clamp(0.5f - (part.Shape(x, y) * Side / 100), 0, 1);
            var (r, g, b) = Channels(part.Paint == Paint.Main && IsPrinted(pattern, x, y) ? look.Pale : Shade(part.Paint, look));
            (red, green, blue) = (red + (share * (r - red)), green + (share * (g - green)), blue + (share * (b - blue)));
        }

        return new Rgb24((byte)MathF.Round(red), (byte)MathF.Round(green), (byte)MathF.Round(blue));
    }

    private static bool IsPrinted(Pattern pattern, float x, float y) => pattern switch
    {
        Pattern.Striped => y % 12 < 5,
        Pattern.Dotted => Part.Disc(6, 6, 3)(x % 12, y % 12) < 0,
        _ => false,
    };

    private static uint Shade(Paint paint, Look look) => paint switch
    {
        Paint.Main => look.Main,
        Paint.Dark => look.Dark,
        Paint.Pale => look.Pale,
        Paint.White => 0xF4F4F0,
        Paint.Wood => 0xC89B66,
        Paint.Leaf => 0x5E9B4E,
        Paint.Metal => 0xA9AFB6,
        _ => 0xF2A33A,
    };

    private static (float R, float G, float B) Channels(uint color) => ((color >> 16) & 255, (color >> 8) & 255, color & 255);
}
