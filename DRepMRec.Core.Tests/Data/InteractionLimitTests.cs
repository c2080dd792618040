using DRepMRec.Data;

namespace DRepMRec.Tests.Data;

public sealed class InteractionLimitTests
{
    [Fact]
    public void A_graph_of_the_most_interactions_has_arrays_that_exist_and_one_more_is_refused()
    {
        (2L * InteractionLimit.Max).Should().BeLessThanOrEqualTo(Array.MaxLength);
        InteractionLimit.WhatIsWrong(InteractionLimit.Max).Should().BeNull();
        InteractionLimit.WhatIsWrong(InteractionLimit.Max + 1L).Should().Contain("at most 1,000,000,000 interactions");
        InteractionLimit.WhatIsWrong(1L << 31).Should().NotBeNull();
    }
}
