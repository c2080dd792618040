using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using DRepMRec.Data;
using DRepMRec.Fusions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Documentation;

/// <summary>The code of docs/configuration.md.</summary>
internal static class ConfigurationExample
{
    public static (DRepMRecOptions, TrainerOptions, DatasetOptions) Read(IConfiguration configuration)
    {
        DRepMRecOptions model = configuration.GetSection("DRepMRec:Model").ReadOptions<DRepMRecOptions>();
        TrainerOptions training = configuration.GetSection("DRepMRec:Training").ReadOptions<TrainerOptions>();
        DatasetOptions dataset = configuration.GetSection("DRepMRec:Dataset").ReadOptions<DatasetOptions>();
        return (model, training, dataset);
    }

    public static void Register(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(configuration.GetSection("DRepMRec:Training").ReadOptions<TrainerOptions>());
    }

    public static void RegisterFactory(IServiceCollection services, IConfiguration configuration)
    {
        IConfigurationSection section = configuration.GetSection("DRepMRec:Training");
        services.AddSingleton<IOptionsFactory<TrainerOptions>>(new SectionOptionsFactory<TrainerOptions>(section));
        services.AddSingleton<IOptionsChangeTokenSource<TrainerOptions>>(new ConfigurationChangeTokenSource<TrainerOptions>(section));
    }

    public static TrainerOptions Json(TrainerOptions training)
    {
        string text = DRepMRecJson.Write(training);
        TrainerOptions same = DRepMRecJson.Read<TrainerOptions>(text);
        return same;
    }

    public static void Compose(IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(http => http.SerializerOptions.TypeInfoResolverChain.Insert(0, DRepMRecJson.TypeInfoResolver));
    }

    public static JsonSerializerOptions WithMyFusion(IJsonTypeInfoResolver mine) => new(DRepMRecJson.SerializerOptions)
    {
        TypeInfoResolver = JsonTypeInfoResolver.Combine(DRepMRecJson.TypeInfoResolver, mine).WithAddedModifier(info =>
        {
            if (info.Type == typeof(Fusion))
                info.PolymorphismOptions!.DerivedTypes.Add(new JsonDerivedType(typeof(Product), "product"));
        }),
    };

    public sealed record Product : Fusion
    {
        public double Power { get; init; } = 1;

        public override int Dimension(int lineDimension) => lineDimension;

        public override Tensor Fuse(Tensor behavior, Tensor modal, nn.Module? weights) => behavior * modal;
    }
}

public sealed class SectionOptionsFactory<T>(IConfiguration section) : OptionsFactory<T>([], []) where T : class
{
    protected override T CreateInstance(string name) => section.ReadOptions<T>();
}
