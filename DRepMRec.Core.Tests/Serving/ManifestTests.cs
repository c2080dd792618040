using System.Text.Json;
using System.Text.Json.Nodes;
using DRepMRec.Fusions;
using DRepMRec.Internals;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;

namespace DRepMRec.Tests.Serving;

/// <summary>Manifests that say what can't be, each refused in its words, and those at the bounds of what can.</summary>
public sealed class ManifestTests
{
    private static readonly Recommender Tiny = RecommenderTests.Tiny();

    private static void Refused(Action<JsonObject> manifest, string message, Action<Dictionary<string, SafeTensor>>? arrays = null)
        => FluentActions.Invoking(() => Tiny.Reload(manifest, arrays)).Should().ThrowExactly<ModelFileException>()
            .WithMessage($"*edited: {message}");

    private static void Empty(Dictionary<string, SafeTensor> arrays)
    {
        foreach (string kind in new[] { "user", "item" })
        {
            arrays.Put($"{kind}_ids", Array.Empty<byte>());
            arrays.Put($"{kind}_id_offsets", [0L]);
            arrays.Put($"{kind}_id_slots", [0, 0]);
            arrays.Put($"{kind}_embeddings", Array.Empty<float>(), 0, 1);
        }

        arrays.Put("seen_offsets", [0L]);
        arrays.Put("seen_items", Array.Empty<int>());
        arrays.Put("item_degrees", Array.Empty<int>());
    }

    [Theory]
    [InlineData("formatVersion", 0, "format 0, 2 users, 5 items and dimension 2.")]
    [InlineData("users", -1, "format 4, -1 users, 5 items and dimension 2.")]
    [InlineData("items", -1, "format 4, 2 users, -1 items and dimension 2.")]
    [InlineData("dimension", 0, "format 4, 2 users, 5 items and dimension 0.")]
    public void Numbers_that_can_not_be_are_told(string member, int value, string message)
        => Refused(m => m[member] = value, $"the manifest has {message}");

    [Fact]
    public void A_model_of_nobody_and_nothing_with_one_number_each_is_a_model()
    {
        Recommender none = Tiny.Reload(m =>
        {
            (m["users"], m["items"], m["dimension"], m["trainedItems"]) = (0, 0, 1, 0);
            m["form"] = JsonNode.Parse("""{"lineDimension":1,"modalities":[{"name":"x","featureDimension":0,"neighbors":0,"weight":0}]}""");
        }, Empty);
        (none.Users.Count, none.Items.Count).Should().Be((0, 0));
        none.Recommend("anna").Should().BeEmpty();
    }

