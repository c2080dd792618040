using System.Data.Common;
using DRepMRec.Data;
using Microsoft.Data.Sqlite;
using Parquet;
using Parquet.Schema;

namespace DRepMRec.Tests.Data;

/// <summary>The same products by CSV, JSON lines, Parquet and a database are the same table; what is wrong is said in one pass.</summary>
public sealed class ItemTableTests
{
    private const string Csv =
        "sku,title,about,brand,tags,price,added,picture,stock\n"
        + "p1,Red lamp,\"Warm, bright\",Lux,home|light,19.9,2024-01-31,p1.png,3\n"
        + "p2,Blue chair, ,Sit,home | garden|home,,2024-02-01T12:00:00,,1\n"
        + "p3,,Plain,,,5,,p3.png,\n";

    private static readonly ItemLayout Layout = new()
    {
        Item = "sku",
        Title = "title",
        Texts = ["about"],
        Categories = ["brand", "tags"],
        CategorySeparator = "|",
        Numbers = ["price"],
        Dates = ["added"],
        Image = "picture",
    };

    private static readonly DelimitedItemOptions File = new()
    {
        Item = "sku",
        Title = "title",
        Texts = ["about"],
        Categories = ["brand", "tags"],
        CategorySeparator = "|",
        Numbers = ["price"],
        Dates = ["added"],
        Image = "picture",
    };

    private static void ShouldBeTheProducts(ItemTable items, string? firstPicture = "p1.png")
    {
        items.Ids.Should().Equal("p1", "p2", "p3");
        items["title"]!.TextOf(0).Should().Be("Red lamp");
        items["title"]!.TextOf(2).Should().BeNull();
        items["about"]!.TextOf(0).Should().Be("Warm, bright");
        items["about"]!.TextOf(1).Should().BeNull();
        items["brand"]!.CategoriesOf(0).Should().Equal("Lux");
        items["brand"]!.CategoriesOf(2).Should().BeEmpty();
        items["tags"]!.CategoriesOf(1).Should().Equal("home", "garden");
        items["price"]!.NumberOf(0).Should().Be(19.9);
        items["price"]!.NumberOf(1).Should().BeNull();
        items["added"]!.DateOf(0).Should().Be(new DateTimeOffset(2024, 1, 31, 0, 0, 0, TimeSpan.Zero));
        items["added"]!.DateOf(1).Should().Be(new DateTimeOffset(2024, 2, 1, 12, 0, 0, TimeSpan.Zero));
        items["added"]!.DateOf(2).Should().BeNull();
        items["picture"]!.ImageOf(0)!.Shown.Should().Be(firstPicture);
        items["picture"]!.ImageOf(1).Should().BeNull();
        items.Report!.ColumnsNotRead.Should().Equal("stock");
        items.Report.Columns.Select(c => (c.Name, c.Items)).Should().Equal(
            ("title", 2), ("about", 2), ("brand", 2), ("tags", 2), ("price", 2), ("added", 2), ("picture", 2));
    }

    [Fact]
    public void An_item_may_have_the_name_of_its_column()
    {
        using TempFolder folder = new TempFolder().With("tags.jsonl", "{\"tag\":\"tag\"}\n{\"tag\":\"x\"}\n")
            .With("tags.csv", "tag,title\ntag,A tag\nx,X\n");
        ItemTable.LoadJsonLines(folder["tags.jsonl"], new() { Item = "tag" }).Ids.Should().Equal("tag", "x");
        ItemTable.LoadDelimited(folder["tags.csv"], new() { Item = "tag", Title = "title" }).Ids.Should().Equal("tag", "x");
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT 'tag' AS tag UNION ALL SELECT 'x'";
        using SqliteDataReader rows = command.ExecuteReader();
        ItemTable.FromDatabase(rows, new() { Item = "tag" }).Ids.Should().Equal("tag", "x");
        folder.With("again.csv", "tag,title\nx,X\ntag,title\n");
        FluentActions.Invoking(() => ItemTable.LoadDelimited(folder["again.csv"], new() { Item = "tag", Title = "title" }))
            .Should().Throw<DatasetFormatException>().WithMessage("*the header again*");
    }

