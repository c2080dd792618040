using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>Categories: each one's text once, and per item the numbers of its categories, each once.</summary>
internal sealed class CategoryColumn(string name, IdTable categories, Block<int> offsets, Block<int> codes)
    : MetadataColumn(name, MetadataKind.Category, (int)(offsets.Length - 1))
{
    public IdTable Names => categories;

    public static CategoryColumn Of(string name, int count, Func<int, IReadOnlyCollection<string>> values)
    {
        var codeOf = new Dictionary<string, int>();
        List<int> codes = [], lastRows = [];
        var offsets = new int[count + 1];
        for (int row = 0; row < count; row++)
        {
            foreach (string category in values(row))
            {
                if (!codeOf.TryGetValue(RequireText(category, name, row), out int code))
                {
                    codeOf.Add(category, code = codeOf.Count);
                    lastRows.Add(-1);
                }

                if (lastRows[code] == row)
                    continue;
                lastRows[code] = row;
                codes.Add(code);
            }

            offsets[row + 1] = codes.Count;
        }

        return new CategoryColumn(name, IdTable.Of(codeOf.OrderBy(c => c.Value).Select(c => c.Key)), Block<int>.Copy(offsets),
            Block<int>.Copy([.. codes]));
    }

    public static CategoryColumn Read(string name, ModelArrays arrays, int rows)
    {
        string prefix = Prefix(name);
        Block<byte> text = arrays.Get<byte>(prefix + "categories");
        Block<long> textOffsets = arrays.Get<long>(prefix + "category_offsets");
        if (textOffsets.Length is 0 or > IdTable.MaxIds)
            throw new FormatException($"the array '{prefix}category_offsets' has {textOffsets.Length} elements");
        ModelAssembly.ThrowIfWrongEnds(textOffsets, text.Length, $"category of {Shown.Text(name)}");
        var categories = new IdTable(
            text, textOffsets, arrays.Get<int>(prefix + "category_slots", IdTable.SlotCount((int)textOffsets.Length - 1)));
        Block<int> offsets = arrays.Get<int>(prefix + "code_offsets", rows + 1L), codes = arrays.Get<int>(prefix + "codes");
        if (offsets[0] != 0 || offsets[rows] != codes.Length)
        {
            throw new FormatException($"the code offsets of {Shown.Text(name)} must go from 0 to {codes.Length}, they go from {offsets[0]} "
                + $"to {offsets[rows]}");
        }

        return new CategoryColumn(name, categories, offsets, codes);
    }

    /// <summary>The numbers of an item's categories; rows below 0 have none.</summary>
    public ReadOnlySpan<int> Codes(int row) => row < 0 ? [] : codes.Slice(offsets[row], (long)offsets[row + 1L] - offsets[row]);

    /// <summary>Refuses the number of a category that there isn't.</summary>
    public void ThrowIfDamaged(int code)
    {
        if ((uint)code >= (uint)categories.Count)
            throw new ModelFileException($"The model is damaged: it refers to category {code} of {categories.Count}.");
    }

    internal IReadOnlyList<string> Texts(int row)
    {
        ReadOnlySpan<int> own = Codes(row);
        var texts = new string[own.Length];
        for (int n = 0; n < own.Length; n++)
        {
            ThrowIfDamaged(own[n]);
            texts[n] = categories[own[n]];
        }

        return texts;
    }

    internal override object? Value(int row) => Codes(row).IsEmpty ? null : Texts(row);

    internal override MetadataColumn Merge(MetadataColumn newer, int[] rows)
        => Of(Name, rows.Length, n => rows[n] >= 0 ? Texts(rows[n]) : ((CategoryColumn)newer).Texts(~rows[n]));

    internal override Func<int, bool> Test(ItemCondition condition)
    {
        ThrowIfAsks(condition.AsksNumber, "Min and Max", nameof(MetadataKind.Number));
        ThrowIfAsks(condition.AsksDate, "From and Before", nameof(MetadataKind.Date));
        bool[] isIn = Marked(condition.In), isRefused = Marked(condition.NotIn);
        bool asksIn = condition.In is not null, missing = condition.PassesMissing;
        return row =>
        {
            ReadOnlySpan<int> own = Codes(row);
            if (own.IsEmpty)
                return missing;
            bool passes = !asksIn;
            foreach (int code in own)
            {
                ThrowIfDamaged(code);
                if (isRefused[code])
                    return false;
                passes |= isIn[code];
            }

            return passes;
        };
    }

    internal override IEnumerable<SafeTensorSource> Arrays()
    {
        string prefix = Prefix(Name);
        return
        [
            ModelWriter.Array(prefix + "category_offsets", categories.Offsets),
            ModelWriter.Array(prefix + "category_slots", categories.Slots),
            ModelWriter.Array(prefix + "code_offsets", offsets), ModelWriter.Array(prefix + "codes", codes),
            ModelWriter.Array(prefix + "categories", categories.Text),
        ];
    }

    internal override void Verify()
    {
        ModelVerification.ThrowIfNotRising(categories.Offsets, $"category of {Shown.Text(Name)}");
        categories.Verify("category");
        for (int row = 0; row < Count; row++)
        {
            if (offsets[row + 1L] < offsets[row])
            {
                throw new FormatException(
                    $"the code offsets of {Shown.Text(Name)} must not fall, but those of the metadata's row {row} do");
            }

            foreach (int code in Codes(row))
            {
                if ((uint)code >= (uint)categories.Count)
                    throw new FormatException($"{Shown.Text(Name)} of the metadata's row {row} is category {code} of {categories.Count}");
            }
        }
    }

    private bool[] Marked(IReadOnlyCollection<string>? values)
    {
        var marked = new bool[categories.Count];
        foreach (string value in values ?? [])
        {
            if (categories.TryGetIndex(value, out int code))
                marked[code] = true;
        }

        return marked;
    }
}
