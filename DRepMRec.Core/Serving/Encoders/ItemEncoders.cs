using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>What made the features of a model's items of their raw fields. Of a file they are put together when first asked for.</summary>
internal sealed class ItemEncoders
{
    private readonly Once<IReadOnlyList<FeatureEncoder>> _encoders;

    private ItemEncoders(IReadOnlyList<EncoderForm> forms, Once<IReadOnlyList<FeatureEncoder>> encoders)
        => (Forms, _encoders) = (forms, encoders);

    public IReadOnlyList<EncoderForm> Forms { get; }

    /// <exception cref="ModelFileException">The file is damaged.</exception>
    public IReadOnlyList<FeatureEncoder> All
    {
        get
        {
            try
            {
                return _encoders.Value;
            }
            catch (FormatException e) when (e is not ModelFileException)
            {
                throw new ModelFileException($"The model is damaged: {e.Message}", e);
            }
        }
    }

    /// <summary>The encoders, or nothing where there are none.</summary>
    public static ItemEncoders? Of(IReadOnlyList<FeatureEncoder> encoders)
        => encoders.Count == 0 ? null
            : new ItemEncoders([.. encoders.Select(Form)], new Once<IReadOnlyList<FeatureEncoder>>(encoders));

    public static ItemEncoders Read(IReadOnlyList<EncoderForm> forms, ModelForm? model, ModelArrays arrays)
    {
        foreach (EncoderForm form in forms)
        {
            if (form?.Modality is null || model?.Modalities.FirstOrDefault(m => m.Name == form.Modality) is not { } modality
                || modality.FeatureDimension != form.Dimension || form.Columns is not { Count: > 0 } || form.Columns.Any(c => c is null))
                throw new FormatException($"the manifest has an encoder of '{form?.Modality}' without sense");
        }

        // Blocks are taken now, while the file is open; what a mapped one holds is read when it's asked for.
        Func<FeatureEncoder>[] encoders = [.. forms.Select(form => Encoder(form, arrays))];
        return new ItemEncoders(forms, new Once<IReadOnlyList<FeatureEncoder>>(() => [.. encoders.Select(make => make())]));
    }

    /// <summary>The arrays of the encoders by name.</summary>
    public IEnumerable<SafeTensorSource> Arrays() => All.OfType<TextEncoder>()
        .SelectMany(encoder => encoder.Features.Arrays(Prefix(encoder.Modality.Name))).Select(array => array.ToSource());

    /// <summary>Checks all that loading takes on trust.</summary>
    /// <exception cref="FormatException">Something doesn't hold.</exception>
    public void Verify() => _ = _encoders.Value;

    private static string Prefix(string modality) => $"encoder.{modality}.";

    private static EncoderForm Form(FeatureEncoder encoder)
    {
        var form = new EncoderForm { Modality = encoder.Modality.Name, Dimension = encoder.Dimension, Columns = encoder.Columns };
        return encoder switch
        {
            TextEncoder text => form with { Kind = EncoderForm.Text, Terms = Terms(text.Features.Options) },
            CategoryEncoder category => form with { Kind = EncoderForm.Category, Categories = category.Categories },
            NumberEncoder number => form with
            {
                Kind = EncoderForm.Number,
                Means = number.Means,
                Deviations = number.Deviations,
                Logarithms = number.Logarithms,
            },
            GeneratedEncoder generated => form with
            {
                Kind = generated.IsOfImages ? EncoderForm.GeneratedImage : EncoderForm.GeneratedText,
                Generator = generated.GeneratorName,
            },
            _ => throw new NotSupportedException($"{encoder.GetType().Name} has no form in model files."),
        };
    }

    private static TextForm Terms(TextFeatureOptions options) => new()
    {
        MaxDimension = options.MaxDimension,
        MinCharacters = options.MinCharacters,
        MaxCharacters = options.MaxCharacters,
        MinTexts = options.MinTexts,
        MaxTerms = options.MaxTerms,
        Seed = options.Seed,
    };

    private static Func<FeatureEncoder> Encoder(EncoderForm form, ModelArrays arrays)
    {
        if (form.Kind != EncoderForm.Text)
            return () => Encoder(form, () => throw new InvalidOperationException());
        string prefix = Prefix(form.Modality);
        Block<int> ends = arrays.Get<int>(prefix + "term_ends");
        Block<float> directions = arrays.Get<float>(prefix + "directions", ends.Length, form.Dimension);
        Block<float> idf = arrays.Get<float>(prefix + "idf", ends.Length);
        Block<byte> terms = arrays.Get<byte>(prefix + "terms");
        return () => Encoder(form, () => TextFeatures.Of(Options(form), Copy(directions), Copy(idf), Copy(ends), Copy(terms)));
    }

    private static FeatureEncoder Encoder(EncoderForm form, Func<TextFeatures> text)
    {
        var modality = new Modality(form.Modality);
        try
        {
            FeatureEncoder encoder = form.Kind switch
            {
                EncoderForm.Text => new TextEncoder(modality, form.Columns, text()),
                EncoderForm.Category => new CategoryEncoder(modality, form.Columns, SizedAs(form, form.Categories)),
                EncoderForm.Number => new NumberEncoder(modality, form.Columns, form.Logarithms ?? [],
                    [.. SizedAs(form, form.Means)], [.. SizedAs(form, form.Deviations)]),
                EncoderForm.GeneratedText or EncoderForm.GeneratedImage => new GeneratedEncoder(modality, form.Dimension, form.Columns,
                    form.Generator ?? throw new FormatException("a generator has no name"), form.Kind == EncoderForm.GeneratedImage),
                _ => throw new FormatException($"there is no kind {Shown.Text(form.Kind)}"),
            };
            return encoder.Dimension == form.Dimension ? encoder
                : throw new FormatException($"it makes {encoder.Dimension} features, not {form.Dimension}");
        }
        catch (Exception e) when (e is ArgumentException or FormatException and not ModelFileException)
        {
            throw new FormatException($"the encoder of '{form.Modality}' can't be read: {Shown.Message(e.Message)}", e);
        }
    }

    private static IReadOnlyList<T> SizedAs<T>(EncoderForm form, IReadOnlyList<T>? values)
        => values?.Count == form.Columns.Count ? values
            : throw new FormatException($"expected values of {form.Columns.Count} columns, found {values?.Count ?? 0}");

    private static TextFeatureOptions Options(EncoderForm form)
    {
        TextForm terms = form.Terms ?? throw new FormatException("it has no options");
        return new TextFeatureOptions
        {
            MaxDimension = terms.MaxDimension,
            MinCharacters = terms.MinCharacters,
            MaxCharacters = terms.MaxCharacters,
            MinTexts = terms.MinTexts,
            MaxTerms = terms.MaxTerms,
            Seed = terms.Seed,
        };
    }

    private static T[] Copy<T>(Block<T> block) where T : unmanaged
    {
        T[] copy = block.Slice(0, block.Length).ToArray();
        GC.KeepAlive(block);
        return copy;
    }
}
