using DRepMRec;
using DRepMRec.Data;
using TorchSharp;

// Trains for an epoch, and saves the model under the name that it is given.
// TorchSharp before any type of the library: its module initialiser must have hooked the loader already.
Console.WriteLine($"libtorch works: {torch.ones(3).sum().item<float>()}");

RecDataset data = SyntheticDataset.Create(new SyntheticOptions { Users = 200, Items = 150, Clusters = 5 }).Data;
using DRepMRecModel model = DRepMRecModel.Create(data);
TrainingReport report = new Trainer(model, data, new TrainerOptions { MaxEpochs = 1 }).Fit();
Console.WriteLine(report.Validation);
report.BuildRecommender().Save(args[0]);
return report.History.Count == 1 ? 0 : 1;