    [Fact]
    public void A_year_among_dates_is_one_mistake_and_no_format()
    {
        using TempFolder folder = new TempFolder().With("items.csv", "sku,added\n1,2019\n2,2024-01-31\n3,2024-02-01\n");
        var layout = new DelimitedItemOptions { Item = "sku", Dates = ["added"] };
        FluentActions.Invoking(() => ItemTable.LoadDelimited(folder["items.csv"], layout)).Should().Throw<DatasetFormatException>()
            .WithMessage("*expected a date such as 2024-01-31, or a number of 9 digits or more as added, found '2019'*");
        ItemTableReport report = ItemTable.LoadDelimited(folder["items.csv"], layout, new() { BadRows = BadRowHandling.Skip }).Report!;
        report.Columns.Should().ContainSingle(c => c.Name == "added").Which.Items.Should().Be(2);
    }

    [Fact]
    public void A_name_that_no_recommender_could_keep_is_refused_at_once()
    {
        string name = new('n', 65);
        using TempFolder folder = new TempFolder().With("items.csv", $"sku,{name}\n1,red\n");
        var layout = new DelimitedItemOptions { Item = "sku", Categories = [name] };
        FluentActions.Invoking(() => ItemTable.LoadDelimited(folder["items.csv"], layout)).Should().Throw<DatasetFormatException>()
            .WithMessage("*items.csv*expected as a column a name of 1 to 64 characters*");
        FluentActions.Invoking(() => ItemColumn.Number(" price", [1])).Should().Throw<ArgumentException>()
            .WithMessage("A column's name has 1 to 64 characters*");
    }

    [Fact]
    public void Pictures_may_lie_anywhere_below_a_root()
    {
        using TempFolder folder = new TempFolder().With("items.csv", "sku,picture\n1,no/such/picture.png\n");
        var layout = new DelimitedItemOptions { Item = "sku", Image = "picture" };
        var options = new ItemTableOptions { ImageFolder = Path.GetPathRoot(folder["items.csv"]) };
        ItemTable.LoadDelimited(folder["items.csv"], layout, options).Report!.PicturesNotFound.Should().Be(1);
    }

    [Fact]
    public void A_category_keeps_every_character_that_it_has()
    {
        const string Csv = "sku,tags\np1,a\u001Fb|c\n", Json = """
            {"sku": "p1", "tags": ["a\u001Fb|c", null, "", 7]}
            {"sku": "p2", "tags": "a\u001Fb"}
            {"sku": "p3", "tags": []}
            """;
        using TempFolder folder = new TempFolder().With("products.csv", Csv).With("products.jsonl", Json);
        var layout = new ItemLayout { Item = "sku", Categories = ["tags"], CategorySeparator = "|" };
        ItemTable.LoadDelimited(folder["products.csv"], new() { Item = "sku", Categories = ["tags"], CategorySeparator = "|" })["tags"]!
            .CategoriesOf(0).Should().Equal("a\u001Fb", "c");
        ItemColumn tags = ItemTable.LoadJsonLines(folder["products.jsonl"], layout)["tags"]!;
        tags.CategoriesOf(0).Should().Equal("a\u001Fb|c", "7");
        tags.CategoriesOf(1).Should().Equal("a\u001Fb");
        tags.CategoriesOf(2).Should().BeEmpty();
    }

