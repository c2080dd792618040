// From a shop's two files to a page with recommendations: http://localhost:5080
//   dotnet run --project samples/WebShop -c Release                                       a made-up shop
//   dotnet run --project samples/WebShop -c Release -- --orders FILE --products FILE      yours; --help lists what names its columns
using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Features;
using WebShop;
using WebShop.Models;

return CommandLine.Run(args, async (shop, cancellation) =>
{
    using var words = new MiniLm();
    using var looks = new ResNet();
    EmbeddingEncoder[] encoders = [EmbeddingEncoder.ForText(words, shop.Sentences), EmbeddingEncoder.ForImages(looks, shop.Images)];
    if (!File.Exists(shop.Model))
    {
        ItemTable products = ItemTable.LoadDelimited(shop.Products, shop.ProductLayout, shop.ProductOptions);
        Console.WriteLine(products.Report);
        var features = new List<FeatureTable>(products.MakeFeatures());
        foreach (EmbeddingEncoder encoder in encoders.Where(e => shop.Has(e)))
            features.Add(await encoder.EncodeAsync(products, Show.Embedding(encoder), cancellation));

        RecDataset data = RecDataset.LoadDelimited(shop.Orders, shop.OrderLayout, features, shop.Dataset(products), products);
        Console.WriteLine(data.Report);
        using DRepMRecModel model = DRepMRecModel.Create(data);
        TrainingReport report = new Trainer(model, data, shop.Training).Fit(Show.Training(), cancellation);
        Console.WriteLine(report.EvaluateTest());
        report.BuildRecommender().Save(shop.Model);
    }

    if (shop.IsServed)
        await Service.RunAsync(shop, encoders, cancellation);
});
