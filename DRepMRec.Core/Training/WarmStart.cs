using System.Diagnostics.CodeAnalysis;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using DRepMRec.Collectives;
using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Training;

/// <summary>Puts an earlier model's weights into a model, its rows by id.</summary>
[RequiresUnreferencedCode(Untrimmed.Message)]
internal sealed class WarmStart
{
    private const string OtherKind = "it is of another kind. Begin from one that was made with the same parts and options.";
    private const string OtherWidth = " Features of another width: encode with the encoders of the earlier training.";

    private readonly EarlierModel _earlier;
    private readonly DRepMRecModel _model;
    private readonly RecDataset _data;
    private readonly WarmStartOptions _options;
    private readonly int[] _users;
    private readonly int[] _items;
    private readonly Lazy<int[][]> _similar;
    private readonly Dictionary<string, ColumnShare> _shares;
    private readonly RowTables _tables;
    private readonly HashSet<string> _parameters;
    private readonly HashSet<string> _trainable;

    public WarmStart(EarlierModel earlier, DRepMRecModel model, RecDataset data, WarmStartOptions options)
    {
        (_earlier, _model, _data, _options) = (earlier, model, data, options);
        if (options.Moments && !earlier.HasMoments)
        {
            throw new ArgumentException($"{nameof(WarmStartOptions)}.{nameof(WarmStartOptions.Moments)} needs an earlier model with "
                + $"moments: train it with {nameof(TrainerOptions)}.{nameof(TrainerOptions.KeepMoments)}.", nameof(options));
        }

        _shares = Checkpoint.SharesOf(model);
        _users = Places(data.Users, earlier.Users);
        _items = Places(data.Items, earlier.Items);
        _similar = new Lazy<int[][]>(() => NearestKnownItems.Of(model.ModalitiesThatCount(data), _items, options.Neighbors));
        _tables = new RowTables(earlier, model, data);
        _parameters = [.. model.named_parameters().Select(p => p.name)];
        _trainable = [.. model.TrainableNames];
    }

    /// <summary>Replaces the weights.</summary>
    /// <exception cref="ArgumentException">The earlier model is of another kind or shape.</exception>
    public WarmStartReport Apply()
    {
        WarmStartTarget[] all = [.. _model.state_dict().Select(w => Target(w.Key, w.Value))], targets = [.. all.Where(t => !Stays(t))];
        foreach (WarmStartTarget target in targets)
            Check(target);
        string[] left = [.. _earlier.Weights.Keys.Except(all.Select(t => t.Name)).Order(StringComparer.Ordinal)];
        if (left.Length > 0)
            throw new ArgumentException($"The earlier model has weights that there is no place for here, {Shown.List(left)}: {OtherKind}");
        if (_options.Moments)
            CheckMoments();
        _model.TrainedNames.UnionWith(_earlier.Trained ?? _trainable);
        var starts = new Starts(new NewRowStart?[_data.Users.Count], new NewRowStart?[_data.Items.Count]);
        foreach (WarmStartTarget target in targets)
            target.Put(Filled(target, starts));
        return new WarmStartReport
        {
            From = _earlier.Checksum,
            MomentsFrom = _options.Moments ? _earlier.ChecksumOfMoments : null,
            Kept = [.. all.Except(targets).Select(t => t.Name)],
            Options = _options,
            KnownUsers = _users.Count(place => place >= 0),
            KnownItems = _items.Count(place => place >= 0),
            UsersFromNeighbors = starts.Users.Count(s => s == NewRowStart.Neighbors),
            ItemsFromContent = starts.Items.Count(s => s == NewRowStart.Content),
            ItemsFromNeighbors = starts.Items.Count(s => s == NewRowStart.Neighbors),
            Random = _users.Zip(starts.Users).Concat(_items.Zip(starts.Items)).Count(row => row.First < 0 && row.Second is null),
            Gone = _earlier.Users.Count + _earlier.Items.Count - _users.Concat(_items).Count(place => place >= 0),
        };
    }