    [Fact]
    public async Task Delimited_files_by_name_and_by_position()
    {
        using TempFolder folder = new TempFolder().With("products.csv", Csv).With("p1.png", [1, 2, 3]);
        ItemTable items = ItemTable.LoadDelimited(folder["products.csv"], File);
        ShouldBeTheProducts(items);
        (await items["picture"]!.ImageOf(0)!.ReadAsync()).ToArray().Should().Equal(1, 2, 3);
        items.Report!.PicturesNotFound.Should().Be(1);
        items.Report.ToString().Should().Be(
            """
            3 rows read, 3 items
                       2  with 'title' (Title)
                       2  with 'about' (Text)
                       2  with 'brand' (Category)
                       2  with 'tags' (Category)
                       2  with 'price' (Number)
                       2  with 'added' (Date)
                       2  with 'picture' (Image)
                       1  pictures not found, such as 'p3.png'
                       1  column not read: stock
            """);
        DRepMRecJson.Read<ItemTableReport>(DRepMRecJson.Write(items.Report)).Should().BeEquivalentTo(items.Report);

        folder.With("bare.csv", "a;Lamp;x, y\nb;Chair;z\n");
        ItemTable bare = ItemTable.LoadDelimited(folder["bare.csv"],
            new() { HasHeader = false, Separator = ';', Item = 0, Title = 1, Categories = [2], CategorySeparator = "," });
        bare.ToString().Should().Be("2 items: '1' (Title), '2' (Category)");
        bare["2"]!.CategoriesOf(0).Should().Equal("x", "y");
    }

    [Fact]
    public void JSON_lines_with_categories_as_arrays()
    {
        const string First = """{"sku":"p1","title":"Red lamp","about":"Warm, bright","brand":"Lux","tags":["home","light"],""";
        using TempFolder folder = new TempFolder().With("products.jsonl", First +
            """
            "price":19.9,"added":"2024-01-31","stock":3,"picture":"p1.png"}
            {"sku":"p2","title":"Blue chair","brand":"Sit","tags":["home","garden","home"],"price":null,"added":"2024-02-01T12:00:00"}
            {"sku":"p3","about":"Plain","tags":[],"price":5,"picture":"p3.png"}
            """);
        ShouldBeTheProducts(ItemTable.LoadJsonLines(folder["products.jsonl"], Layout));
        folder.With("nested.jsonl", "{\"sku\":\"p1\",\"title\":[\"a\"],\"tags\":[{}]}\n");
        FluentActions.Invoking(() => ItemTable.LoadJsonLines(folder["nested.jsonl"], new() { Item = "sku", Title = "title" }))
            .Should().Throw<DatasetFormatException>().WithMessage("nested.jsonl line 1: expected a string or a number as title, found *");
        FluentActions.Invoking(() => ItemTable.LoadJsonLines(folder["nested.jsonl"], new() { Item = "sku", Categories = ["tags"] }))
            .Should().Throw<DatasetFormatException>()
            .WithMessage("nested.jsonl line 1: expected a string or a number, or a list of them, as tags, found *");
    }

    [Fact]
    public async Task A_database_and_its_bytes()
    {
        using DbConnection connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        using DbCommand command = connection.CreateCommand();
        command.CommandText = """
            CREATE TABLE products (sku TEXT, title TEXT, about TEXT, brand TEXT, tags TEXT, price REAL, added TEXT, picture BLOB,
                stock INT);
            INSERT INTO products VALUES ('p1', 'Red lamp', 'Warm, bright', 'Lux', 'home|light', 19.9, '2024-01-31', x'0a0bff', 3),
                ('p2', 'Blue chair', NULL, 'Sit', 'home|garden|home', NULL, '2024-02-01 12:00:00', NULL, 1),
                ('p3', NULL, 'Plain', NULL, NULL, 5, NULL, x'01', NULL);
            """;
        command.ExecuteNonQuery();
        command.CommandText = "SELECT * FROM products ORDER BY sku";
        using DbDataReader rows = command.ExecuteReader();
        ItemTable items = ItemTable.FromDatabase(rows, Layout);
        ShouldBeTheProducts(items, firstPicture: null);
        (await items["picture"]!.ImageOf(0)!.ReadAsync()).ToArray().Should().Equal(10, 11, 255);
    }

    [Fact]
    public async Task Parquet()
    {
        using TempFolder folder = new();
        var id = new DataField<string>("sku");
        var title = new DataField<string>("title");
        var price = new DataField<double?>("price");
        using (Stream stream = System.IO.File.Create(folder["products.parquet"]))
        {
            await using ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(id, title, price), stream);
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            await group.WriteAsync(id, new[] { "p1", "p2" });
            await group.WriteAsync(title, new string?[] { "Red lamp", null });
            await group.WriteAsync<double>(price, new double?[] { null, 5 });
        }

