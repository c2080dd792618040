using System.CommandLine;
using Common;
using DRepMRec.Data;
using WebShop.MadeUpShop;

namespace WebShop;

/// <summary>The arguments of the program. Without any they are those of the made-up shop.</summary>
internal static class CommandLine
{
    private static readonly string MadeUp = Path.Combine(AppContext.BaseDirectory, "shop");

    private static readonly Option<string?> Orders = File("--orders", "A CSV file with one purchase, view or rating per line.");
    private static readonly Option<string?> Products = File("--products", "A CSV file with one product per line.");
    private static readonly Option<string> Customer = Name("--customer", "The orders' column of the customer's id.", "customer");
    private static readonly Option<string> Ordered = Name("--ordered", "The orders' column of the product's id.", "sku");
    private static readonly Option<string> Time =
        Name("--time", "The orders' column of the date, by which the newest are held out; \"\" for none.", "bought_at");
    private static readonly Option<TimestampFormat?> TimeFormat = new("--time-format")
    {
        Description = "How dates are written. Detect goes by the first one, and all others must be of its kind; Iso8601 takes dates with "
            + "and without a zone. Default: Detect, or Iso8601 for the made-up shop.",
    };

    private static readonly Option<string> Quantity =
        Name("--quantity", "The orders' column of a quantity or rating; \"\" for none.", "quantity");

    private static readonly Option<string> Id = Name("--id", "The products' column of the id.", "sku");
    private static readonly Option<string> Title = Name("--title", "The products' column of the title.", "title");
    private static readonly Option<string[]> Texts = Names("--text", "More columns of texts of the products, such as descriptions.");
    private static readonly Option<string[]> Categories =
        Names("--category", "The products' columns of categories; \"\" for none.", "category");

    private static readonly Option<string> Between = Name("--between", "What stands between several categories of one cell.", "|");
    private static readonly Option<string[]> Numbers = Names("--number", "The products' columns of numbers; \"\" for none.", "price");
    private static readonly Option<string> Picture =
        Name("--picture", "The products' column of the picture's path; \"\" for none.", "picture");

    private static readonly Option<string?> Pictures = new Option<string?>("--pictures")
    {
        Description = "The folder that these paths are relative to. Default: that of the products.",
    }.ExistingFolder();

    private static readonly Option<string> Separator = Name("--separator", "What stands between the columns of both files, or tab.", ",");

    private static readonly Option<string> Encoding = Name("--encoding", "The encoding of the products' file.", "utf-8");
    private static readonly Option<string> OrdersEncoding = Name("--orders-encoding", "The encoding of the orders' file.", "utf-8");
    private static readonly Option<string?> Model = new Option<string?>("--model")
    {
        Description = "The model's file: served if it's there, else made. Default: one in the folder for temporary files, of a name that "
            + "changes with the files and options.",
    }.InExistingFolder();

    private static readonly Option<int> Epochs = new Option<int>("--epochs")
    {
        Description = "The most epochs; early stopping ends training before.",
        DefaultValueFactory = _ => 200,
    }.AboveZero();

    private static readonly Option<string> Urls = Name("--urls", "Where to listen.", "http://localhost:5080");
    private static readonly Option<bool> MakeOnly = new("--make-only") { Description = "Makes the model and ends." };
    private static readonly Option<string?> MakeShop = new("--make-shop")
    {
        Description = "Writes the folder of the made-up shop and ends.",
    };

    private static readonly Option<string?> WriteFeatures = new("--write-features")
    {
        Description = "Writes the features of --products as matrices (.npy) into a folder, and what they took, and ends.",
    };

