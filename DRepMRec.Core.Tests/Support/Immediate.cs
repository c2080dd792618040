namespace DRepMRec.Tests.Support;

/// <summary>Is told on the thread that tells, at once.</summary>
internal sealed class Immediate<T>(Action<T> action) : IProgress<T>
{
    public void Report(T value) => action(value);
}
