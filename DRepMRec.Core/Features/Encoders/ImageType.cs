namespace DRepMRec.Features;

/// <summary>Tells formats of pictures by their first bytes.</summary>
internal static class ImageType
{
    /// <summary>The media type; "application/octet-stream" for a format that isn't known.</summary>
    public static string Of(ReadOnlySpan<byte> data)
        => data.StartsWith<byte>([0x89, (byte)'P', (byte)'N', (byte)'G']) ? "image/png"
            : data.StartsWith<byte>([0xFF, 0xD8, 0xFF]) ? "image/jpeg"
            : data.StartsWith("GIF8"u8) ? "image/gif"
            : data.StartsWith("BM"u8) ? "image/bmp"
            : data.Length >= 12 && data.StartsWith("RIFF"u8) && data[8..].StartsWith("WEBP"u8) ? "image/webp"
            : data.Length >= 12 && data[4..].StartsWith("ftypavif"u8) ? "image/avif"
            : data.StartsWith("II*\0"u8) || data.StartsWith("MM\0*"u8) ? "image/tiff"
            : "application/octet-stream";
}
