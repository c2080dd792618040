using System.Text.Json.Serialization;
using DRepMRec.Serving;

namespace DRepMRec.Hosting;

/// <summary>A model that an application serves: where its file is, how it's loaded, and when a new one takes its place.</summary>
/// <remarks>
/// All but <see cref="Prepare"/> can come from configuration, under the names of the properties. Changes while the application runs are
/// followed: another <see cref="Path"/> is loaded, <see cref="PollInterval"/> and <see cref="MaxAge"/> hold at once, and what says how a
/// file is loaded from the next load on.
/// </remarks>
/// <example>
/// <code>
/// builder.Services.AddRecommender(options =>
/// {
///     options.Path = "/models/videos.drepmrec";
///     options.MaxAge = TimeSpan.FromDays(2);
/// });
/// </code>
/// </example>
public sealed class RecommenderServiceOptions
{
    internal static readonly TimeSpan MinPollInterval = TimeSpan.FromMilliseconds(10);
    internal static readonly TimeSpan MaxPollInterval = TimeSpan.FromDays(1);

    /// <summary>The model's file, as <see cref="Recommender.Save"/> wrote it, or a symbolic link to it.</summary>
    /// <value>Required. A path that isn't absolute is taken from the content root of the host, without one from the current folder.</value>
    public string Path { get; set; } = "";

    /// <summary>Whether the file is looked at every <see cref="PollInterval"/>, and loaded when it has changed.</summary>
    /// <value>
    /// The default is <see langword="true"/>. With <see langword="false"/> only another <see cref="Path"/> and
    /// <see cref="IRecommenderProvider.ReloadAsync"/> bring another model.
    /// </value>
    public bool ReloadOnChange { get; set; } = true;

    /// <summary>
    /// How often the file is looked at: its length, its time, and its beginning, the manifest. Where that look is the first to fail, the
    /// next comes within a minute.
    /// </summary>
    /// <value>10 milliseconds to a day. The default is 5 seconds.</value>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether the arrays are mapped into memory instead of read. That saves memory where processes share a model, or where it's larger
    /// than memory. But who writes into a mapped file, or shortens it, ends the process, as a network share does that goes away; on Windows
    /// a mapped file can't be replaced. Map only what is replaced by renaming, as <see cref="Recommender.Save"/> does.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool MemoryMap { get; set; }

    /// <summary>
    /// Whether the checksum, every number, id and history are checked before a model is served, which reads the whole file.
    /// </summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool Verify { get; set; } = true;

    /// <summary>
    /// Whether the application refuses to start without a model. Otherwise it starts, is unhealthy, and serves once the file is there;
    /// until then <see cref="IRecommenderProvider.Current"/> throws.
    /// </summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool RequiredAtStart { get; set; } = true;

    /// <summary>The age of the file, by the time it was written, from which on the health check is degraded.</summary>
    /// <value>More than 0, or <see langword="null"/>, the default: a model doesn't age.</value>
    public TimeSpan? MaxAge { get; set; }

    /// <summary>
    /// What is done to each model before it takes the place of the one before: requests of your own to warm it up, items that are taken out
    /// or added. An exception refuses the model. It runs while <see cref="IRecommenderProvider.Update"/> waits; requests don't. It mustn't
    /// wait for <see cref="IRecommenderProvider.ReloadAsync"/>, nor for another thread that asks the provider, which may wait for it;
    /// and while it prepares the first model, the provider has none to give.
    /// </summary>
    /// <value><see langword="null"/>, the default, serves the model as it is in the file.</value>
    [JsonIgnore]
    public Func<Recommender, Recommender>? Prepare { get; set; }
}
