using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Serving;
using DRepMRec.Training;

namespace FollowTheLog;

/// <summary>Somebody wants to be forgotten: at once, and in a training that anybody can do again.</summary>
internal static class Forgetting
{
    public static void Forget(
        Log log, Recommender served, string model, string weights, string folder, CancellationToken cancellation)
    {
        string user = log.Rows[0].User;
        served = served.WithoutUsers([user]);
        served.Save(model);
        Console.WriteLine($"forgotten: {user}; {served.Users.Count} users are left, {served.History(user).Count} of its interactions");

        File.Delete(weights); // They were learned from everybody, and so were those that are served until the training below has ended.
        RecDataset data = log.Dataset(log.Rows.Count);
        var (clean, receipt) = TrainingReceipt.Train(
            data.WithoutUsers([user]), Shop.Model, Shop.Training, before: data, Shop.Serving, cancellationToken: cancellation);
        clean.Save(model); // The receipt is of its weights.
        string file = Path.Combine(folder, "receipt.json");
        File.WriteAllText(file, DRepMRecJson.Write(receipt));
        string source = log.Source is null ? "" : $" --data {Quoted(log.Source)}";
        Console.WriteLine(
            $"receipt: {file}, weights {receipt.Weights}; do it again by: replay {Quoted(file)} --without {Quoted(user)}{source}");
    }

    private static string Quoted(string argument)
        => argument.All(c => char.IsLetterOrDigit(c) || "-_./:\\".Contains(c)) ? argument : $"\"{argument}\"";

    /// <returns>0 where the same bits came out.</returns>
    public static int Replay(Log log, string file, string[] without, int more, CancellationToken cancellation)
    {
        TrainingReceipt receipt = DRepMRecJson.Read<TrainingReceipt>(File.ReadAllText(file));
        string[] unknown = [.. without.Where(user => log.Rows.All(row => row.User != user))];
        if (unknown.Length > 0)
            Console.WriteLine($"--without: the log has no user {string.Join(", ", unknown)}; nothing is left out for it.");
        var madeUp = Enumerable.Range(0, more).Select(n => new Interaction("made-up", log.Rows[n % log.Rows.Count].Item, Timestamp: n));
        Log all = log with { Rows = [.. log.Rows, .. madeUp] };
        ReceiptReplay replay = receipt.Replay(
            all.Dataset(all.Rows.Count).WithoutUsers(without), cancellationToken: cancellation);
        Console.WriteLine(replay.IsSame ? $"the same bits: weights {receipt.Weights}" : "other bits");
        foreach (string difference in replay.Differences)
            Console.WriteLine(difference);
        return replay.IsSame ? 0 : 1;
    }
}