    public static int Run(string[] args, Func<Shop, CancellationToken, Task> body)
    {
        var root = new RootCommand("Trains a model on a shop's orders and products, and serves a page with recommendations.")
        {
            Orders, Products, Customer, Ordered, Time, TimeFormat, Quantity, Id, Title, Texts, Categories, Between, Numbers, Picture,
            Pictures, Separator, Encoding, OrdersEncoding, Model, Epochs, Urls, MakeOnly, MakeShop,
            WriteFeatures,
        };
        root.Validators.Add(result =>
        {
            if (result.GetValue(WriteFeatures) is null && (result.GetValue(Orders) is null) != (result.GetValue(Products) is null))
                result.AddError("--orders and --products belong together.");
            if (result.GetValue(Separator) is not (null or "tab" or "\\t" or [_]))
                result.AddError("--separator: expected one character, or tab.");
        });
        root.SetAction((result, cancellation) => Task.Run(() => Guarded.Run(() =>
        {
            if (result.GetValue(MakeShop) is { } folder)
            {
                ShopFolder.Make(folder);
                Console.WriteLine($"Written: {Path.GetFullPath(folder)}");
            }
            else if (result.GetValue(WriteFeatures) is { } features)
                Run(() => FeatureFiles.WriteAsync(Files(result), features, cancellation).GetAwaiter().GetResult());
            else
                Run(() => body(Read(result), cancellation).GetAwaiter().GetResult());
        })));
        return Commands.Invoke(root, args);
    }

    private static void Run(Action body)
    {
        try
        {
            body();
        }
        catch (DatasetFormatException e) when (e.Message.Contains(" in the header, found ", StringComparison.Ordinal))
        {
            throw new IOException($"{e.Message} --help lists the options that name the columns; \"\" is for none.", e);
        }
    }

    private static Shop Read(ParseResult result)
    {
        Shop shop = Files(result);
        return shop with { Model = result.GetValue(Model) ?? shop.DefaultModel() };
    }

    private static Shop Files(ParseResult result)
    {
        Column? Named(Option<string> option) => result.GetValue(option) is { Length: > 0 } name ? new Column(name) : default(Column?);
        string[] All(Option<string[]> option) => [.. result.GetValue(option)!.Where(name => name.Length > 0)];
        char separator = result.GetValue(Separator) is "tab" or "\\t" ? '\t' : result.GetValue(Separator)![0];
        string products = result.GetValue(Products) ?? Path.Combine(MadeUp, "products.csv");
        bool madeUp = result.GetValue(Products) is null;
        return new Shop(result.GetValue(Orders) ?? Path.Combine(MadeUp, "orders.csv"), products)
        {
            OrderLayout = new DelimitedOptions
            {
                User = result.GetValue(Customer)!,
                Item = result.GetValue(Ordered)!,
                Timestamp = Named(Time),
                TimestampFormat = result.GetValue(TimeFormat) ?? (madeUp ? TimestampFormat.Iso8601 : TimestampFormat.Detect),
                Weight = Named(Quantity),
                Separator = separator,
                Encoding = result.GetValue(OrdersEncoding)!,
            },
            ProductLayout = new DelimitedItemOptions
            {
                Item = result.GetValue(Id)!,
                Title = Named(Title),
                Texts = [.. All(Texts)],
                Categories = [.. All(Categories)],
                CategorySeparator = result.GetValue(Between) is { Length: > 0 } between ? between : null,
                Numbers = [.. All(Numbers)],
                Image = Named(Picture),
                Separator = separator,
                Encoding = madeUp ? "latin1" : result.GetValue(Encoding)!,
            },
            Pictures = Path.GetFullPath(result.GetValue(Pictures) ?? Path.GetDirectoryName(Path.GetFullPath(products))!),
            Epochs = result.GetValue(Epochs),
            Urls = result.GetValue(Urls)!,
            IsServed = !result.GetValue(MakeOnly),
        };
    }

    private static Option<string?> File(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description + " Default: the made-up shop's." };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } path && !System.IO.File.Exists(path))
                result.AddError($"{name}: there is no file '{path}'.");
        });
        return option;
    }

    private static Option<string> Name(string name, string description, string otherwise)
        => new(name) { Description = description, DefaultValueFactory = _ => otherwise };

    private static Option<string[]> Names(string name, string description, params string[] otherwise)
        => new(name) { Description = description, DefaultValueFactory = _ => otherwise, AllowMultipleArgumentsPerToken = true };
}
