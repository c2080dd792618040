using System.Data.Common;

namespace DRepMRec.Data;

public sealed partial class RecDataset
{
    /// <summary>Loads a dataset and finds its layout by itself: that of MMRec, RecBole, or LATTICE and MMSSL.</summary>
    /// <param name="path">The dataset's folder, or its <c>.inter</c> file where the folder holds several.</param>
    /// <param name="features">
    /// More item features by raw item id, of modalities that the files don't have; <see langword="null"/> for none.
    /// </param>
    /// <param name="options">How the dataset is put together; <see langword="null"/> for the defaults.</param>
    /// <param name="items">
    /// The raw fields of the items, to be shown with recommendations; <see langword="null"/> for those that a layout brings itself.
    /// </param>
    /// <returns>
    /// The dataset. Users and items are in ascending order: by value when all raw ids are whole numbers, of any length, else by their
    /// characters. So neither indices nor figures depend on the order of the rows. <see cref="Summarize"/> names what was passed over.
    /// </returns>
    /// <remarks>
    /// This holds for every loader. Columns are found without regard to case, blanks, '_' and '-' where one alone fits, and files without
    /// regard to case. Two columns that mean the same are an error, and so are features of which no row is of an item with interactions.
    /// </remarks>
    /// <exception cref="DatasetFormatException">No layout or several fit (the message lists the files), or a file is wrong.</exception>
    /// <exception cref="DirectoryNotFoundException">There is nothing at the path.</exception>
    /// <exception cref="ArgumentException">
    /// A modality occurs twice, or one of <paramref name="features"/> or <paramref name="items"/> is of none of the items with
    /// interactions.
    /// </exception>
    public static RecDataset Load(
        string path, IReadOnlyList<FeatureTable>? features = null, DatasetOptions? options = null, ItemTable? items = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return DatasetLayout.Read(path, DatasetContent.Of(features, items), options ?? new());
    }

    /// <summary>
    /// Loads the layout of MMRec: <c>NAME.inter</c>, tab-separated with the columns userID and itemID and perhaps rating, timestamp and
    /// x_label (0 training, 1 validation, 2 test), and <c>MODALITY_feat.npy</c> files whose row r belongs to the item r.
    /// </summary>
    /// <param name="path">The folder, or the <c>.inter</c> file.</param>
    /// <param name="features">
    /// More item features by raw item id, of modalities that the files don't have; <see langword="null"/> for none.
    /// </param>
    /// <param name="options">How the dataset is put together; <see langword="null"/> for the defaults.</param>
    /// <param name="items">The raw fields of the items, to be shown with recommendations; <see langword="null"/> for none.</param>
    /// <returns>
    /// The dataset. Where the mapping files <c>u_id_mapping.csv</c> and <c>i_id_mapping.csv</c> exist, raw ids are taken from them, in the
    /// order of the numbers.
    /// </returns>
    /// <exception cref="DatasetFormatException">A file is wrong.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="ArgumentException">
    /// A modality occurs twice, or one of <paramref name="features"/> or <paramref name="items"/> is of none of the items with
    /// interactions.
    /// </exception>
    public static RecDataset LoadMmrec(
        string path, IReadOnlyList<FeatureTable>? features = null, DatasetOptions? options = null, ItemTable? items = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return MmrecReader.Read(DatasetLayout.InterFile(path, "MMRec"), DatasetContent.Of(features, items), options ?? new());
    }

    /// <summary>
    /// Loads RecBole's atomic files: <c>NAME.inter</c> with the columns user_id:token and item_id:token and perhaps rating:float,
    /// timestamp:float and x_label:float, and <c>NAME.item</c>, whose float_seq columns become modalities (a suffix "_feat" of the column's
    /// name is dropped). Its other columns become <see cref="ItemTable"/>, by the rule of <see cref="Data.ItemTable.LoadRecBole"/>.
    /// </summary>
    /// <param name="path">The folder, or the <c>.inter</c> file.</param>
    /// <param name="features">
    /// More item features by raw item id, such as those that are made of the items' table; <see langword="null"/> for none.
    /// </param>
    /// <param name="options">How the dataset is put together; <see langword="null"/> for the defaults.</param>
    /// <param name="items">
    /// The raw fields of the items, in place of those of <c>NAME.item</c>; <see langword="null"/> for these.
    /// </param>
    /// <returns>The dataset. Items of <c>NAME.item</c> are in it when they have features or interactions.</returns>
    /// <exception cref="DatasetFormatException">A file is wrong, or no item with interactions has features.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="ArgumentException">
    /// A modality occurs twice, or one of <paramref name="features"/> or <paramref name="items"/> is of none of the items with
    /// interactions.
    /// </exception>
    public static RecDataset LoadRecBole(
        string path, IReadOnlyList<FeatureTable>? features = null, DatasetOptions? options = null, ItemTable? items = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return RecBoleReader.Read(DatasetLayout.InterFile(path, "RecBole"), DatasetContent.Of(features, items), options ?? new());
    }

