using DRepMRec.Internals;

namespace DRepMRec.Tests.Internals;

/// <summary>Damages bytes at random, by a seed.</summary>
internal static class Mutation
{
    public static byte[] Of(byte[] bytes, SeededRandom random)
    {
        List<byte> mutated = [.. bytes];
        for (int changes = 1 + random.NextInt(4); changes > 0 && mutated.Count > 0; changes--)
        {
            int at = random.NextInt(mutated.Count);
            switch (random.NextInt(5))
            {
                case 0: mutated[at] = (byte)random.NextInt(256); break;
                case 1: mutated[at] ^= (byte)(1 << random.NextInt(8)); break;
                case 2: mutated.RemoveAt(at); break;
                case 3: mutated.Insert(at, mutated[random.NextInt(mutated.Count)]); break;
                default: mutated.RemoveRange(at, Math.Min(mutated.Count - at, 1 + random.NextInt(8))); break;
            }
        }

        return [.. mutated];
    }
}
