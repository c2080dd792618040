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
        // Written first and the first in its place: until then nothing has changed.
        if (!File.Exists(Measured + Next))
        {
            End();
            return;
        }

        foreach (string file in new[] { model, Measured })
        {
            File.Delete(file + Previous + Next);
            File.Delete(file + Next);
        }
    }

    /// <summary>Puts a pair in the place of the one before. The served file comes last: servers follow it.</summary>
    /// <param name="saveMeasured">Writes the model as it was measured, to a path.</param>
    /// <param name="saveModel">Writes the model to serve, to a path.</param>
    public void Publish(Action<string> saveMeasured, Action<string> saveModel)
    {
        Recover();

        // All are whole before any takes a place.
        saveMeasured(Measured + Next);
        saveModel(model + Next);
        foreach (string file in new[] { model, Measured }.Where(File.Exists))
            File.Copy(file, file + Previous + Next, overwrite: true);
        Move(Measured + Next, Measured);
        End();
    }

    /// <summary>What is left once the measured model is in its place: the served one, and the pair before.</summary>
    private void End()
    {
        Move(model + Next, model);
        Move(Measured + Previous + Next, Measured + Previous);
        Move(model + Previous + Next, model + Previous);
    }

    private static void Move(string from, string to)
    {
        if (File.Exists(from))
            File.Move(from, to, overwrite: true);
    }
}
