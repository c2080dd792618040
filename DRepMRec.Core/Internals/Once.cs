namespace DRepMRec.Internals;

/// <summary>A value that is made once, when it's first asked for. What fails comes out, and whoever asks next tries again.</summary>
/// <remarks>
/// Safe for use by many threads, which wait for the one that makes it. A <see cref="Lazy{T}"/> would throw the first error for ever, be it
/// that memory was short for a moment.
/// </remarks>
internal sealed class Once<T> where T : class
{
    private readonly Lock _making = new();
    private Func<T>? _make;
    private volatile T? _value;

    /// <param name="make">Makes the value; nothing holds it once that is done.</param>
    public Once(Func<T> make) => _make = make;

    /// <param name="value">The value, where there is one.</param>
    public Once(T value) => _value = value;

    public bool IsMade => _value is not null;

    public T Value => _value ?? Make();

    private T Make()
    {
        lock (_making)
        {
            T value = _value ?? _make!();
            (_value, _make) = (value, null);
            return value;
        }
    }
}
