namespace WebShop.MadeUpShop;

/// <summary>How far a point is outside of a shape, in hundredths of the picture's side; below 0 inside.</summary>
internal delegate float Distance(float x, float y);

/// <summary>A shape in one paint. Parts are painted one over the other.</summary>
internal readonly record struct Part(Paint Paint, Distance Shape)
{
    public static Distance Disc(float cx, float cy, float radius) => (x, y) => Length(x - cx, y - cy) - radius;

    public static Distance Oval(float cx, float cy, float width, float height)
        => (x, y) => (Length((x - cx) / width, (y - cy) / height) - 1) * Math.Min(width, height);

    public static Distance Ring(float cx, float cy, float radius, float thickness)
        => (x, y) => Math.Abs(Length(x - cx, y - cy) - radius) - (thickness / 2);

    /// <summary>A rectangle between two corners, rounded.</summary>
    public static Distance Box(float left, float top, float right, float bottom, float round = 2) => (x, y) =>
    {
        float dx = Math.Max(left - x, x - right) + round, dy = Math.Max(top - y, y - bottom) + round;
        return Length(Math.Max(dx, 0), Math.Max(dy, 0)) + Math.Min(Math.Max(dx, dy), 0) - round;
    };

    /// <summary>A line with round ends.</summary>
    public static Distance Line(float x1, float y1, float x2, float y2, float thickness) => (x, y) =>
    {
        float dx = x2 - x1, dy = y2 - y1;
        float t = Math.Clamp((((x - x1) * dx) + ((y - y1) * dy)) / ((dx * dx) + (dy * dy)), 0, 1);
        return Length(x - x1 - (t * dx), y - y1 - (t * dy)) - (thickness / 2);
    };

    /// <summary>A convex polygon, its corners clockwise.</summary>
    public static Distance Polygon(params (float X, float Y)[] corners) => (x, y) =>
    {
        float outside = float.NegativeInfinity;
        for (int n = 0; n < corners.Length; n++)
        {
            var (ax, ay) = corners[n];
            var (bx, by) = corners[(n + 1) % corners.Length];
            float dx = bx - ax, dy = by - ay;
            outside = Math.Max(outside, (((x - ax) * dy) - ((y - ay) * dx)) / Length(dx, dy));
        }

        return outside;
    };

    private static float Length(float x, float y) => MathF.Sqrt((x * x) + (y * y));
}