        ItemTable items = ItemTable.LoadParquet(folder["products.parquet"], new() { Item = "sku", Title = "title", Numbers = ["price"] });
        items.Ids.Should().Equal("p1", "p2");
        items["title"]!.TextOf(0).Should().Be("Red lamp");
        items["price"]!.NumberOf(1).Should().Be(5);
    }

    private const string Wrong =
        "sku,title,price,added,picture\n"
        + ",Nobody,1,2024-01-31,\n"
        + "p1,Lamp,\"1,50\",2024-01-31,../secret.png\n"
        + "p1,Lamp again,2,2024-01-31,\n"
        + "p2,Chair,free,31.01.2024,\n"
        + "sku,title,price,added,picture\n"
        + "p3,Table\n";

    private static readonly DelimitedItemOptions Columns = new()
    {
        Item = "sku",
        Title = "title",
        Numbers = ["price"],
        Dates = ["added"],
        Image = "picture",
    };

    [Fact]
    public void One_pass_reports_all_kinds_of_mistakes()
    {
        using TempFolder folder = new TempFolder().With("bad.csv", Wrong);
        DatasetFormatException error = FluentActions.Invoking(() => ItemTable.LoadDelimited(folder["bad.csv"], Columns))
            .Should().Throw<DatasetFormatException>().Which;
        error.File.Should().Be("bad.csv");
        error.Line.Should().Be(2);
        error.Message.Should().Be(
            """
            bad.csv line 2: expected an item id, found a blank.
            6 rows read, 2 items
                       2  with 'title' (Title)
                       0  with 'price' (Number)
                       1  with 'added' (Date)
                       0  with 'picture' (Image)
                       1  no item id; accepted by ItemTableOptions.BadRows = Skip
                            bad.csv line 2: expected an item id, found a blank.
                       2  no number that can be read; accepted by ItemTableOptions.BadRows = Skip
                            bad.csv line 3: expected a number such as 4.5 as price, found '1,50'.
                            bad.csv line 5: expected a number such as 4.5 as price, found 'free'.
                       1  no picture that can be read; accepted by another ItemTableOptions.ImageFolder, or ItemTableOptions.BadRows = Skip
                            bad.csv line 3: expected a path within the folder FOLDER, or bytes as picture, found '../secret.png'.
                       1  an item that occurred before; accepted by ItemTableOptions.BadRows = Skip
                            bad.csv line 4: expected each item once, found 'p1', which is in line 3 already.
                       1  no timestamp that can be read; accepted by another ItemLayout.DateFormat, or ItemTableOptions.BadRows = Skip
                            bad.csv line 5: expected a date without a zone as added, like those before, found '31.01.2024'.
                       1  the header again; accepted by ItemTableOptions.BadRows = Skip
                            bad.csv line 6: expected an item, found the header again: 'sku,title,price,added,picture'.
                       1  another number of columns; accepted by ItemTableOptions.BadRows = Skip
                            bad.csv line 7: expected 5 comma-separated columns (sku, title, price, added, picture), found 2: 'p3,Table'.
            """.Replace("FOLDER", folder.Path, StringComparison.Ordinal));
        error.ItemReport!.Mistakes.Should().HaveCount(7);
    }

    [Fact]
    public void Bad_cells_are_blank_and_rows_without_an_id_of_their_own_are_left_out_if_asked()
    {
        using TempFolder folder = new TempFolder().With("bad.csv", Wrong);
        ItemTable items = ItemTable.LoadDelimited(folder["bad.csv"], Columns, new() { BadRows = BadRowHandling.Skip });
        items.Ids.Should().Equal("p1", "p2");
        items["title"]!.TextOf(0).Should().Be("Lamp");
        items["price"]!.NumberOf(0).Should().BeNull();
        items["added"]!.DateOf(0).Should().NotBeNull();
        items["added"]!.DateOf(1).Should().BeNull();
        items["picture"]!.ImageOf(0).Should().BeNull();
    }

    [Fact]
    public async Task Pictures_may_be_data_or_addresses_which_nothing_fetches()
    {
        using TempFolder folder = new TempFolder().With(
            "p.csv", "item,picture\na,data:image/png;base64,AQID\nb,https://example.org/b.png\n");
        ItemTable items = ItemTable.LoadDelimited(folder["p.csv"], new() { Image = "picture", Separator = ',', Quotes = false },
            new() { BadRows = BadRowHandling.Skip });
        items.Report!.Mistakes.Single().Kind.Should().Be(RowMistakeKind.Columns, "a comma in an address needs quotes");
        items = ItemTable.LoadDelimited(folder.With("q.csv",
            "item,picture\na,\"data:image/png;base64,AQID\"\nb,https://example.org/b.png\n")["q.csv"], new() { Image = "picture" });
        (await items["picture"]!.ImageOf(0)!.ReadAsync()).ToArray().Should().Equal(1, 2, 3);
        items["picture"]!.ImageOf(0)!.Shown.Should().BeNull();
        ItemImage web = items["picture"]!.ImageOf(1)!;
        (web.Shown, web.IsReadable).Should().Be(("https://example.org/b.png", false));
        await FluentActions.Awaiting(() => web.ReadAsync().AsTask()).Should().ThrowAsync<InvalidOperationException>();
        items.Report!.PicturesOnTheWeb.Should().Be(1);
        items.Report.ToString().Should().Contain("1  pictures on the web: kept as addresses, not fetched for features");
        FluentActions.Invoking(() => ItemTable.LoadDelimited(folder.With("bad.csv", "item,picture\na,\"data:x;base64,%%\"\n")["bad.csv"],
            new() { Image = "picture" })).Should().Throw<DatasetFormatException>().WithMessage("*found 'data:x;base64,%%'.*");
    }

    [Fact]
    public void What_cannot_be_a_table_is_refused()
    {
        using TempFolder folder = new TempFolder().With("a.csv", "item,title\n1,x\n").With("empty.csv", "item,title\n");
        Refused<DatasetFormatException>(() => ItemTable.LoadDelimited(folder["a.csv"], new() { Title = "name" }),
            "a.csv line 1: expected a column name in the header, found 'item,title'.");
        Refused<DatasetFormatException>(() => ItemTable.LoadDelimited(folder["a.csv"], new() { Title = "title", Categories = ["title"] }),
            "a.csv line 1: expected each column to be declared once, found 'title' twice.");
        Refused<DatasetFormatException>(() => ItemTable.LoadDelimited(folder["empty.csv"], new()),
            "empty.csv: expected at least one item, found none*");
        Refused<ArgumentException>(() => ItemTable.LoadDelimited(folder["a.csv"], new() { HasHeader = false }),
            "Without a header the columns must be given by position; got the name 'item'.*");
        Refused<ArgumentException>(() => ItemTable.LoadJsonLines(folder["a.csv"], new DelimitedItemOptions()),
            "Expected ItemLayout; DelimitedItemOptions is for LoadDelimited alone.*");
        Refused<ArgumentException>(() => ItemTable.Of(["a", "a"]), "Each item must occur once; 'a' is there twice.*");
        Refused<ArgumentException>(() => ItemTable.Of(["a"], ItemColumn.Title("t", ["x", "y"])),
            "Expected values of 1 items, one per id, in 't' (Title); got 2.*");
        Refused<ArgumentException>(() => ItemTable.Of(["a"], ItemColumn.Title("t", ["x"]), ItemColumn.Title("u", ["x"])),
            "Expected at most one column of Title, got several.*");
        Refused<ArgumentException>(() => ItemColumn.Number("n", [double.NaN]),
            "Column 'n': expected of item number 0 a finite number, got NaN.*");
        Refused<InvalidOperationException>(() => ItemColumn.Number("n", [1]).TextOf(0), "The column 'n' is of Number.");
        FluentActions.Invoking(() => new ItemLayout { DateFormat = TimestampFormat.Number }).Should().Throw<ArgumentOutOfRangeException>();
    }

    private static void Refused<T>(Action action, string message) where T : Exception
        => FluentActions.Invoking(action).Should().Throw<T>().WithMessage(message);
}
