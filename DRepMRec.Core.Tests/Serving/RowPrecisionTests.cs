using System.Numerics.Tensors;
using System.Text;
using System.Text.Json;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Internals;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Serving;

/// <summary>Rows of bytes in the place of numbers: answers are those of the rounded rows, and the file has these.</summary>
public sealed class RowPrecisionTests
{
    private static readonly Lazy<Recommender> Rounded = new(() => Served.Recommender.WithRowPrecision(RowPrecision.Int8));

    [Fact]
    public void Answers_are_those_of_the_rounded_rows_to_the_last_bit()
    {
        foreach (Recommender bytes in new[] { Rounded.Value, Wide(64).WithRowPrecision(RowPrecision.Int8) })
        {
            bytes.RowPrecision.Should().Be(RowPrecision.Int8);
            Recommender numbers = bytes.WithRowPrecision(RowPrecision.Single);
            numbers.RowPrecision.Should().Be(RowPrecision.Single);
            string user = bytes.Users.First(), item = bytes.Items.First();
            RecommendationRequest[] requests =
            [
                .. bytes.Users.Take(60).Select(u => new RecommendationRequest { UserId = u, Count = 200 }),
                new RecommendationRequest { History = [.. bytes.Items.Take(3)], Count = 200 },
                new RecommendationRequest { UserId = user, Candidates = [.. bytes.Items.Skip(50).Take(40)], ExcludeSeen = false },
                new RecommendationRequest { UserId = user, Diversity = new Diversity(), Count = 20 },
            ];
            IReadOnlyList<RecommendationList> lists = bytes.Recommend(requests);
            foreach (var (request, list) in requests.Zip(lists))
            {
                list.Should().Equal(numbers.Recommend(request), "a batch, or one over numbers");
                bytes.Recommend(request).Should().Equal(list, "one alone");
            }

            foreach (RepresentationSpace space in bytes.Spaces)
            {
                bytes.SimilarItems(item, 50, space).Should().Equal(numbers.SimilarItems(item, 50, space));
                bytes.SimilarUsers(user, 50, space).Should().Equal(numbers.SimilarUsers(user, 50, space));
            }
        }
    }

    [Fact]
    public void Scores_move_by_no_more_than_the_scales_of_their_rows_allow()
    {
        Recommender full = Wide(23), bytes = full.WithRowPrecision(RowPrecision.Int8);
        foreach (string user in full.Users)
        {
            full.Model.UserIds.TryGetIndex(user, out int u);
            double query = Sum(full.Model.Users[u]), queryStep = Largest(full.Model.Users[u]) / 254;
            Dictionary<string, float> rounded = bytes.Recommend(user, 1000).ToDictionary(r => r.Item, r => r.Score);
            foreach (var (item, score) in full.Recommend(user, 1000))
            {
                full.Model.TryGetItem(item, out int i);
                double step = Largest(full.Model.Items[i]) / 254, bound = (step * query) + (queryStep * Sum(full.Model.Items[i]))
                    + (23 * step * queryStep);
                Math.Abs(rounded[item] - score).Should().BeLessThan((float)(1.01 * bound) + 1e-5f);
            }
        }

        double Sum(ReadOnlySpan<float> row) => row.ToArray().Sum(v => Math.Abs((double)v));
        double Largest(ReadOnlySpan<float> row) => row.ToArray().Max(MathF.Abs);
    }

    [Fact]
    public void A_file_has_bytes_and_scales_and_is_read_mapped_or_not_as_it_was_saved()
    {
        using var folder = new TempFolder();
        Served.Recommender.Save(folder["full"]);
        Rounded.Value.Save(folder["bytes"]);
        foreach (bool map in new[] { true, false })
        {
            Recommender loaded = Recommender.Load(folder["bytes"], new RecommenderLoadOptions { MemoryMap = map, Verify = true });
            loaded.ShouldBeTheSameAs(Rounded.Value);
            loaded.RowPrecision.Should().Be(RowPrecision.Int8);
            loaded.Save(folder["again"]);
            File.ReadAllBytes(folder["again"]).Should().Equal(File.ReadAllBytes(folder["bytes"]));
        }

        Dictionary<string, (string Type, long Bytes)> full = Arrays(folder["full"]), bytes = Arrays(folder["bytes"]);
        full.Should().NotContainKey("scales.item_embeddings", "what isn't asked for is as it was");
        string[] rows = ["user_embeddings", "item_embeddings", "user_behavior", "item_behavior", "user_modal.image", "item_modal.image",
            "user_modal.text", "item_modal.text"];
        foreach (string name in rows.Concat(full.Keys.Where(n => n.EndsWith(".features", StringComparison.Ordinal)
            || n.EndsWith(".neighbor_values", StringComparison.Ordinal))))
        {
            full[name].Type.Should().Be("F32");
            bytes[name].Should().Be(("I8", full[name].Bytes / 4));
            bytes[$"scales.{name}"].Type.Should().Be("F32");
        }

        foreach (string name in full.Keys.Where(n => bytes[n].Type == "F32"))
            bytes[name].Bytes.Should().Be(full[name].Bytes);
        Recommender.Load(folder["full"]).RowPrecision.Should().Be(RowPrecision.Single);
    }

