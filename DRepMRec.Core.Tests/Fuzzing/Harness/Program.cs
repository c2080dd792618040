// What afl-fuzz runs: reads each input that it is given with one reader. ../fuzz.sh says how.
using DRepMRec.Tests.Fuzzing;
using SharpFuzz;

if (args is not [string reader] || !FuzzReaders.All.ContainsKey(reader))
{
    Console.Error.WriteLine($"Expected the name of a reader: {string.Join(", ", FuzzReaders.All.Keys)}.");
    return 2;
}

string folder = Directory.CreateTempSubdirectory("drepmrec-fuzz-").FullName;
string path = Path.Combine(folder, "x" + FuzzReaders.All[reader].Extension);
Fuzzer.OutOfProcess.Run(stream =>
{
    using (FileStream file = File.Create(path))
        stream.CopyTo(file);
    FuzzReaders.Read(reader, path);
});
return 0;
