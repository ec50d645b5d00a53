package dev.claudemesh.broker.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.broker.memory.Spelling.Written;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryRulesTest {
  private static final String MESH = "mesh";

  @Test
  void a_blank_text_is_nothing_to_remember() {
    assertThat(MemoryRules.content(" x\n")).isEqualTo(" x\n");
    assertThatThrownBy(() -> MemoryRules.content(" \n\t"))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> assertThat(problem.code()).isEqualTo(ProblemCode.INVALID_REQUEST));
  }

  @Test
  void tags_are_kept_once_each_without_blanks_around_them() {
    assertThat(MemoryRules.tags(List.of(" Ops", "Ops ", "", "ops"))).containsExactly("Ops", "ops");
  }

  @Test
  void an_id_is_named_by_at_least_eight_characters() {
    assertThat(MemoryRules.idOrBeginning("abcdefgh")).isEqualTo("abcdefgh");
    assertThatThrownBy(() -> MemoryRules.idOrBeginning("abcdefg")).isInstanceOf(Problem.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "'a' ; ( 'a' | 'x' | 'y' )",
        "'a' & 'b' ; ( 'a' | 'x' | 'y' ) & 'b'",
        "'b' <-> 'a' ; 'b' <-> ( 'a' | 'x' | 'y' )",
        "'b' & !'a' ; 'b' & !'a'",
        "!( 'a' & 'b' ) & 'a' ; !( 'a' & 'b' ) & ( 'a' | 'x' | 'y' )",
        "!( 'b' <-> ( 'a' | 'c' ) ) ; !( 'b' <-> ( 'a' | 'c' ) )",
        "!'b' & 'a' ; !'b' & ( 'a' | 'x' | 'y' )",
        "'it''s' & 'c:\\\\d' ; 'it''s' & 'c:\\\\d'",
        "'(' & ')!' & 'a' ; '(' & ')!' & ( 'a' | 'x' | 'y' )"
      })
  void others_stand_beside_a_word_unless_it_must_not_be_there(String query, String widened) {
    Map<String, List<String>> others = Map.of("a", List.of("x", "y", "a"));

    assertThat(SearchWords.widened(query, word -> others.getOrDefault(word, List.of())))
        .isEqualTo(widened);
  }

  @Test
  void words_that_are_wanted_are_read_as_they_are() {
    assertThat(SearchWords.wanted("'it''s' & !'b' | ( 'c\\\\d' <2> 'it''s' ) & !( 'e' | 'f' )"))
        .containsExactly("it's", "c\\d");
    assertThat(SearchWords.wanted("")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "deploymnet, deployment, true",
    "recieve, receive, true",
    "serach, search, true",
    "tset, test, false",
    "tests, test, true",
    "engine, engines, true",
    "staging, string, true",
    "staging, storage, false",
    "deploy, deployment, false"
  })
  void a_slip_of_the_fingers_is_one_letter_in_a_short_word_and_two_in_a_longer_one(
      String typed, String word, boolean meant) {
    assertThat(Spelling.meant(typed, List.of(written(typed, word, 1))).isEmpty())
        .isNotEqualTo(meant);
  }

  @Test
  void the_nearest_word_is_meant_first_then_the_one_that_is_used_most_and_never_the_typed_one() {
    assertThat(
            Spelling.meant(
                "staginng",
                List.of(
                    written("staginng", "staginng", 9),
                    written("staginng", "stagings", 1),
                    written("staginng", "stagnant", 9),
                    written("staginng", "staging", 5),
                    written("staginng", "stagging", 7))))
        .extracting(Written::word)
        .containsExactly("staging", "stagging", "stagings");
  }

  @Test
  void numbers_versions_keys_and_very_short_words_are_never_put_right() {
    assertThat(List.of("abc", "v1.2.3", "20261", "a".repeat(41), "x9ab"))
        .noneMatch(Spelling::isCorrectable);
    assertThat(List.of("abcd", "front-end", "größe", "поиск")).allMatch(Spelling::isCorrectable);
  }

  @Test
  void a_search_begins_on_the_newest_shelves() {
    assertThat(Shelves.first(MESH, 5)).containsExactly("mesh/0");
    assertThat(Shelves.first(MESH, Shelves.SIZE)).containsExactly("mesh/1", "mesh/0");
    assertThat(Shelves.first(MESH, 100L * Shelves.SIZE))
        .hasSize(Shelves.FIRST)
        .startsWith("mesh/100", "mesh/99")
        .endsWith("mesh/93");
  }

  @Test
  void what_is_rare_there_is_looked_for_in_the_whole_mesh_and_what_is_not_shelf_by_shelf() {
    long last = 80L * Shelves.SIZE - 1; // 80 shelves

    assertThat(Shelves.then(MESH, last, 0, 500)).containsExactly(MESH);
    assertThat(Shelves.then(MESH, last, 100, 500)).containsExactly(MESH);
    assertThat(Shelves.then(MESH, last, 101, 500))
        .hasSize(72)
        .startsWith("mesh/71")
        .endsWith("mesh/0");
    assertThat(Shelves.then(MESH, last, 500, 500)).isEmpty();
    assertThat(Shelves.then(MESH, last, 21, 21)).as("enough for who wants the newest").isEmpty();
  }

  @Test
  void a_mesh_that_fits_on_the_first_shelves_is_seen_at_once() {
    assertThat(Shelves.first(MESH, 8L * Shelves.SIZE - 1)).hasSize(8).endsWith("mesh/0");
    assertThat(Shelves.then(MESH, 8L * Shelves.SIZE - 1, 0, 500)).isEmpty();
  }

  private static Written written(String typed, String word, int memories) {
    return new Written(typed, word, memories, List.of(word));
  }
}
