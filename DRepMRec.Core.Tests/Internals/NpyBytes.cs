using System.Text;

namespace DRepMRec.Tests.Internals;

/// <summary>Makes .npy files by hand.</summary>
internal static class NpyBytes
{
    public static byte[] File(string header, byte[] data, byte major = 1, byte minor = 0)
    {
        byte[] text = (major == 3 ? Encoding.UTF8 : Encoding.Latin1).GetBytes(header);
        byte[] length = major == 1 ? BitConverter.GetBytes((ushort)text.Length) : BitConverter.GetBytes((uint)text.Length);
        return [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', major, minor, .. length, .. text, .. data];
    }

    public static string Header(string type, string shape, bool fortran = false)
        => $"{{'descr': '{type}', 'fortran_order': {(fortran ? "True" : "False")}, 'shape': {shape}, }}\n";

    /// <summary>The bytes of 2 x 3 numbers of a type, in the order given.</summary>
    public static byte[] Numbers(string type, double[] values)
    {
        return [.. values.SelectMany(value =>
        {
            byte[] bytes = type[1..] switch
            {
                "f2" => BitConverter.GetBytes((Half)value),
                "f4" => BitConverter.GetBytes((float)value),
                "f8" => BitConverter.GetBytes(value),
                "i1" => [(byte)(sbyte)value],
                "i2" => BitConverter.GetBytes((short)value),
                "i4" => BitConverter.GetBytes((int)value),
                "i8" => BitConverter.GetBytes((long)value),
                "u1" => [(byte)value],
                "u2" => BitConverter.GetBytes((ushort)value),
                "u4" => BitConverter.GetBytes((uint)value),
                _ => BitConverter.GetBytes((ulong)value),
            };
            return type[0] == '>' ? bytes.Reverse() : bytes;
        })];
    }
}
