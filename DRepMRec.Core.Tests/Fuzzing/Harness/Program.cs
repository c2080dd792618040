// What afl-fuzz runs: reads each input that it is given with the reader that is named. ../fuzz.sh says how.
using DRepMRec.Tests.Fuzzing;
using SharpFuzz;

if (args is not [string reader])
{
    Console.Error.WriteLine("Expected the name of a reader.");
    return 2;
}

// The library is instrumented: nothing of it may be touched before the fuzzer has made room for what it counts.
string folder = Directory.CreateTempSubdirectory("drepmrec-fuzz-").FullName;
Fuzzer.OutOfProcess.Run(stream =>
{
    string path = Path.Combine(folder, "x" + FuzzReaders.All[reader].Extension);
    using (FileStream file = File.Create(path))
        stream.CopyTo(file);
    FuzzReaders.Read(reader, path);
});
return 0;
