// libtorch's thread count and the tensor counters are process-wide.
[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]
