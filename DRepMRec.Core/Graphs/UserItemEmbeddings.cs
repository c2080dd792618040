using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec;

/// <summary>Representations of all users and all items in one space.</summary>
/// <param name="Users">[U, D], row = user index.</param>
/// <param name="Items">[I, D], row = item index.</param>
/// <remarks>Whoever receives it from an encoder owns both tensors; inside a dispose scope they belong to that scope.</remarks>
public readonly record struct UserItemEmbeddings(Tensor Users, Tensor Items)
{
    /// <summary>The dimension D.</summary>
    public int Dimension => (int)Users.shape[1];

    /// <summary>Moves both tensors from the dispose scope that is open to the one around it.</summary>
    public UserItemEmbeddings MoveToOuterDisposeScope() => new(Users.MoveToOuterDisposeScope(), Items.MoveToOuterDisposeScope());

    /// <summary>Disposes both tensors.</summary>
    public void Dispose()
    {
        Users.Dispose();
        Items.Dispose();
    }

    /// <summary>The elements of a Float32 tensor row by row, copied from its device if need be.</summary>
    internal static float[] Values(Tensor tensor)
    {
        using DisposeScope scope = NewDisposeScope();
        return tensor.detach().cpu().contiguous().data<float>().ToArray();
    }
}
