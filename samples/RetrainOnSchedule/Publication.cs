namespace RetrainOnSchedule;

/// <summary>
/// The file of a model that servers follow, and beside it the model as it was measured: two files that belong together, whenever a
/// publication of them ends. The pair before stays beside them: renaming both back is rolling back.
/// </summary>
/// <param name="model">The file that servers follow.</param>
internal sealed class Publication(string model)
{
    private const string Previous = ".previous", Next = ".next";

    public string Measured => model + ".measured";

    /// <summary>Ends a publication that didn't end: with the new pair if its first file is there already, else with the old one.</summary>
    public void Recover()
    {
        if (!File.Exists(Measured + Next))
        {
            if (File.Exists(model + Next))
                Replace(model);
            return;
        }

        File.Delete(model + Next);
        File.Delete(Measured + Next);
    }

    /// <summary>Puts a pair in the place of the one before. The served file comes last: servers follow it.</summary>
    /// <param name="saveMeasured">Writes the model as it was measured, to a path.</param>
    /// <param name="saveModel">Writes the model to serve, to a path.</param>
    public void Publish(Action<string> saveMeasured, Action<string> saveModel)
    {
        Recover();

        // Both are whole before either takes a place. What is served is written last, so that it waits alone only once the other is there.
        saveMeasured(Measured + Next);
        saveModel(model + Next);
        Replace(Measured);
        Replace(model);
    }

    private static void Replace(string file)
    {
        if (File.Exists(file))
        {
            File.Copy(file, file + Previous + Next, overwrite: true);
            File.Move(file + Previous + Next, file + Previous, overwrite: true);
        }

        File.Move(file + Next, file, overwrite: true);
    }
}
