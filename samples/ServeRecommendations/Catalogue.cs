using DRepMRec.Serving;

namespace ServeRecommendations;

/// <summary>The recommender of the moment. Readers take a snapshot and keep it for a request; writers put the next one in its place, one after the other.</summary>
internal sealed class Catalogue(Recommender recommender)
{
    private readonly Lock _writing = new();
    private Recommender _current = recommender;

    public Recommender Current => Volatile.Read(ref _current);

    public void Change(Func<Recommender, Recommender> change)
    {
        lock (_writing)
            Volatile.Write(ref _current, change(_current));
    }
}