    /// <summary>
    /// Loads the layout of LATTICE and MMSSL: <c>train.json</c>, <c>val.json</c> and <c>test.json</c>, each of the form <c>{"user": [item,
    /// …], …}</c>, and <c>MODALITY_feat.npy</c> files whose row r belongs to the item r.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="features">
    /// More item features by raw item id, of modalities that the files don't have; <see langword="null"/> for none.
    /// </param>
    /// <param name="options">How the dataset is put together; <see langword="null"/> for the defaults.</param>
    /// <param name="items">The raw fields of the items, to be shown with recommendations; <see langword="null"/> for none.</param>
    /// <returns>The dataset.</returns>
    /// <exception cref="DatasetFormatException">A file is wrong or missing.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="ArgumentException">
    /// A modality occurs twice, or one of <paramref name="features"/> or <paramref name="items"/> is of none of the items with
    /// interactions.
    /// </exception>
    public static RecDataset LoadLattice(
        string folder, IReadOnlyList<FeatureTable>? features = null, DatasetOptions? options = null, ItemTable? items = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return LatticeReader.Read(folder, DatasetContent.Of(features, items), options ?? new());
    }

    /// <summary>Loads interactions from any delimited file, such as a CSV export.</summary>
    /// <param name="file">The file. Empty lines are passed over.</param>
    /// <param name="layout">Where its columns are.</param>
    /// <param name="features">The item features by raw item id, each modality once; <see langword="null"/> for none.</param>
    /// <param name="options">How the dataset is put together; <see langword="null"/> for the defaults.</param>
    /// <param name="items">The raw fields of the items, to be shown with recommendations; <see langword="null"/> for none.</param>
    /// <returns>The dataset.</returns>
    /// <exception cref="DatasetFormatException">The file is wrong, has an x_label that no option reads, or two columns are one.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ArgumentException">
    /// A column is named without a header, a modality occurs twice, or one of <paramref name="features"/> or <paramref name="items"/> is of
    /// none of the items with interactions.
    /// </exception>
    public static RecDataset LoadDelimited(
        string file, DelimitedOptions layout, IReadOnlyList<FeatureTable>? features = null, DatasetOptions? options = null,
        ItemTable? items = null)
    {
        return DelimitedReader.Read(
            file, layout, (rows, header) => Of(rows, header, layout, DatasetFolder.NameOf(file), features, options, items));
    }

    /// <summary>Loads interactions from a file with one JSON object per line, such as a log of events.</summary>
    /// <param name="file">The file, in UTF-8. The first object has all properties that are read; in others they may be missing.</param>
    /// <param name="layout">Which properties of the objects are read.</param>
    /// <param name="features">The item features by raw item id, each modality once; <see langword="null"/> for none.</param>
    /// <param name="options">How the dataset is put together; <see langword="null"/> for the defaults.</param>
    /// <param name="items">The raw fields of the items, to be shown with recommendations; <see langword="null"/> for none.</param>
    /// <returns>The dataset.</returns>
    /// <exception cref="DatasetFormatException">The file is wrong, or has an x_label that no option reads.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ArgumentException">
    /// The layout contradicts itself, a modality occurs twice, or one of <paramref name="features"/> or <paramref name="items"/> is of none
    /// of the items with interactions.
    /// </exception>
    public static RecDataset LoadJsonLines(
        string file, InteractionLayout layout, IReadOnlyList<FeatureTable>? features = null, DatasetOptions? options = null,
        ItemTable? items = null)
    {
        return JsonLinesReader.Read(
            file, layout, (rows, header) => Of(rows, header, layout, DatasetFolder.NameOf(file), features, options, items));
    }

