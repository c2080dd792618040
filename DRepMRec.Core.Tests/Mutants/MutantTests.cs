using DRepMRec.Tests.Data;

namespace DRepMRec.Tests.Mutants;

public sealed class MutantTests
{
    [Fact]
    public void The_mistakes_of_a_part_are_those_of_its_files_that_compiled_and_count()
    {
        static string At(int id, string status, int line, int from, int to) =>
            $$$"""
            {"id": "{{{id}}}", "mutatorName": "Equality mutation", "replacement": "a  >=\n b", "status": "{{{status}}}",
             "location": {"start": {"line": {{{line}}}, "column": {{{from}}} }, "end": {"line": {{{line}}}, "column": {{{to}}} } } }
            """;
        using TempFolder folder = new TempFolder().With("report.json",
            $$$"""
            {"files": {
              "/copy/DRepMRec.Core/Losses/A.cs": {"source": "if (a > b)\n  a = b;", "mutants": [
                {{{At(3, "NoCoverage", 1, 5, 10)}}}, {{{At(4, "Ignored", 1, 5, 10)}}}, {{{At(5, "CompileError", 1, 5, 10)}}}]},
              "/copy/DRepMRec.Core/Losses/B.cs": {"source": "x", "mutants": [{{{At(6, "Survived", 1, 1, 2)}}}]},
              "/copy/DRepMRec.Core/Hosts/C.cs": {"source": "x", "mutants": [{{{At(7, "NoCoverage", 1, 1, 2)}}}]},
              "/copy/DRepMRec.Core/Hosts/Losses/D.cs": {"source": "x", "mutants": [{{{At(8, "NoCoverage", 1, 1, 2)}}}] } } }
            """);
        Mutant.Read(folder["report.json"], "Losses").Select(m => m.ToString()).Should().Equal(
            "A.cs:1 Equality mutation: a > b -> a >= b", "B.cs:1 Equality mutation: x -> a >= b");
        Mutant.Read(folder["report.json"], "Losses/B.cs").Select(m => m.Id).Should().Equal(6);
    }
}
