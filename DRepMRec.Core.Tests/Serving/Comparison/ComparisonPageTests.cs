using DRepMRec.Serving;

namespace DRepMRec.Tests.Serving.Comparison;

/// <summary>A comparison as a page.</summary>
public sealed class ComparisonPageTests
{
    [Fact]
    public void The_page_has_every_figure()
    {
        ComparedModel shop = new()
        {
            Dataset = "shop",
            SplitChecksum = "",
            DataChecksum = "",
            Users = 1200,
            Items = 30,
            Validation = new Dictionary<string, double>(),
        };
        var report = new ModelComparison
        {
            Old = shop,
            New = shop with { Dataset = "shop|2" },
            Options = [new OptionChange("Layers", "2", null), new OptionChange("Seed", null, "7")],
            Users = new IdChanges(1000, 3, 200, ["n1", "n2", "n3"], ["g"]),
            Items = new IdChanges(30, 0, 0, [], []),
            Depth = 20,
            Persistence = 0.9,
            Lists = 1000,
            NotCompared = 2,
            SameLists = 250,
            ReorderedLists = 50,
            MeanCommonItems = 0.625,
            Overlap = new OverlapDistribution(0.5, 0.1, 0.2, 0.3, 0.4, 0.6),
            Sources = [new SourceChange(RecommendationSource.Popularity, RecommendationSource.User, 1000)],
            OldRecommended = new RecommendedItems(12, 3.5),
            NewRecommended = new RecommendedItems(14, 2.25),
            Rising = [new ItemChange("a", 1, 5, true, true), new ItemChange("b", 0, 2, false, true)],
            Falling = [new ItemChange("c", 2, 0, true, false)],
            MostChanged =
            [
                new UserChange("u", 0.1, ["a", "b", "c", "d"], ["e", "f", "g"], RecommendationSource.User, RecommendationSource.User,
                    new Dictionary<string, double> { ["behavior"] = 0.75, ["text"] = 0.25 }),
                new UserChange("v", 0.2, [], ["e"], RecommendationSource.Popularity, RecommendationSource.User,
                    new Dictionary<string, double>()),
            ],
            Reasons = new ChangeReasons
            {
                Entered = 9,
                EnteredAsNew = 1,
                EnteredByOtherSource = 2,
                Left = 8,
                LeftAsVanished = 3,
                LeftAsChosen = 4,
                EnteredMeanUsers = 1.5,
                LeftMeanUsers = 2.5,
                ExplainedUsers = 6,
                Shares = new Dictionary<string, double> { ["behavior"] = 1 },
                Unexplained = "No lines.",
            },
        };
        report.ToMarkdown().Should().Be(
            """
            # Two models

            |  | dataset | users | items |
            | --- | --- | --- | --- |
            | old | shop | 1,200 | 30 |
            | new | shop\|2 | 1,200 | 30 |

            Users: 1,000 in both, 3 new (n1, n2, n3), 200 vanished (g …). Items: 30 in both, 0 new, 0 vanished.

            ## Lists of 20 for 1,000 users

            |  | value |
            | --- | --- |
            | users given that one of the models doesn't know | 2 |
            | lists that change | 75.0 % |
            | of these, only in their order | 50 |
            | items in both lists, mean | 62.5 % |
            | rank-biased overlap (p = 0.9), mean | 0.5 |
            | lowest, 5 %, 25 %, median, 75 % | 0.1, 0.2, 0.3, 0.4, 0.6 |
            | different items recommended | 12 → 14 |
            | users of a recommended item, mean | 3.5 → 2.25 |
            | Popularity → User | 1,000 users |

            ## Why

            |  | items of lists |
            | --- | --- |
            | came in | 9 |
            | of these, new in the catalogue | 1 |
            | of these, in lists of another source | 2 |
            | left | 8 |
            | of these, no longer in the catalogue | 3 |
            | of these, chosen by the user since | 4 |
            | users of an item that came in, mean | 1.5 |
            | users of an item that left, mean | 2.5 |

            The others changed places by their scores, in 6 users: 100.0 % by behavior.

            Not all could be explained: No lines.

            ## Rising items

            | item | lists before | lists now |  |
            | --- | --- | --- | --- |
            | a | 1 | 5 |  |
            | b | 0 | 2 | new |

            ## Falling items

            | item | lists before | lists now |  |
            | --- | --- | --- | --- |
            | c | 2 | 0 | vanished |

            ## Users whose lists change most

            | user | overlap | before | now | why |
            | --- | --- | --- | --- | --- |
            | u | 0.1 | a, b, c … | e, f, g | 75.0 % by behavior, 25.0 % by text |
            | v | 0.2 |  | e | Popularity → User |

            ## Options that differ

            | option | old | new |
            | --- | --- | --- |
            | Layers | 2 | - |
            | Seed | - | 7 |

            """.ReplaceLineEndings("\n"));
        string brief = (report with
        {
            NotCompared = 0,
            Options = [],
            Rising = [],
            Falling = [],
            MostChanged = [],
            Reasons = report.Reasons with { Shares = new Dictionary<string, double>(), Unexplained = null },
        }).ToMarkdown();
        brief.Split('\n').Where(line => line.StartsWith('#')).Should()
            .Equal("# Two models", "## Lists of 20 for 1,000 users", "## Why");
        brief.Should().NotContain("doesn't know").And.EndWith("| users of an item that left, mean | 2.5 |\n");
    }
}
