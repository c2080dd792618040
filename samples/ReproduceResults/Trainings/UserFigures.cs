using System.Text.Json;
using System.Text.Json.Serialization;

namespace ReproduceResults.Trainings;

/// <summary>
/// Recall@20 and NDCG@20 of the test users that have a hit; all others have 0. In JSON it's a text in base64: the users as steps from one
/// to the next, and of each metric the different values and, for each user, which of them is theirs.
/// </summary>
[JsonConverter(typeof(UserFiguresConverter))]
internal sealed record UserFigures(int[] Users, float[] Recall, float[] Ndcg)
{
    public static UserFigures None { get; } = new([], [], []);
}

internal sealed class UserFiguresConverter : JsonConverter<UserFigures>
{
    public override UserFigures Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            using var bytes = new BinaryReader(new MemoryStream(reader.GetBytesFromBase64()));
            var users = new int[bytes.Read7BitEncodedInt()];
            int last = 0;
            for (int n = 0; n < users.Length; n++)
                users[n] = last += bytes.Read7BitEncodedInt();
            return new UserFigures(users, Values(bytes, users.Length), Values(bytes, users.Length));
        }
        catch (Exception e) when (e is FormatException or IOException or OverflowException or IndexOutOfRangeException)
        {
            throw new JsonException("expected figures of users.", e);
        }
    }

    public override void Write(Utf8JsonWriter writer, UserFigures value, JsonSerializerOptions options)
    {
        using var memory = new MemoryStream();
        using var bytes = new BinaryWriter(memory);
        bytes.Write7BitEncodedInt(value.Users.Length);
        int last = 0;
        foreach (int user in value.Users)
        {
            bytes.Write7BitEncodedInt(user - last);
            last = user;
        }

        Write(bytes, value.Recall);
        Write(bytes, value.Ndcg);
        bytes.Flush();
        writer.WriteBase64StringValue(memory.GetBuffer().AsSpan(0, (int)memory.Length));
    }

    private static float[] Values(BinaryReader bytes, int count)
    {
        var different = new float[bytes.Read7BitEncodedInt()];
        for (int n = 0; n < different.Length; n++)
            different[n] = bytes.ReadSingle();
        var values = new float[count];
        for (int n = 0; n < count; n++)
            values[n] = different[bytes.Read7BitEncodedInt()];
        return values;
    }

    private static void Write(BinaryWriter bytes, float[] values)
    {
        float[] different = [.. values.GroupBy(v => v).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).Select(g => g.Key)];
        Dictionary<float, int> places = different.Select((value, n) => (value, n)).ToDictionary(p => p.value, p => p.n);
        bytes.Write7BitEncodedInt(different.Length);
        foreach (float value in different)
            bytes.Write(value);
        foreach (float value in values)
            bytes.Write7BitEncodedInt(places[value]);
    }
}
