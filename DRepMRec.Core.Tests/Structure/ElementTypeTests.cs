using System.Text.RegularExpressions;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Structure;

/// <summary>
/// Where nobody names a type or a device, TorchSharp makes new tensors of the ones that the application has made the default, and kernels
/// would write beyond those of a narrower type. Both are optional in all overloads, so that no ban of methods tells the calls apart.
/// </summary>
public sealed partial class ElementTypeTests
{
    [Fact]
    public void Whatever_makes_a_tensor_names_its_type_and_device()
    {
        IEnumerable<string> nameless = Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "DRepMRec.Core"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !BuildOutput().IsMatch(file))
            .SelectMany(file => File.ReadLines(file).Where(IsNameless).Select(line => $"{Path.GetFileName(file)}: {line.Trim()}"));
        string.Join("\n", nameless).Should().BeEmpty("FloatTensors makes those of Float32");
    }

    [Theory]
    [InlineData("Tensor y = empty(count, width);", true)]
    [InlineData("Tensor y = torch.zeros(3, device: CPU);", true)]
    [InlineData("Tensor x = empty(1, ScalarType.Float32), y = empty(2);", true)]
    [InlineData("Tensor y = empty(x.shape, x.dtype, CPU);", false)]
    [InlineData("Tensor y = empty(x.shape, x.dtype);", true)]
    [InlineData("Tensor y = tensor(values, 3, 2);", true)]
    [InlineData("Tensor y = tensor(values, 3, 2, device: CPU);", false)]
    [InlineData("Tensor y = x * tensor(values, 3, 2).to(x.device);", true)]
    [InlineData("Tensor y = sparse_coo_tensor(places, values, [3, 2]).to(device);", true)]
    [InlineData("Tensor y = FloatTensors.Empty(count), z = zeros_like(y);", false)]
    [InlineData("// What empty(1) gives.", false)]
    public void A_line_without_one_would_be_found(string line, bool isNameless) => IsNameless(line).Should().Be(isNameless);

    private static bool IsNameless(string line)
        => !Remark().IsMatch(line) && (Maker().Split(line).Skip(1).Any(arguments => !NamedType().IsMatch(arguments))
        || AnyMaker().Split(line).Skip(1).Any(arguments => !NamedDevice().IsMatch(arguments)));

    [GeneratedRegex(@"(?<![\w.])(?:torch\.)?(?:empty|zeros|ones|full|rand|randn|arange|linspace|eye|empty_strided)\(")]
    private static partial Regex Maker();

    [GeneratedRegex(@"(?<![\w.])(?:torch\.)?(?:(?:sparse_coo_)?tensor|empty|zeros|ones|full|rand|randn|arange|linspace|eye)\(")]
    private static partial Regex AnyMaker();

    [GeneratedRegex(@"\bdevice\s*:|\bCPU\b|,\s*[\w.]*\bdevice\s*[),]")]
    private static partial Regex NamedDevice();

    [GeneratedRegex(@"\bScalarType\.|\bdtype\b")]
    private static partial Regex NamedType();

    [GeneratedRegex(@"^\s*//")]
    private static partial Regex Remark();

    [GeneratedRegex(@"[/\\](bin|obj)[/\\]")]
    private static partial Regex BuildOutput();
}