    /// <summary>Loads interactions from a Parquet file.</summary>
    /// <param name="file">The file. Columns of lists and structures are passed over.</param>
    /// <param name="layout">Which columns are read.</param>
    /// <param name="features">The item features by raw item id, each modality once; <see langword="null"/> for none.</param>
    /// <param name="options">How the dataset is put together; <see langword="null"/> for the defaults.</param>
    /// <param name="items">The raw fields of the items, to be shown with recommendations; <see langword="null"/> for none.</param>
    /// <returns>The dataset.</returns>
    /// <exception cref="DatasetFormatException">The file is wrong, or has an x_label that no option reads.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ArgumentException">
    /// The layout contradicts itself, a modality occurs twice, or one of <paramref name="features"/> or <paramref name="items"/> is of none
    /// of the items with interactions.
    /// </exception>
    public static RecDataset LoadParquet(
        string file, InteractionLayout layout, IReadOnlyList<FeatureTable>? features = null, DatasetOptions? options = null,
        ItemTable? items = null)
    {
        return ParquetInteractions.Read(
            file, layout, (rows, header) => Of(rows, header, layout, DatasetFolder.NameOf(file), features, options, items));
    }

    /// <summary>Loads interactions from what a database answers to a query, by any ADO.NET provider.</summary>
    /// <param name="name">The dataset's name in reports.</param>
    /// <param name="reader">The answer; its current result is read to the end, and it stays open.</param>
    /// <param name="layout">Which columns of the answer are read.</param>
    /// <param name="features">The item features by raw item id, each modality once; <see langword="null"/> for none.</param>
    /// <param name="options">How the dataset is put together; <see langword="null"/> for the defaults.</param>
    /// <param name="items">The raw fields of the items, to be shown with recommendations; <see langword="null"/> for none.</param>
    /// <returns>
    /// The dataset. Ids are the values as text in the invariant culture: numbers as digits, Guids with hyphens, bytes as hexadecimal
    /// digits.
    /// </returns>
    /// <exception cref="DatasetFormatException">A row is wrong; the message has its number, counted from 1.</exception>
    /// <exception cref="ArgumentException">
    /// The layout contradicts itself, a modality occurs twice, or one of <paramref name="features"/> or <paramref name="items"/> is of none
    /// of the items with interactions.
    /// </exception>
    /// <example>
    /// <code>
    /// using DbCommand query = connection.CreateCommand();
    /// query.CommandText = "SELECT customer, product, bought_at, quantity FROM orders";
    /// using DbDataReader rows = query.ExecuteReader();
    /// var layout = new InteractionLayout { User = "customer", Item = "product", Timestamp = "bought_at", Weight = "quantity" };
    /// RecDataset data = RecDataset.FromDatabase("shop", rows, layout);
    /// </code>
    /// </example>
    public static RecDataset FromDatabase(
        string name, DbDataReader reader, InteractionLayout layout, IReadOnlyList<FeatureTable>? features = null,
        DatasetOptions? options = null, ItemTable? items = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return DatabaseReader.Read(reader, layout, (rows, header) => Of(rows, header, layout, name, features, options, items));
    }

    /// <summary>Puts a dataset together from interactions in memory.</summary>
    /// <param name="name">The dataset's name in reports.</param>
    /// <param name="interactions">The interactions.</param>
    /// <param name="features">The item features by raw item id, each modality once; <see langword="null"/> for none.</param>
    /// <param name="options">How the dataset is put together; <see langword="null"/> for the defaults.</param>
    /// <param name="items">The raw fields of the items, to be shown with recommendations; <see langword="null"/> for none.</param>
    /// <returns>The dataset.</returns>
    /// <exception cref="DatasetFormatException">An interaction is wrong; the message has its number, counted from 1.</exception>
    /// <exception cref="ArgumentException">
    /// A modality occurs twice, or one of <paramref name="features"/> or <paramref name="items"/> is of none of the items with
    /// interactions.
    /// </exception>
    public static RecDataset FromInteractions(
        string name, IEnumerable<Interaction> interactions, IReadOnlyList<FeatureTable>? features = null, DatasetOptions? options = null,
        ItemTable? items = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(interactions);
        return MemoryReader.Read(name, interactions, DatasetContent.Of(features, items), options ?? new());
    }

    private static RecDataset Of(
        ITextRows rows, TableHeader? header, InteractionLayout layout, string name, IReadOnlyList<FeatureTable>? features,
        DatasetOptions? options, ItemTable? items)
        => TabularReader.Read(rows, header, layout, name, DatasetContent.Of(features, items), options ?? new());
}
