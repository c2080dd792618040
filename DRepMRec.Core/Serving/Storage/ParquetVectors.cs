using Parquet;
using Parquet.Schema;

namespace DRepMRec.Serving;

/// <summary>Writes ids and vectors as Parquet, in row groups of bounded size.</summary>
internal static class ParquetVectors
{
    private const int GroupValues = 1 << 22;

    // Parquet.Net goes on in its caller's context, whose thread may be the one that waits here.
    public static void Write(Stream stream, VectorTable table) => Task.Run(() => WriteAsync(stream, table)).GetAwaiter().GetResult();

    private static async Task WriteAsync(Stream stream, VectorTable table)
    {
        var id = new DataField<string>("id", nullable: false);
        var element = new DataField<float>(ListField.ElementName, nullable: false);
        var schema = new ParquetSchema(id, new ListField("embedding", element));
        var writer = await ParquetWriter.CreateAsync(schema, stream).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            int dimension = table.Dimension, groupRows = Math.Max(1, GroupValues / dimension);
            for (int from = 0; from < table.Count; from += groupRows)
            {
                int count = Math.Min(groupRows, table.Count - from);
                var ids = new string[count];
                var values = new float[count * dimension];
                var repetitions = new int[count * dimension];
                var definitions = new int[count * dimension];
                definitions.AsSpan().Fill(element.MaxDefinitionLevel);
                for (int row = 0; row < count; row++)
                {
                    ids[row] = table.Id(from + row);
                    table[from + row].CopyTo(values.AsSpan(row * dimension));
                    repetitions.AsSpan((row * dimension) + 1, dimension - 1).Fill(1);
                }

                using ParquetRowGroupWriter group = writer.CreateRowGroup();
                await group.WriteAsync(id, ids).ConfigureAwait(false);
                await group.WriteAllPartsAsync<float>(element, values, definitions, repetitions,
                    CancellationToken.None).ConfigureAwait(false);
            }
        }
    }
}
