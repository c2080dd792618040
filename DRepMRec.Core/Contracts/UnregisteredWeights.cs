using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using DRepMRec.Internals;
using static TorchSharp.torch;

namespace DRepMRec.Contracts;

/// <summary>Weights that a part holds and its module doesn't know, as those in lists: they'd be neither trained nor saved.</summary>
[RequiresUnreferencedCode(Untrimmed.Message)]
internal static class UnregisteredWeights
{
    public static void RequireNone(ContractRun run, nn.Module part)
    {
        var known = new HashSet<object>(part.parameters(), ReferenceEqualityComparer.Instance);
        foreach (nn.Module module in part.modules().Prepend(part))
        {
            foreach (FieldInfo field in Fields(module.GetType()))
            {
                run.Require(Weights(field.GetValue(module)).All(known.Contains), $"{field.Name} of {module.GetType().Name}",
                    "weights that the module knows, by fields of the type Parameter, register_parameter, ParameterList or ModuleList",
                    "some that it doesn't know, which are neither trained nor saved");
            }
        }
    }

    /// <summary>The fields of a module down to those of TorchSharp's own classes.</summary>
    private static IEnumerable<FieldInfo> Fields(Type type)
    {
        const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        for (Type? at = type; at is not null && at.Assembly != typeof(nn.Module).Assembly; at = at.BaseType)
        {
            foreach (FieldInfo field in at.GetFields(Own))
                yield return field;
        }
    }

    /// <summary>Tensors that take gradients are weights too, which TorchSharp would register as buffers.</summary>
    private static IEnumerable<Tensor> Weights(object? value) => value switch
    {
        Tensor weight => weight is { IsInvalid: false, requires_grad: true, is_leaf: true } ? [weight] : [],
        nn.Module module => module.parameters().Where(p => p.requires_grad),
        IDictionary table => table.Values.Cast<object?>().SelectMany(Weights),
        Array numbers when numbers.GetType().GetElementType()!.IsValueType => [],
        ICollection list => list.Cast<object?>().SelectMany(Weights),
        _ => [],
    };
}
