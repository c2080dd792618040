using System.Text.Json.Serialization;
using DRepMRec.Baselines;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using DRepMRec.Fusions;
using DRepMRec.Hosts;
using DRepMRec.ItemToItem;
using DRepMRec.Losses;
using DRepMRec.Training;

namespace DRepMRec;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(DRepMRecOptions))]
[JsonSerializable(typeof(LightGcnOptions))]
[JsonSerializable(typeof(MatrixFactorizationOptions))]
[JsonSerializable(typeof(FreedomOptions))]
[JsonSerializable(typeof(MgcnOptions))]
[JsonSerializable(typeof(VbprOptions))]
[JsonSerializable(typeof(EaseOptions))]
[JsonSerializable(typeof(ItemToItemOptions))]
[JsonSerializable(typeof(ItemKnnOptions))]
[JsonSerializable(typeof(TrainerOptions))]
[JsonSerializable(typeof(WarmStartOptions))]
[JsonSerializable(typeof(WarmStartReport))]
[JsonSerializable(typeof(TimeTravelOptions))]
[JsonSerializable(typeof(TimeTravelReport))]
[JsonSerializable(typeof(TrainingReceipt))]
[JsonSerializable(typeof(LineDiagnosticsOptions))]
[JsonSerializable(typeof(DatasetOptions))]
[JsonSerializable(typeof(DelimitedOptions))]
[JsonSerializable(typeof(InteractionLayout))]
[JsonSerializable(typeof(LoadReport))]
[JsonSerializable(typeof(SyntheticOptions))]
[JsonSerializable(typeof(TextFeatureOptions))]
[JsonSerializable(typeof(ItemLayout))]
[JsonSerializable(typeof(DelimitedItemOptions))]
[JsonSerializable(typeof(ItemTableOptions))]
[JsonSerializable(typeof(ItemTableReport))]
[JsonSerializable(typeof(TextEncoderOptions))]
[JsonSerializable(typeof(CategoryEncoderOptions))]
[JsonSerializable(typeof(NumberEncoderOptions))]
[JsonSerializable(typeof(EmbeddingEncoderOptions))]
[JsonSerializable(typeof(RankingLoss.Bpr))]
[JsonSerializable(typeof(RankingLoss.SampledSoftmax))]
[JsonSerializable(typeof(Fusion.Sum))]
[JsonSerializable(typeof(Fusion.NormalizedConcatenation))]
[JsonSerializable(typeof(LearningRateSchedule.Constant))]
[JsonSerializable(typeof(LearningRateSchedule.Step))]
[JsonSerializable(typeof(LearningRateSchedule.WarmupCosine))]
[JsonSerializable(typeof(NoSplit))]
[JsonSerializable(typeof(LabelSplit))]
[JsonSerializable(typeof(RandomPerUserSplit))]
[JsonSerializable(typeof(PerUserTimeSplit))]
[JsonSerializable(typeof(LeaveOneOutSplit))]
[JsonSerializable(typeof(GlobalTimeSplit))]
[JsonSerializable(typeof(Interaction))]
[JsonSerializable(typeof(IReadOnlyList<Interaction>))]
[JsonSerializable(typeof(DatasetSummary))]
[JsonSerializable(typeof(EvaluationResult))]
[JsonSerializable(typeof(PairedComparison))]
[JsonSerializable(typeof(LineDiagnostics))]
[JsonSerializable(typeof(TrainingReport))]
[JsonSerializable(typeof(TrainingProgress))]
[JsonSerializable(typeof(EpochReport))]
[JsonSerializable(typeof(IReadOnlyList<CheckpointDifference>))]
internal sealed partial class DRepMRecJsonContext : JsonSerializerContext;