    [Fact]
    public void The_option_rounds_before_probabilities_are_fitted_and_the_method_keeps_those_that_are()
    {
        Recommender full = Served.Build(new DRepMRecOptions()), method = full.WithRowPrecision(RowPrecision.Int8);
        Recommender option = Served.Build(new DRepMRecOptions(), new RecommenderOptions { RowPrecision = RowPrecision.Int8 });
        option.WithCalibration(null).ShouldBeTheSameAs(method.WithCalibration(null));
        method.Calibration.Should().BeSameAs(full.Calibration).And.NotBeNull();
        option.Calibration.Should().NotBeNull();
        method.WithRowPrecision(RowPrecision.Int8).ShouldBeTheSameAs(method);
        full.RowPrecision.Should().Be(RowPrecision.Single);
    }

    [Theory]
    [InlineData(RowPrecision.Int8)]
    [InlineData(RowPrecision.Single)]
    public void Parts_of_a_score_add_up_to_it(RowPrecision since)
    {
        Recommender rounded = Rounded.Value.WithRowPrecision(since);
        foreach (string user in Served.Data.Users.Ids.Take(5))
        {
            foreach (var (item, score) in rounded.Recommend(user))
            {
                Explanation why = rounded.Explain(user, item)!;
                why.Score.Should().Be(score);
                (why.Behavior!.Value + why.Modalities.Values.Sum()).Should().BeApproximately(score, 1e-5f * Math.Max(1, Math.Abs(score)));
            }
        }
    }

    [Fact]
    public void New_interactions_and_users_who_go_give_the_rounding_of_the_exact_rows_before_and_after_a_file()
    {
        using var folder = new TempFolder();
        List<Interaction> stream = Grown.Stream(new SeededRandom(5), 60, weights: true);
        Recommender bytes = Grown.Recommender.WithRowPrecision(RowPrecision.Int8);
        Recommender later = bytes.WithInteractions(stream);
        Recommender before = Grown.Recommender.WithInteractions(stream).WithRowPrecision(RowPrecision.Int8);
        later.ShouldBeTheSameAs(before);
        List<Interaction> more = Grown.Stream(new SeededRandom(7), 20, weights: true);
        later.WithInteractions(more).ShouldBeTheSameAs(before.WithInteractions(more));
        before.WithRowPrecision(RowPrecision.Single).WithInteractions(more)
            .ShouldBeTheSameAs(later.WithRowPrecision(RowPrecision.Single).WithInteractions(more));
        later.Save(folder["model"]);
        Recommender.Load(folder["model"], new RecommenderLoadOptions { Verify = true }).ShouldBeTheSameAs(later);
        string[] gone = [.. Grown.Data.Users.Ids.Take(20)];
        Recommender left = later.WithoutUsers(gone);
        left.RowPrecision.Should().Be(RowPrecision.Int8);
        left.ShouldBeTheSameAs(GrownGraph.Whole(left));
        left.Model.Items[0].SequenceEqual(later.Model.Items[0]).Should().BeFalse();
    }

    [Fact]
    public void Users_who_are_folded_in_are_rounded_too()
    {
        using var folder = new TempFolder();
        Recommender full = Grown.Build(DRepMRecOptions.LightGcn,
            data => new MatrixFactorizationEncoder(data.Users.Count, data.Items.Count, new() { EmbeddingDim = 20 }));
        full.RefreshKind.Should().Be(RefreshKind.FoldIn);
        List<Interaction> stream = Grown.Stream(new SeededRandom(6), 40, weights: false);
        Recommender bytes = full.WithRowPrecision(RowPrecision.Int8), later = bytes.WithInteractions(stream);
        later.Model.Users[1].ToArray().Should().Equal(later.WithRowPrecision(RowPrecision.Single).Model.Users[1].ToArray());
        later.Save(folder["model"]);
        Recommender.Load(folder["model"], new RecommenderLoadOptions { Verify = true }).ShouldBeTheSameAs(later);
        Recommender before = full.WithInteractions(stream).WithRowPrecision(RowPrecision.Int8);
        before.Users.Should().Equal(later.Users);
        List<Interaction> more = Grown.Stream(new SeededRandom(7), 20, weights: false);
        Recommender exact = full.WithInteractions(stream).WithInteractions(more);
        foreach (Recommender rounded in new[] { before.WithInteractions(more), later.WithInteractions(more) })
        {
            rounded.RowPrecision.Should().Be(RowPrecision.Int8);
            rounded.Users.Should().Equal(exact.Users);
            for (int user = 0; user < exact.Users.Count; user++)
            {
                // Folding in makes what items' rows were rounded by larger, and leaves where a row points to.
                float[] row = exact.Model.Users[user].ToArray(), near = rounded.Model.Users[user].ToArray();
                TensorPrimitives.CosineSimilarity<float>(row, near).Should().BeGreaterThan(0.97f);
                (TensorPrimitives.Norm<float>(near) / TensorPrimitives.Norm<float>(row)).Should().BeInRange(0.9f, 1.1f);
            }
        }
    }