    /// <summary>Gives an optimiser the moments, if they are asked for; those of new rows are zero.</summary>
    public void ApplyMoments(AdamOptimizer optimizer)
    {
        if (!_options.Moments)
            return;
        CheckMoments(); // What is frozen may have changed since.
        WarmStartTarget[] trained = Trained(), targets =
        [
            .. optimizer.Moments.Zip(optimizer.SharesOfMoments)
                .Select((m, n) => WarmStartTarget.Of(trained[n / 2].Name, m.First, m.Second)),
        ];
        for (int n = 0; n < targets.Length; n++)
        {
            SafeTensor moved = _earlier.Moments[n];
            if (_tables.Kind(moved, targets[n]) is { } kind)
            {
                float[] values = new float[targets[n].Rows * targets[n].Width];
                Move(kind, moved, values, targets[n].Width);
                moved = moved with { Shape = targets[n].Shape, Data = MemoryMarshal.AsBytes(values.AsSpan()).ToArray() };
            }

            targets[n].Put(moved);
        }

        optimizer.StepCount = _earlier.Steps;
    }

    /// <summary>
    /// Whether a table of users or items is known before training, as content is: no training has changed the earlier one, and none is to
    /// change this one.
    /// </summary>
    private bool Stays(WarmStartTarget target)
        => !_trainable.Contains(target.Name) && (!_parameters.Contains(target.Name) || _earlier.Trained?.Contains(target.Name) == false)
            && _earlier.Weights.TryGetValue(target.Name, out SafeTensor? old) && _tables.HasRows(old, target);

    private void Check(WarmStartTarget target)
    {
        if (!_earlier.Weights.TryGetValue(target.Name, out SafeTensor? old))
        {
            throw new ArgumentException(
                $"The earlier model has no weights '{target.Name}', but {Shown.List(_earlier.Weights.Keys)}: {OtherKind}");
        }

        if (_tables.Kind(old, target) is null && !TensorBytes.Fits(old, target.Own, target.Shape))
        {
            throw new ArgumentException(
                $"The weights '{target.Name}' are {TensorBytes.Describe(target.Own, target.Shape)}; those of the earlier model are "
                + $"{old.Type} [{Shown.List(old.Shape)}].{(MapsOtherFeatures(old, target) ? OtherWidth : "")}");
        }
    }

    /// <summary>Whether weights map features of the width that there is now, and mapped those of another to as many numbers.</summary>
    private bool MapsOtherFeatures(SafeTensor old, WarmStartTarget target)
    {
        if (old.Shape is not [var before, var oldWidth] || target.Shape is not [var rows, var width] || before != rows || oldWidth == width)
            return false;
        long users = _data.Users.Count, items = _data.Items.Count;
        bool isTable = rows == users || rows == items || rows == users + items;
        return !isTable && _model.FeaturesOfParts.Any(part => part.Features.Values.Any(values => values.shape[1] == width));
    }

    private void CheckMoments()
    {
        foreach (var (name, parameter) in _model.named_parameters())
        {
            if (_earlier.WithMoments is { } before && before.Contains(name) != parameter.requires_grad)
            {
                throw new ArgumentException($"The earlier model has moments of the weights that were trained; '{name}' "
                    + (parameter.requires_grad ? "is trained here, and wasn't there." : "was trained there, and is frozen here.")
                    + $" Freeze the same, or begin without {nameof(WarmStartOptions.Moments)}.");
            }
        }

        WarmStartTarget[] trained = Trained();
        if (_earlier.Moments.Count != 2 * trained.Length)
        {
            throw new ArgumentException($"Expected {2 * trained.Length} moments in the earlier model, two for each of the weights that are "
                + $"trained; got {_earlier.Moments.Count}.");
        }

        for (int n = 0; n < _earlier.Moments.Count; n++)
        {
            WarmStartTarget weights = trained[n / 2];
            SafeTensor moment = _earlier.Moments[n];
            if (_tables.Kind(moment, weights) is null && !TensorBytes.Fits(moment, weights.Own, weights.Shape))
            {
                throw new ArgumentException(
                    $"The moments of '{weights.Name}' are {TensorBytes.Describe(weights.Own, weights.Shape)}; those of the earlier model "
                    + $"are {moment.Type} [{Shown.List(moment.Shape)}].");
            }
        }
    }

    /// <summary>The weights that take gradients, in the order of the optimiser's moments, of which each has two.</summary>
    private WarmStartTarget[] Trained()
        => [.. _model.named_parameters().Where(p => p.parameter.requires_grad).Select(p => Target(p.name, p.parameter))];

    private WarmStartTarget Target(string name, TorchSharp.torch.Tensor own)
        => WarmStartTarget.Of(name, own, _shares.GetValueOrDefault(name));

