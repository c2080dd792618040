using System.Globalization;
using System.Text;

namespace DRepMRec.Serving;

/// <summary>A comparison as Markdown.</summary>
internal static class ComparisonText
{
    public static string Of(ModelComparison comparison)
    {
        var page = new Page();
        page.Line("# Two models");
        page.Table("", "dataset", "users", "items");
        Model("old", comparison.Old);
        Model("new", comparison.New);
        page.Line($"Users: {Changes(comparison.Users)}. Items: {Changes(comparison.Items)}.");
        Lists(page, comparison);
        Reasons(page, comparison.Reasons);
        Items(page, "Rising items", comparison.Rising);
        Items(page, "Falling items", comparison.Falling);
        Users(page, comparison.MostChanged);
        if (comparison.Options.Count > 0)
        {
            page.Line("## Options that differ");
            page.Table("option", "old", "new");
            foreach (OptionChange option in comparison.Options)
                page.Row(option.Name, option.Old ?? "-", option.New ?? "-");
        }

        return page.ToString();

        void Model(string name, ComparedModel model) => page.Row(name, model.Dataset, Number(model.Users), Number(model.Items));
    }

    private static void Lists(Page page, ModelComparison comparison)
    {
        OverlapDistribution overlap = comparison.Overlap;
        page.Line(string.Create(CultureInfo.InvariantCulture, $"## Lists of {comparison.Depth} for {comparison.Lists:N0} users"));
        page.Table("", "value");
        if (comparison.NotCompared > 0)
            page.Row("users given that one of the models doesn't know", Number(comparison.NotCompared));
        page.Row("lists that change", Percent(comparison.ChangedShare));
        page.Row("of these, only in their order", Number(comparison.ReorderedLists));
        page.Row("items in both lists, mean", Percent(comparison.MeanCommonItems));
        page.Row($"rank-biased overlap (p = {Text(comparison.Persistence)}), mean", Text(overlap.Mean));
        page.Row("lowest, 5 %, 25 %, median, 75 %", string.Join(", ",
            new[] { overlap.Lowest, overlap.Percent5, overlap.Percent25, overlap.Median, overlap.Percent75 }.Select(Text)));
        page.Row("different items recommended",
            $"{Number(comparison.OldRecommended.Different)} → {Number(comparison.NewRecommended.Different)}");
        page.Row("users of a recommended item, mean",
            $"{Text(comparison.OldRecommended.MeanUsers)} → {Text(comparison.NewRecommended.MeanUsers)}");
        foreach (SourceChange source in comparison.Sources)
            page.Row($"{source.Old} → {source.New}", $"{Number(source.Users)} users");
    }

    private static void Reasons(Page page, ChangeReasons reasons)
    {
        page.Line("## Why");
        page.Table("", "items of lists");
        page.Row("came in", Number(reasons.Entered));
        page.Row("of these, new in the catalogue", Number(reasons.EnteredAsNew));
        page.Row("of these, in lists of another source", Number(reasons.EnteredByOtherSource));
        page.Row("left", Number(reasons.Left));
        page.Row("of these, no longer in the catalogue", Number(reasons.LeftAsVanished));
        page.Row("of these, chosen by the user since", Number(reasons.LeftAsChosen));
        page.Row("users of an item that came in, mean", Text(reasons.EnteredMeanUsers));
        page.Row("users of an item that left, mean", Text(reasons.LeftMeanUsers));
        if (reasons.Shares.Count > 0)
            page.Line($"The others changed places by their scores, in {Number(reasons.ExplainedUsers)} users: {Shares(reasons.Shares)}.");
        if (reasons.Unexplained is not null)
            page.Line($"Not all could be explained: {reasons.Unexplained}");
    }

    private static void Items(Page page, string title, IReadOnlyList<ItemChange> items)
    {
        if (items.Count == 0)
            return;
        page.Line("## " + title);
        page.Table("item", "lists before", "lists now", "");
        foreach (ItemChange item in items)
            page.Row(item.Item, Number(item.OldLists), Number(item.NewLists), !item.InOld ? "new" : !item.InNew ? "vanished" : "");
    }

    private static void Users(Page page, IReadOnlyList<UserChange> users)
    {
        if (users.Count == 0)
            return;
        page.Line("## Users whose lists change most");
        page.Table("user", "overlap", "before", "now", "why");
        foreach (UserChange user in users)
        {
            string why = user.OldSource == user.NewSource ? Shares(user.Shares) : $"{user.OldSource} → {user.NewSource}";
            page.Row(user.User, Text(user.Overlap), First(user.Old), First(user.New), why);
        }

        static string First(IReadOnlyList<string> items) => string.Join(", ", items.Take(3)) + (items.Count > 3 ? " …" : "");
    }

    private static string Changes(IdChanges ids)
        => $"{Number(ids.Common)} in both, {Number(ids.Added)} new{Named(ids.FirstAdded, ids.Added)}, "
            + $"{Number(ids.Vanished)} vanished{Named(ids.FirstVanished, ids.Vanished)}";

    private static string Named(IReadOnlyList<string> ids, int count)
        => ids.Count == 0 ? "" : $" ({string.Join(", ", ids.Select(Page.Escaped))}{(count > ids.Count ? " …" : "")})";

    private static string Shares(IReadOnlyDictionary<string, double> shares)
        => string.Join(", ", shares.Select(s => $"{Percent(s.Value)} by {s.Key}"));

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    private static string Percent(double value) => value.ToString("0.0 %", CultureInfo.InvariantCulture);

    private sealed class Page
    {
        private readonly StringBuilder _text = new();

        public static string Escaped(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");

        public void Line(string text)
        {
            _text.Append(_text.Length == 0 ? "" : "\n").Append(text).Append('\n');
        }

        public void Table(params string[] columns)
        {
            _text.Append('\n');
            Row(columns);
            Row([.. columns.Select(_ => "---")]);
        }

        public void Row(params string[] cells)
            => _text.Append("| ").AppendJoin(" | ", cells.Select(Escaped)).Append(" |\n");

        public override string ToString() => _text.ToString();
    }
}
