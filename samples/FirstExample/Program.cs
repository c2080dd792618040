using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Serving;
using DRepMRec.Training;

RecDataset data = SyntheticDataset.Create().Data;                        // made up; files and databases of yours: "I have data"
using DRepMRecModel model = DRepMRecModel.Create(data);
var progress = new Progress<TrainingProgress>(p => Console.Write($"\repoch {p.Epoch} of {p.Epochs}, loss {p.Losses["loss"]:F3}  "));
TrainingReport report = new Trainer(model, data, new TrainerOptions { MaxEpochs = 20 }).Fit(progress);
Console.WriteLine($"\n{report.EvaluateTest()}");                         // Recall, NDCG … under a protocol that is printed with them

Recommender recommender = report.BuildRecommender();
foreach (Recommendation item in recommender.Recommend("user-1", count: 5))
    Console.WriteLine($"{item.Item} {item.Score:F3}");
recommender.Save("first.drepmrec");                                      // loads again without libtorch