    private SafeTensor Filled(WarmStartTarget target, Starts starts)
    {
        SafeTensor old = _earlier.Weights[target.Name];
        if (_tables.Kind(old, target) is not { } kind)
            return old;
        int width = target.Width;
        float[] values = MemoryMarshal.Cast<byte, float>(EarlierModel.Copy(target.Name, target.Own, target.Share).Data.Span).ToArray();
        Move(kind, old, values, width);
        if (_options.NewRows != NewRowStart.Random)
        {
            int firstItem = kind == RowKind.Nodes ? _data.Users.Count : 0;
            if (kind != RowKind.Users)
                StartItems(values, firstItem, kind == RowKind.Nodes, width, starts);
            if (kind == RowKind.Nodes)
                StartUsers(values, width, starts);
        }

        return old with { Shape = target.Shape, Data = MemoryMarshal.AsBytes(values.AsSpan()).ToArray() };
    }

    private void Move(RowKind kind, SafeTensor old, float[] values, int width)
    {
        ReadOnlySpan<float> rows = MemoryMarshal.Cast<byte, float>(old.Data.Span);
        int first = 0, oldFirst = 0;
        if (kind != RowKind.Items)
        {
            MoveRows(_users, rows, 0, values, 0, width);
            (first, oldFirst) = (_users.Length, _earlier.Users.Count);
        }

        if (kind != RowKind.Users)
            MoveRows(_items, rows, oldFirst, values, first, width);
    }

    private static void MoveRows(int[] places, ReadOnlySpan<float> rows, int oldFirst, float[] values, int first, int width)
    {
        for (int n = 0; n < places.Length; n++)
        {
            if (places[n] >= 0)
                rows.Slice((oldFirst + places[n]) * width, width).CopyTo(values.AsSpan((first + n) * width));
        }
    }

    private void StartItems(float[] values, int first, bool hasUsers, int width, Starts starts)
    {
        int[][] users = hasUsers ? UsersOfItems() : [];
        double length = MeanLength(values, first, _items, width);
        for (int item = 0; item < _items.Length; item++)
        {
            if (_items[item] >= 0)
                continue;
            if (_options.NewRows == NewRowStart.Content
                && Mean(values, _similar.Value[item].Select(other => first + other), first + item, width, length))
            {
                starts.Items[item] = NewRowStart.Content;
            }
            else if (hasUsers && Mean(values, users[item].Where(user => _users[user] >= 0), first + item, width, length))
                starts.Items[item] = NewRowStart.Neighbors;
        }
    }

    private void StartUsers(float[] values, int width, Starts starts)
    {
        double length = MeanLength(values, 0, _users, width);
        for (int user = 0; user < _users.Length; user++)
        {
            if (_users[user] >= 0)
                continue;
            IEnumerable<int> items = _data.Train.ItemsOf(user).ToArray()
                .Where(item => _items[item] >= 0 || starts.Items[item] is not null).Select(item => _users.Length + item);
            if (Mean(values, items, user, width, length))
                starts.Users[user] = NewRowStart.Neighbors;
        }
    }

    /// <summary>Makes a row the mean of others, as long as rows are.</summary>
    private static bool Mean(float[] values, IEnumerable<int> others, int row, int width, double length)
    {
        var mean = new float[width];
        foreach (int other in others)
            TensorPrimitives.Add(values.AsSpan(other * width, width), mean, mean);
        float norm = TensorPrimitives.Norm<float>(mean);
        if (!(norm > 0))
            return false;
        TensorPrimitives.Multiply(mean, (float)(length / norm), values.AsSpan(row * width, width));
        return true;
    }

    private static double MeanLength(float[] values, int first, int[] places, int width)
        => Enumerable.Range(0, places.Length).Where(n => places[n] >= 0)
            .Select(n => (double)TensorPrimitives.Norm<float>(values.AsSpan((first + n) * width, width))).DefaultIfEmpty(1).Average();

    private int[][] UsersOfItems()
    {
        List<int>[] users = [.. _items.Select(_ => new List<int>())];
        for (int user = 0; user < _users.Length; user++)
        {
            foreach (int item in _data.Train.ItemsOf(user))
                users[item].Add(user);
        }

        return [.. users.Select(u => u.ToArray())];
    }

    /// <summary>For each id its index in the earlier model, or -1.</summary>
    private static int[] Places(IdMap now, IdMap earlier)
        => [.. now.Ids.Select(id => earlier.TryGetIndex(id, out int index) ? index : -1)];

    /// <summary>What new rows began with; <see langword="null"/> for known ones and random ones.</summary>
    private sealed record Starts(NewRowStart?[] Users, NewRowStart?[] Items);
}
