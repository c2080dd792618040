using System.Reflection;
using System.Runtime.CompilerServices;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Serving;
using DRepMRec.Training;

namespace DRepMRec.Tests.Configuration;

/// <summary>Every type of options of the library, found by reflection, and options that differ from the defaults in everything.</summary>
internal static class OptionTypes
{
    private static readonly Assembly Library = typeof(Trainer).Assembly;

    /// <summary>All public options, what they are made of, and all kinds of the abstract ones.</summary>
    public static IReadOnlyList<Type> All { get; } = Reachable();

    /// <summary>The type by whose contract a value is written: kinds by the abstract type.</summary>
    public static Type Declared(Type type)
        => type.BaseType is { IsAbstract: true } parent && parent != typeof(object) ? Declared(parent) : type;

    /// <summary>What can be set of options; a delegate is code, and no data.</summary>
    public static IEnumerable<PropertyInfo> Settable(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(p => p.SetMethod is { IsPublic: true } && !typeof(Delegate).IsAssignableFrom(p.PropertyType));

    /// <summary>Whether a value must be given.</summary>
    public static bool IsRequired(PropertyInfo property) => property.IsDefined(typeof(RequiredMemberAttribute));

    public static object Default(Type type)
    {
        object options = Activator.CreateInstance(type)!;
        foreach (PropertyInfo property in Settable(type).Where(IsRequired))
        {
            property.SetValue(options, property.PropertyType == typeof(string) ? "default"
                : property.PropertyType.IsValueType ? Activator.CreateInstance(property.PropertyType) : Default(property.PropertyType));
        }

        return options;
    }

    public static object Other(Type type)
    {
        object options = Default(type);
        foreach (PropertyInfo property in Settable(type))
            property.SetValue(options, Other(property, options));

        return options;
    }

    public static object Other(PropertyInfo property, object options) => property.Name == nameof(DatabaseExportOptions.ParameterMarker)
        ? "$" : property.Name == nameof(DelimitedOptions.Encoding) ? "latin1"
        : property.Name == nameof(ItemLayout.DateFormat) ? TimestampFormat.Seconds
        : Other(property.PropertyType, property.GetValue(options));

    public static IEnumerable<Type> Kinds(Type type)
        => Library.GetTypes().Where(t => t is { IsAbstract: false } && t.IsSubclassOf(type)).OrderBy(t => t.Name, StringComparer.Ordinal);

    public static object Other(Type type, object? value)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (value is RecommendationRequest { Count: 20 })
            return new RecommendationRequest { Count = 7 };
        if (type.IsEnum)
            return Enum.GetValues(type).Cast<object>().Last(v => !v.Equals(value));
        if (type.IsAbstract && type.Assembly == Library)
            return Other(Kinds(type).Last(kind => kind != value?.GetType() && Settable(kind).Any()));
        if (All.Contains(type) && !type.IsValueType)
            return Other(type);
        object other = value switch
        {
            bool flag => !flag,
            int number => number + 1,
            long number => number - 1,
            ulong number => number + 1,
            null when type == typeof(int) => 7,
            double number => number == 0 ? 0.25 : number / 2,
            float => 0.125f,
            char => ';',
            RankingMetric => RankingMetric.Ndcg(7),
            Column column => new Column($"{column} 2"),
            string text => text + " – two",
            _ => Fresh(type),
        };
        other.Should().NotBe(value);
        return other;
    }

    private static object Fresh(Type type)
        => type == typeof(bool) ? true
            : type == typeof(double) ? 0.75
            : type == typeof(long) ? 9_000_000_000L
            : type == typeof(string) ? "a: \"b\""
            : type == typeof(Column) ? new Column(3)
            : type == typeof(Modality) ? new Modality("my-own")
            : type == typeof(IReadOnlyList<Column>) ? new Column[] { "b", 7 }
            : type == typeof(DateTimeOffset) ? new DateTimeOffset(2026, 7, 1, 12, 30, 0, TimeSpan.FromHours(2))
            : type == typeof(TimeSpan) ? TimeSpan.FromSeconds(90)
            : type == typeof(IReadOnlyList<double>) ? new[] { 0.25, 1e-7 }
            : type == typeof(IReadOnlyList<RankingMetric>) ? new[] { RankingMetric.Map(3), RankingMetric.HitRate(7) }
            : type == typeof(IReadOnlyList<SyntheticModality>) ? new SyntheticModality[] { new(Modality.Audio, 3), new(new("my-own"), 4) }
            : type == typeof(IReadOnlyDictionary<string, double>) ? new Dictionary<string, double> { ["buy"] = 5, ["view"] = 1 }
            : type == typeof(IReadOnlyList<ListMetric>) ? new[] { ListMetric.Gini(7), ListMetric.IntraListDiversity(Modality.Image, 3) }
            : type == typeof(IReadOnlyList<UpdatePolicy>) ? new[] { UpdatePolicy.WarmStartEvery(3, refreshes: true) }
            : type == typeof(IReadOnlyList<ItemCondition>) ? new[] { new ItemCondition { Column = "price", Min = 1.5 } }
            : type == typeof(IReadOnlyList<ItemBoost>) ? new[] { new ItemBoost { Where = new() { Column = "c", Max = 9 }, Weight = -1 } }
            : type == typeof(IReadOnlyList<CategoryQuota>) ? new[] { new CategoryQuota { Column = "c", Max = 0 } }
            : type == typeof(IReadOnlyList<string>) || type == typeof(IReadOnlyCollection<string>) ? new[] { "a", "b:c", "" }
            : throw new NotSupportedException($"Tell {nameof(OptionTypes)} what a {type} is that isn't the default.");

    private static List<Type> Reachable()
    {
        var found = new List<Type>();
        var next = new Queue<Type>(Library.GetExportedTypes()
            .Where(t => t is { IsAbstract: false, IsClass: true } && t.Name.EndsWith("Options", StringComparison.Ordinal))
            .Append(typeof(RecommendationRequest)).Append(typeof(ModelComparisonLimits)).Append(typeof(InteractionLayout))
            .Append(typeof(ItemLayout)).Append(typeof(ItemCondition)).Append(typeof(ItemBoost)).Append(typeof(CategoryQuota)));
        while (next.TryDequeue(out Type? type))
        {
            if (found.Contains(type))
                continue;
            if (type.IsAbstract)
            {
                foreach (Type kind in Kinds(type))
                    next.Enqueue(kind);
                continue;
            }

            found.Add(type);
            foreach (PropertyInfo property in Settable(type))
            {
                if (property.PropertyType.Assembly == Library && property.PropertyType is { IsClass: true })
                    next.Enqueue(property.PropertyType);
            }
        }

        return found;
    }
}