    [Fact]
    public void Members_that_are_missing_are_empty()
    {
        ModelManifest manifest = Tiny.Reload(m =>
        {
            foreach (string member in new[] { "validation", "options", "dataset", "splitChecksum", "libraryVersion", "dataChecksum" })
                m.Remove(member);
        }).Manifest;
        (manifest.Dataset, manifest.SplitChecksum, manifest.LibraryVersion, manifest.DataChecksum).Should().Be(("", "", "", ""));
        manifest.Validation.Should().BeEmpty();
        manifest.Options.Should().BeEmpty();
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"formatVersion":"4"}""")]
    [InlineData("""{"formatVersion":1.5}""")]
    [InlineData("""{"formatVersion":4,"users":"two"}""")]
    public void What_is_no_manifest_is_called_so(string text)
    {
        using var folder = new TempFolder();
        using (FileStream file = File.Create(folder["model"]))
            Safetensors.Write(file, new Dictionary<string, string> { ["drepmrec"] = text }, Array.Empty<SafeTensor>());
        FluentActions.Invoking(() => Recommender.Load(folder["model"])).Should().ThrowExactly<ModelFileException>()
            .WithMessage($"{folder["model"]}: the manifest can't be read: *");
    }

    [Theory]
    [InlineData("""{"lineDimension":0}""", "the form has lines of dimension 0, fused to 0, for representations of 2.")]
    [InlineData("""{"lineDimension":3}""", "the form has lines of dimension 3, fused to 3, for representations of 2.")]
    [InlineData("""{"lineDimension":2,"modalities":null}""", "the form has a modality without sense.")]
    [InlineData("""{"lineDimension":2,"modalities":[null]}""", "the form has a modality without sense.")]
    [InlineData("""{"lineDimension":2,"modalities":[{"name":"x","featureDimension":-1}]}""", "the form has a modality without sense.")]
    [InlineData("""{"lineDimension":2,"modalities":[{"name":"x","neighbors":-1}]}""", "the form has a modality without sense.")]
    [InlineData("""{"lineDimension":2,"modalities":[{"name":"x","weight":-0.5}]}""", "the form has a modality without sense.")]
    [InlineData("""{"lineDimension":2,"modalities":[{"name":"x"},{"name":"y"},{"name":"x"}]}""", "the form has a modality twice.")]
    [InlineData("""{"lineDimension":2,"modalities":[{"name":null}]}""", "*")]
    public void A_form_that_can_not_be_is_told(string form, string message)
        => Refused(m => m["form"] = JsonNode.Parse(form), $"the manifest can't be read: {message}");

    [Theory]
    [InlineData("""{"fusion":"sum","modalWeight":0.25}""", false, false, 1, false, 0.25, null, false, 1, 1)]
    [InlineData("""{"fusion":"mean","modalWeight":0.5}""", false, false, 0.5, false, 0.25, null, false, 1, 1)]
    [InlineData("""{"fusion":"concatenation","modalWeight":3}""", true, false, 1, false, 3, null, false, 1, 1)]
    [InlineData("""{"fusion":"normalizedSum","modalWeight":3,"coldModalWeight":5}""", false, true, 1, true, 3, 5.0, false, 1, 1)]
    [InlineData("""{"fusion":"normalizedConcatenation","modalWeight":3}""", true, true, 1, true, 3, null, true, 1, 1)]
    [InlineData("""{"fusion":"matchedSum","modalWeight":3,"userScale":7,"itemScale":9}""", false, false, 1, true, 3, null, false, 7, 9)]
    public void Every_fusion_that_had_a_name_has_its_numbers(string form, bool concatenates, bool unitBehavior, double behavior,
        bool unitModal, double modal, double? cold, bool standsIn, double users, double items)
    {
        using JsonDocument json = JsonDocument.Parse(form);
        LegacyForm.Read(json.RootElement).Should().Be(new FusionForm
        {
            Concatenates = concatenates,
            UnitBehavior = unitBehavior,
            BehaviorFactor = behavior,
            UnitModal = unitModal,
            ModalFactor = modal,
            ColdModalFactor = cold,
            ModalStandsIn = standsIn,
            UserModalScale = users,
            ItemModalScale = items,
        });
    }

    [Fact]
    public void A_fusion_of_old_that_is_none_or_no_sum_is_told()
    {
        foreach (string none in new[] { "{}", """{"fusion":null}""" })
        {
            using JsonDocument json = JsonDocument.Parse(none);
            LegacyForm.Read(json.RootElement).Should().BeNull();
        }

        Refused(m => (m["formatVersion"], m["form"]) = (2, JsonNode.Parse("""{"lineDimension":2,"fusion":"gate"}""")),
            "the manifest can't be read: the form has the fusion 'gate', which isn't a sum of parts");
        Tiny.Reload(m => (m["formatVersion"], m["form"]) = (3, JsonNode.Parse("""{"lineDimension":2,"fusion":"gate"}""")))
            .Manifest.Form!.Lines.Should().BeNull("format 3 has numbers in its place");
    }

    [Theory]
    [InlineData(5, new[] { 5 }, "the retired items must ascend from 0 to 4; 5 comes after -1")]
    [InlineData(5, new[] { -1 }, "the retired items must ascend from 0 to 4; -1 comes after -1")]
    [InlineData(5, new[] { 3, 3 }, "the retired items must ascend from 0 to 4; 3 comes after 3")]
    [InlineData(5, new[] { 3, 2 }, "the retired items must ascend from 0 to 4; 2 comes after 3")]
    [InlineData(4, new[] { 4 }, "the retired items must ascend from 0 to 3; 4 comes after -1")]
    [InlineData(null, new[] { 5 }, "the retired items must ascend from 0 to 4; 5 comes after -1")]
    [InlineData(-1, new int[0], "the manifest has 5 items and 0 retired ones, -1 of them trained")]
    [InlineData(6, new int[0], "the manifest has 5 items and 0 retired ones, 6 of them trained")]
    public void Retired_items_ascend_among_the_trained_ones(int? trained, int[] retired, string message)
        => Refused(m => (m["trainedItems"], m["items"]) = (trained, 5 - retired.Length), message,
            arrays => arrays.Put("retired_items", retired));

    [Fact]
    public void Items_at_both_ends_can_be_retired()
        => Tiny.Reload(m => m["items"] = 3, arrays => arrays.Put("retired_items", [0, 4])).Items.Should().Equal("b", "c", "d");

    [Theory]
    [InlineData(5, "5")]
    [InlineData(null, "all")]
    public void As_many_rows_as_no_array_has_are_refused(int? trained, string told)
        => Refused(m => (m["items"], m["trainedItems"]) = (int.MaxValue, trained),
            $"the manifest has 2147483647 items and 1 retired ones, {told} of them trained", arrays => arrays.Put("retired_items", [0]));

    [Fact]
    public void Tables_that_a_file_lacks_are_made()
    {
        Recommender made = Tiny.Reload(null, arrays =>
        {
            foreach (string name in new[] { "item_degrees", "user_id_slots", "item_id_slots" })
                arrays.Remove(name);
        });
        made.Recommend("nobody").Should().Equal(Tiny.Recommend("nobody"));
        made.Recommend("bé").Should().Equal(Tiny.Recommend("bé"));
        Refused(m => { }, "a user has the item with index 5 of 5", arrays =>
        {
            arrays.Remove("item_degrees");
            arrays.Put("seen_items", [3, 5]);
        });
    }

    [Theory]
    [InlineData(new long[] { 1, 1, 2 }, "the seen item offsets must go from 0 to 2, they go from 1 to 2")]
    [InlineData(new long[] { 0, 1, 3 }, "the seen item offsets must go from 0 to 2, they go from 0 to 3")]
    public void Offsets_go_from_0_to_the_end(long[] offsets, string message)
        => Refused(m => { }, message, arrays => arrays.Put("seen_offsets", offsets));

    [Theory]
    [InlineData("seen_items", "expected the array 'seen_items' as I32 [n], it is F32 [2]")]
    [InlineData("item_embeddings", "expected the array 'item_embeddings' as F32 [5, 2], it is F32 [2]")]
    [InlineData("item_degrees", "expected the array 'item_degrees' as I32 [5], it is F32 [2]")]
    public void An_array_of_another_type_or_shape_is_named(string name, string message)
        => Refused(m => { }, message, arrays => arrays.Put(name, [0f, 1f]));

    [Theory]
    [InlineData(0, 2, 5, true)]
    [InlineData(1, -1, 5, true)]
    [InlineData(1, 3, 5, true)]
    [InlineData(1, 2, -1, true)]
    [InlineData(1, 2, 6, true)]
    [InlineData(1, 2, 5, false)]
    public void A_first_layer_of_more_rows_than_there_are_or_without_a_form_is_told(int layers, int users, int items, bool form)
        => Refused(m =>
        {
            m["refresh"] = new JsonObject { ["layers"] = layers, ["firstUsers"] = users, ["firstItems"] = items };
            m["form"] = form ? JsonNode.Parse("""{"lineDimension":2}""") : null;
        }, $"the manifest has a first layer of {users} users and {items} items under {layers} layers without sense");

    [Fact]
    public void A_first_layer_goes_to_the_file_and_back_with_what_it_holds()
    {
        float[] users = [1, 2, 3, 4], items = [5, 6, 7, 8, 9, 10, 11, 12, 13, 14], offset = [.. items.Select(i => i / 4)];
        Recommender Load(int users_, int items_, bool hasOffset, float wrong = 0, string array = "") => Tiny.Reload(m =>
        {
            m["form"] = JsonNode.Parse("""{"lineDimension":2}""");
            m["refresh"] = new JsonObject
            {
                ["layers"] = hasOffset ? 2 : 1,
                ["firstUsers"] = users_,
                ["firstItems"] = items_,
                ["hasItemOffset"] = hasOffset,
                ["offsetsColdItems"] = true,
            };
        }, arrays =>
        {
            void Put(string name, float[] values, int rows)
            {
                float[] put = values[..(2 * rows)];
                if (name == array)
                    put[3] = wrong;
                arrays.Put(name, put, rows, 2);
            }

            Put("refresh.first_users", users, users_);
            Put("refresh.first_items", items, items_);
            if (hasOffset)
                Put("refresh.item_offset", offset, items_);
            if (hasOffset)
                arrays.Put("seen_weights", [0.5f, 2]);
        });

        foreach (Recommender model in new[] { Load(2, 5, true), Load(2, 5, true).Reload(null), Load(2, 5, true).Reload(null).Reload(null) })
        {
            FirstLayer first = model.Model.FirstLayer!;
            (first.Layers, first.Users.Count, first.Items.Count, first.OffsetsColdItems).Should().Be((2, 2, 5, true));
            first.Users[1].ToArray().Should().Equal(3, 4);
            first.Items[4].ToArray().Should().Equal(13, 14);
            first.ItemOffset![4].ToArray().Should().Equal(3.25f, 3.5f);
            model.Model.SeenWeights!.Slice(0, 2).ToArray().Should().Equal(0.5f, 2);
            model.RefreshKind.Should().Be(RefreshKind.Exact);
        }

        FirstLayer without = Load(0, 0, false).Reload(null).Model.FirstLayer!;
        (without.Users.Count, without.Items.Count, without.ItemOffset).Should().Be((0, 0, null));
        FluentActions.Invoking(() => Load(2, 5, true, float.NaN, "refresh.first_users")).Should().Throw<ModelFileException>()
            .WithMessage("*: expected finite numbers; the first row of the user with index 1 has one that isn't");
        FluentActions.Invoking(() => Load(2, 5, true, float.NaN, "refresh.first_items")).Should().Throw<ModelFileException>()
            .WithMessage("*: expected finite numbers; the first row of the item with index 1 has one that isn't");
        FluentActions.Invoking(() => Load(2, 5, true, float.NaN, "refresh.item_offset")).Should().Throw<ModelFileException>()
            .WithMessage("*: expected finite numbers; the offset of the item with index 1 has one that isn't");
    }

    [Fact]
    public void Rows_to_be_written_elsewhere_have_their_ids_and_are_not_more_than_a_matrix_holds()
    {
        ServingModel model = Tiny.WithoutItems(["b"]).Model;
        VectorTable users = VectorTable.Users(model), items = VectorTable.Items(model);
        (users.Count, items.Count, items.Dimension).Should().Be((2, 4, 2));
        Enumerable.Range(0, 4).Select(items.Id).Should().Equal("a", "c", "d", "e");
        items.Values().Should().Equal(1, 0, 0, 4, 2, 2, 0, 0);
        items[1].ToArray().Should().Equal(0, 4);
        var wide = new RowStore(2, 1 << 30, RowPrecision.Single, _ => []);
        FluentActions.Invoking(() => VectorTable.Users(model with { Users = wide }).Values()).Should().Throw<NotSupportedException>()
            .WithMessage("A matrix of 2 x 1073741824 numbers is more than one .npy file is written with; export Parquet instead.");
    }

    [Fact]
    public void Mapped_or_read_aligned_or_not_an_array_is_what_it_is()
    {
        foreach (bool mapped in new[] { true, false })
        {
            // A byte at the beginning moves all others off their boundaries.
            Recommender moved = Tiny.Reload(null, arrays =>
            {
                SafeTensor[] all = [.. arrays.Values];
                arrays.Clear();
                arrays.Put("odd", new byte[1]);
                foreach (SafeTensor array in all)
                    arrays[array.Name] = array;
            }, mapped: mapped);
            moved.Recommend("bé").Should().Equal(Tiny.Recommend("bé"));
            moved.History("bé").Should().Equal(Tiny.History("bé"));
        }
    }
}
