// From a shop's two files to a page with recommendations: http://localhost:5080
//   dotnet run --project samples/WebShop -c Release                                       a made-up shop
//   dotnet run --project samples/WebShop -c Release -- --orders FILE --products FILE      yours; --help lists what names its columns
using Common;
using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Serving;
using WebShop;

return CommandLine.Run(args, async (shop, cancellation) =>
{
    using var encoders = new Encoders(shop);
    if (!File.Exists(shop.Model))
    {
        await Service.CheckAsync(shop, cancellation);
        ItemTable products = ItemTable.LoadDelimited(shop.Products, shop.ProductLayout, shop.ProductOptions);

        // What is wrong with the orders is known before minutes of embeddings.
        LoadReport? orders = RecDataset.LoadDelimited(shop.Orders, shop.OrderLayout, options: shop.Dataset(products)).Report;
        if (orders?.Mistakes.FirstOrDefault(m => m.Kind == RowMistakeKind.Timestamp) is { } dates)
        {
            Console.WriteLine($"{dates.Count:N0} orders are left out, as their dates aren't written as the first one is: --time-format "
                + "says how dates are written, and Iso8601 takes those with and without a zone.");
        }
        FeatureTable[] features =
            [.. products.MakeFeatures(cancellation), .. await ProductFeatures.EncodeAsync(encoders.All, products, cancellation)];
        RecDataset data = RecDataset.LoadDelimited(shop.Orders, shop.OrderLayout, features, shop.Dataset(products), products);
        Console.WriteLine($"{products.Report}\n{data.Report}");
        var (options, training) = DRepMRecPreset.For(data);
        using DRepMRecModel model = DRepMRecModel.Create(data, options);
        TrainingReport report = new Trainer(model, data, training with { MaxEpochs = shop.Epochs }).Fit(Show.Training(), cancellation);
        Console.WriteLine(report.EvaluateTest());
        BaselineWarning.Show(report);

        // The served one knows what was held out too, and leaves it out of its lists.
        Recommender measured = report.BuildRecommender(new RecommenderOptions { IncludeRefresh = true });
        measured.WithInteractions([.. data.ToInteractions().Where(i => i.Label > 0)]).Save(shop.Model);
        Console.WriteLine($"Saved: {shop.Model}");
    }
    else
    {
        Console.WriteLine($"There is a model already, of these files and options or as --model says: {shop.Model}");
    }

    await Service.RunAsync(shop, encoders, cancellation);
});