    [Fact]
    public void What_rows_of_bytes_can_not_be_is_refused()
    {
        FluentActions.Invoking(() => Served.Recommender.WithRowPrecision((RowPrecision)7)).Should().Throw<ArgumentOutOfRangeException>()
            .WithMessage("precision must be one of Single, Int8.*");
        FluentActions.Invoking(() => new RecommenderOptions { RowPrecision = (RowPrecision)7 }).Should()
            .Throw<ArgumentOutOfRangeException>().WithMessage("RowPrecision must be one of Single, Int8.*");
    }

    [Theory]
    [InlineData("\"scales.item_embeddings\"", "\"x", "the array 'scales.item_embeddings' is missing")]
    [InlineData("\"I8\",\"shape\":[5,2]", "\"U", "expected the array 'item_embeddings' as F32 [5, 2], it is U8 [5, 2]")]
    [InlineData("\"scales.user_embeddings\":{\"dtype\":\"F32\"", "\"scales.user_embeddings\":{\"dtype\":\"I32\"",
        "expected the array 'scales.user_embeddings' as F32 [2], it is I32 [2]")]
    public void Arrays_of_rows_that_do_not_fit_are_named(string text, string beginning, string message)
    {
        string file = Encoding.Latin1.GetString(Tiny()), changed = beginning + text[beginning.Length..];
        file.Should().Contain(text);
        using TempFolder folder = new TempFolder().With("model", Encoding.Latin1.GetBytes(file.Replace(text, changed,
            StringComparison.Ordinal)));
        FluentActions.Invoking(() => Recommender.Load(folder["model"])).Should().ThrowExactly<ModelFileException>()
            .WithMessage($"*{message}*");
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(-1f)]
    [InlineData(1e-40f)]
    [InlineData(0.1f)]
    public void Scales_by_which_products_are_not_exact_or_finite_are_refused_where_a_file_is_verified_and_never_served(float scale)
    {
        byte[] bytes = Tiny();
        using JsonDocument header = JsonDocument.Parse(bytes.AsMemory(8, (int)BitConverter.ToInt64(bytes)));
        int start = 8 + (int)BitConverter.ToInt64(bytes),
            at = start + header.RootElement.GetProperty("scales.item_embeddings").GetProperty("data_offsets")[0].GetInt32();
        BitConverter.TryWriteBytes(bytes.AsSpan(at + 4), scale);
        using TempFolder folder = new TempFolder().With("model", Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(bytes).Replace(
            ModelFileTests.Checksum(Tiny()), ModelFileTests.Checksum(bytes, anew: true), StringComparison.Ordinal)));
        FluentActions.Invoking(() => Recommender.Load(folder["model"])).Should().ThrowExactly<ModelFileException>()
            .WithMessage($"*: expected 0, or * as scales; the representation of the item with index 1 has {scale}");
        Recommender loaded = Recommender.Load(folder["model"], new RecommenderLoadOptions { Verify = false });
        loaded.Recommend("anna", 10, excludeSeen: false).Should().OnlyContain(r => float.IsFinite(r.Score));
        loaded.SimilarItems("a").Should().OnlyContain(r => float.IsFinite(r.Score));
        FluentActions.Invoking(() => loaded.Save(folder["again"])).Should().ThrowExactly<ModelFileException>();
    }

    private static byte[] Tiny()
    {
        using var folder = new TempFolder();
        RecommenderTests.Tiny().WithRowPrecision(RowPrecision.Int8).Save(folder["model"]);
        return File.ReadAllBytes(folder["model"]);
    }

    /// <summary>Representations at random, of users of whom each has some items.</summary>
    private static Recommender Wide(int dimension)
    {
        const int Users = 7, Items = 150;
        return Recommender.FromEmbeddings(
            [.. Enumerable.Range(0, Users).Select(u => $"u{u}")], Samples.Floats(Users * dimension, 1),
            [.. Enumerable.Range(0, Items).Select(i => $"i{i}")], Samples.Floats(Items * dimension, 2),
            new InteractionSet(Users, Items, [.. Enumerable.Range(0, Users).Select(u => (u, 3 * u))]));
    }

    private static Dictionary<string, (string Type, long Bytes)> Arrays(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        using JsonDocument header = JsonDocument.Parse(file.AsMemory(8, (int)BitConverter.ToInt64(file)));
        return header.RootElement.EnumerateObject().Where(p => p.Name != "__metadata__").ToDictionary(p => p.Name, p =>
        {
            JsonElement offsets = p.Value.GetProperty("data_offsets");
            return (p.Value.GetProperty("dtype").GetString()!, offsets[1].GetInt64() - offsets[0].GetInt64());
        });
    }
}
