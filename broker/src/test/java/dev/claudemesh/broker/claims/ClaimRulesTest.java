package dev.claudemesh.broker.claims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.claims.Claim;
import dev.claudemesh.protocol.claims.Conflict;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClaimRulesTest {
  private static final Instant UNTIL = Instant.parse("2026-11-21T10:30:00Z");

  @Test
  void globs_are_kept_once_and_as_they_lie_under_the_root() {
    assertThat(ClaimRules.globs(List.of("./src/**", "src/**", "/docs/")))
        .containsExactly("src/**", "docs/");
  }

  @Test
  void what_is_no_glob_is_named() {
    assertThatThrownBy(() -> ClaimRules.globs(List.of("src", "../etc")))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("../etc");
  }

  @Test
  void each_pair_that_meets_is_told_with_both_globs() {
    List<Conflict> conflicts =
        ClaimRules.conflicts(
            List.of("src/**", "docs/*.md"),
            List.of(claim("**/A.java"), claim("docs/a.md"), claim("test/**")),
            ClaimRules.MOST_STEPS);
    assertThat(conflicts)
        .map(conflict -> conflict.yours() + " " + conflict.theirs())
        .containsExactly("src/** **/A.java", "docs/*.md docs/a.md");
    assertThat(conflicts.getFirst().name()).isEqualTo("Bob's");
    assertThat(conflicts.getFirst().until()).isEqualTo(UNTIL);
  }

  @Test
  void claims_on_a_file_are_those_whose_glob_it_belongs_to() {
    assertThat(
            ClaimRules.on(
                "src/[id]/a.ts",
                List.of(claim("src/[id]/a.ts"), claim("src/i/*"), claim("src/")),
                ClaimRules.MOST_STEPS))
        .map(Claim::glob)
        .containsExactly("src/[id]/a.ts", "src/");
  }

  @Test
  void of_one_holder_so_many_conflicts_are_told_and_no_more() {
    List<Claim> others = IntStream.range(0, 40).mapToObj(i -> claim("src/" + i + "/**")).toList();
    assertThat(ClaimRules.conflicts(List.of("**", "src/"), others, ClaimRules.MOST_STEPS))
        .hasSize(ClaimRules.PER_HOLDER);
  }

  @Test
  void patterns_that_differ_from_the_first_letter_on_cost_something_too() {
    List<Claim> others = List.of(claim("{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}"), claim("docs/x"));
    assertThat(ClaimRules.conflicts(List.of("{c,d}{c,d}{c,d}{c,d}{c,d}{c,d}"), others, 4_000))
        .hasSize(2);
  }

  @Test
  void what_would_take_too_long_to_compare_counts_as_meeting() {
    List<Claim> others = List.of(claim("*a*b*c"), claim("docs/x"));
    assertThat(ClaimRules.conflicts(List.of("*d"), others, ClaimRules.MOST_STEPS)).isEmpty();
    assertThat(ClaimRules.conflicts(List.of("*d"), others, 10)).hasSize(2);
    assertThat(ClaimRules.on("d", others, 10)).isNotEmpty();
  }

  private static Claim claim(String glob) {
    return new Claim(glob, "Bob's", "Bob", Optional.of("new routes"), UNTIL, "r", "key", "member");
  }
}
