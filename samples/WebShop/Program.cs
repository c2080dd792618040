WebShop.MadeUpShop.ShopFolder.Make(args[0]);
var r = new WebShop.Models.MiniLm();
string[] t = ["Stoneware mug, blue", "Blue striped cup for tea", "Two-person tent, green", "café"];
var e = await r.GenerateAsync(t);
foreach (var a in e) Console.WriteLine(string.Join(" ", e.Select(b => System.Numerics.Tensors.TensorPrimitives.Dot(a.Vector.Span, b.Vector.Span).ToString("F3"))));
var n = new WebShop.Models.ResNet();
var g = await n.GenerateAsync(new[] { "mug-blue", "mug-red", "mug-green", "tent-blue", "tent-red", "ball-red", "teapot-blue" }.Select(f => Path.Combine(args[0], "pictures", f + ".png")).Where(File.Exists).Select(f => new Microsoft.Extensions.AI.DataContent(File.ReadAllBytes(f), "image/png")));
foreach (var a in g) Console.WriteLine(string.Join(" ", g.Select(b => System.Numerics.Tensors.TensorPrimitives.CosineSimilarity(a.Vector.Span, b.Vector.Span).ToString("F3"))));
