using System.Text.Json;
using DRepMRec.Data;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using Parquet;
using Parquet.Schema;

namespace DRepMRec.Tests.Serving;

public sealed class ExportTests
{
    private static readonly Recommender Changed = Served.Recommender
        .WithItems([new ItemContent("new", Served.Features(Served.ColdItems[0]))]).WithoutItems([Served.Data.Items[3]]);

    private static int Dimension => Changed.Manifest.Dimension;

    [Fact]
    public void Npy_files_have_the_rows_of_the_ids_beside_them()
    {
        using var folder = new TempFolder();
        Changed.ExportNpy(folder["new"]);
        Changed.ExportParquet(folder["newer"]);
        Directory.EnumerateFiles(folder["new"]).Concat(Directory.EnumerateFiles(folder["newer"])).Should().HaveCount(6, "folders are made");
        Changed.ExportNpy(folder.Path);
        folder.Files().Should().Equal("item_ids.json", "items.npy", "user_ids.json", "users.npy");
        string[] ids = JsonSerializer.Deserialize<string[]>(File.ReadAllText(folder["item_ids.json"]))!;
        ids.Should().Equal(Changed.Items);
        NpyMatrix items = NpyMatrix.Read(folder["items.npy"]);
        (items.Rows, items.Columns).Should().Be((200, Dimension));
        Changed.Model.TryGetItem("new", out int row).Should().BeTrue();
        items.Values[^Dimension..].Should().Equal(Changed.Model.Items[row].ToArray());
        NpyMatrix.Read(folder["users.npy"]).Rows.Should().Be(300);
    }

    [Fact]
    public async Task Parquet_files_have_an_id_and_a_list_of_numbers_per_row()
    {
        using var folder = new TempFolder();
        Changed.ExportParquet(folder.Path);
        folder.Files().Should().Equal("items.parquet", "users.parquet");
        await using ParquetReader reader = await ParquetReader.CreateAsync(folder["items.parquet"]);
        DataField[] fields = reader.Schema.GetDataFields();
        fields.Select(f => f.Path.ToString()).Should().Equal("id", "embedding/list/element");
        fields.Should().OnlyContain(f => !f.IsNullable, "each item has an id and all of its numbers");
        using ParquetRowGroupReader group = reader.OpenRowGroupReader(0);
        var ids = new string?[200];
        await group.ReadAsync(fields[0], ids.AsMemory());
        ids.Should().Equal(Changed.Items);
        var values = new float[200 * Dimension];
        var repetitions = new int[200 * Dimension];
        var definitions = new int[200 * Dimension];
        await group.ReadRawAsync<float>(fields[1], values, definitions, repetitions);
        definitions.Should().OnlyContain(d => d == fields[1].MaxDefinitionLevel, "no number is missing");
        repetitions.Should().Equal(Enumerable.Range(0, 200 * Dimension).Select(n => n % Dimension == 0 ? 0 : 1));
        values[..Dimension].Should().Equal(Changed.Model.Items[0].ToArray());
    }
}
