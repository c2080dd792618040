namespace DRepMRec.Data;

public sealed partial class RecDataset
{
    /// <summary>
    /// All interactions by raw id: those of training, of validation and of the test, in each set by user and then by item. Those that were
    /// held out are what a recommender, trained without them, is brought by <see cref="Serving.Recommender.WithInteractions"/>.
    /// </summary>
    /// <returns>
    /// Each with its set as <see cref="Interaction.Label"/> (0 training, 1 validation, 2 test), and with its
    /// <see cref="Interaction.Weight"/> where any pair of its set weighs other than 1. Datasets keep neither ratings nor times.
    /// </returns>
    /// <example>
    /// <code>
    /// Recommender recommender = report.BuildRecommender(new RecommenderOptions { IncludeRefresh = true });
    /// recommender = recommender.WithInteractions([.. data.ToInteractions().Where(i =&gt; i.Label &gt; 0)]);
    /// </code>
    /// </example>
    public IEnumerable<Interaction> ToInteractions()
    {
        InteractionSet[] sets = [Train, Validation, Test];
        for (int label = 0; label < sets.Length; label++)
        {
            InteractionSet set = sets[label];
            int[] users = set.ExpandUsers();
            for (int n = 0; n < set.Count; n++)
            {
                yield return new Interaction(
                    Users[users[n]], Items[set.Items[n]], Label: label, Weight: set.Weights.IsEmpty ? null : set.Weights[n]);
            }
        }
    }

    /// <summary>
    /// The dataset with the interactions of all three sets in training, and none to validate or to test with: what a model that goes into
    /// service is trained on, for as many epochs as were best where there was a validation set.
    /// </summary>
    /// <example>
    /// <code>
    /// RecDataset all = data.WithAllInTraining();
    /// using DRepMRecModel model = DRepMRecModel.Create(all, options);
    /// TrainingReport served = new Trainer(model, all, training with { MaxEpochs = report.BestEpoch }).Fit();
    /// </code>
    /// </example>
    public RecDataset WithAllInTraining()
    {
        InteractionSet[] sets = [Train, Validation, Test];
        (int User, int Item)[] pairs = [.. sets.SelectMany(set => set.ExpandUsers().Zip(set.Items.ToArray()))];
        float[] weights = [.. sets.SelectMany(set => set.Weights.IsEmpty ? Enumerable.Repeat(1f, set.Count) : set.Weights.ToArray())];
        bool isWeighted = sets.Any(set => !set.Weights.IsEmpty);
        var nothing = new InteractionSet(Users.Count, Items.Count, []);
        var all = new InteractionSet(Users.Count, Items.Count, pairs, isWeighted ? weights : null);
        return new RecDataset(Name, Users, Items, new InteractionSplits(all, nothing, nothing), Features)
        {
            Report = Report,
            ItemTable = ItemTable,
            Notes = [.. Notes.Except(NotesOnSplit)],
        };
    }
}
