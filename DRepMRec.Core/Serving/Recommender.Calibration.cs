namespace DRepMRec.Serving;

public sealed partial class Recommender
{
    /// <summary>What makes probabilities of scores, or <see langword="null"/>.</summary>
    public Calibration? Calibration => _model.Calibration;

    /// <summary>Makes a recommender that tells probabilities beside scores; the file has them. This one stays as it is.</summary>
    /// <param name="calibration">By this recommender's scores, or <see langword="null"/> for none.</param>
    public Recommender WithCalibration(Calibration? calibration)
    {
        var result = new Recommender(_model with { Calibration = calibration, Manifest = _model.Manifest with { DataChecksum = "" } });
        GC.KeepAlive(this);
        return result;
    }
}
