using System.Text;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>Texts as UTF-8, one after the other; empty for none.</summary>
internal sealed class TextColumn(string name, Block<byte> text, Block<long> offsets)
    : MetadataColumn(name, MetadataKind.Text, (int)(offsets.Length - 1))
{
    public static TextColumn Of(string name, IReadOnlyList<string?> values)
    {
        using var text = new MemoryStream();
        var offsets = new long[values.Count + 1];
        for (int row = 0; row < values.Count; row++)
        {
            if (!string.IsNullOrWhiteSpace(values[row]))
                text.Write(Encoding.UTF8.GetBytes(RequireText(values[row], name, row)));
            offsets[row + 1] = text.Length;
        }

        return new TextColumn(name, Block<byte>.Copy(text.GetBuffer().AsSpan(0, (int)text.Length)), Block<long>.Copy(offsets));
    }

    public static TextColumn Read(string name, ModelArrays arrays, int rows)
    {
        Block<byte> text = arrays.Get<byte>(Prefix(name) + "text");
        Block<long> offsets = arrays.Get<long>(Prefix(name) + "text_offsets", rows + 1L);
        ModelAssembly.ThrowIfWrongEnds(offsets, text.Length, $"text of {Shown.Text(name)}");
        return new TextColumn(name, text, offsets);
    }

    internal string? Text(int row)
    {
        ReadOnlySpan<byte> bytes = Bytes(row);
        return bytes.IsEmpty ? null
            : System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes)
            : throw new ModelFileException($"The model is damaged: the text of the metadata's row {row} isn't UTF-8.");
    }

    internal override object? Value(int row) => Text(row);

    internal override MetadataColumn Merge(MetadataColumn newer, int[] rows)
        => Of(Name, [.. rows.Select(row => row >= 0 ? Text(row) : ((TextColumn)newer).Text(~row))]);

    internal override Func<int, bool> Test(ItemCondition condition)
    {
        ThrowIfAsks(condition.AsksCategory, "In and NotIn", nameof(MetadataKind.Category));
        ThrowIfAsks(condition.AsksNumber, "Min and Max", nameof(MetadataKind.Number));
        ThrowIfAsks(condition.AsksDate, "From and Before", nameof(MetadataKind.Date));
        return row => row >= 0 && !Bytes(row).IsEmpty;
    }

    internal override IEnumerable<SafeTensorSource> Arrays()
        => [ModelWriter.Array(Prefix(Name) + "text_offsets", offsets), ModelWriter.Array(Prefix(Name) + "text", text)];

    internal override void Verify()
    {
        ModelVerification.ThrowIfNotRising(offsets, $"text of {Shown.Text(Name)}");
        for (int row = 0; row < Count; row++)
        {
            if (!System.Text.Unicode.Utf8.IsValid(Bytes(row)))
                throw new FormatException($"{Shown.Text(Name)} of the metadata's row {row} isn't UTF-8 text");
        }
    }

    private ReadOnlySpan<byte> Bytes(int row) => text.Slice(offsets[row], offsets[row + 1L] - offsets[row]);
}
