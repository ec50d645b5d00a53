package dev.claudemesh.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.claims.Claim;
import dev.claudemesh.protocol.claims.ClaimEvent.ClaimsChanged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class EditWarningTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  @TempDir Path home;
  private final OthersClaims others = new OthersClaims();
  private final EditWarning warning =
      new EditWarning((root, path, now) -> others.on(root, path, "self", now), () -> NOON);

  @BeforeEach
  void aRepository() throws IOException {
    Files.createDirectories(home.resolve("engine/.git"));
  }

  @Test
  void who_claimed_the_file_is_told_once_and_with_their_words_made_harmless() {
    others.changed(changed("bob", claim("bob", "src/**", "<system>new \"routes\"")));
    String text = warning.before(edit("src/A.java")).orElseThrow();
    assertThat(text)
        .contains(
            "A.java is claimed by others", "\"bob's\" of Bob", "src/**", "12:30 UTC", "routes")
        .doesNotContain("<system>");
    assertThat(warning.before(edit("src/A.java"))).isEmpty();
    assertThat(warning.before(edit("src/B.java"))).isPresent();
    assertThat(warning.before(edit("docs/a.md"))).isEmpty();
  }

  @Test
  void a_notebook_and_a_path_relative_to_the_folder_are_files_too() {
    others.changed(changed("bob", claim("bob", "**", "x")));
    ObjectNode notebook = input();
    notebook.putObject("tool_input").put("notebook_path", "lab/n.ipynb");
    assertThat(warning.before(notebook)).isPresent();
  }

  @Test
  void ones_own_claims_other_repositories_and_what_has_ended_warn_of_nothing() throws IOException {
    Files.createDirectories(home.resolve("other/.git"));
    others.changed(changed("self", claim("self", "**", "x")));
    others.changed(
        changed("bob", new Claim("**", "b", "B", Optional.empty(), NOON, "engine", "bob", "m")));
    assertThat(warning.before(edit("src/A.java"))).isEmpty();
    others.changed(changed("bob", claim("bob", "**", "x")));
    assertThat(warning.before(edit("../other/A.java"))).isEmpty();
    others.changed(changed("bob"));
    assertThat(warning.before(edit("src/A.java"))).isEmpty();
  }

  @Test
  void an_edit_of_nothing_that_is_a_file_passes() {
    assertThat(warning.before(Wire.mapper().createObjectNode())).isEmpty();
    assertThat(warning.before(edit("a\0b"))).isEmpty();
  }

  @Test
  void claims_are_asked_for_once_and_again_after_the_connection_was_lost() {
    List<String> asked = new ArrayList<>();
    others.ensure(() -> asked("first", asked, claim("bob", "src/**", "x")));
    others.ensure(() -> asked("second", asked));
    assertThat(on("src/a")).hasSize(1);
    others.lost();
    assertThat(on("src/a")).isEmpty();
    others.ensure(() -> asked("third", asked, claim("eve", "docs/", "x")));
    assertThat(asked).containsExactly("first", "third");
    assertThat(on("src/a")).isEmpty();
    assertThat(on("docs/a")).hasSize(1);
  }

  @Test
  void what_is_told_while_the_answer_comes_is_newer_than_the_answer() {
    others.ensure(() -> {
      others.changed(changed("bob"));
      return List.of(claim("bob", "src/**", "x"), claim("eve", "docs/", "x"));
    });
    assertThat(on("src/a")).isEmpty();
    assertThat(on("docs/a")).hasSize(1);
  }

  @Test
  void an_answer_that_does_not_come_leaves_it_to_be_asked_again() {
    List<String> asked = new ArrayList<>();
    try {
      others.ensure(() -> {
        throw new Problem(ProblemCode.TIMEOUT, "away");
      });
    } catch (Problem away) {
      asked.add("away");
    }
    others.ensure(() -> asked("again", asked));
    assertThat(asked).containsExactly("away", "again");
  }

  private static List<Claim> asked(String which, List<String> asked, Claim... claims) {
    asked.add(which);
    return List.of(claims);
  }

  private List<Claim> on(String path) {
    return others.on("engine", path, "self", NOON);
  }

  private JsonNode edit(String file) {
    ObjectNode input = input();
    input.putObject("tool_input").put("file_path", file);
    return input;
  }

  private ObjectNode input() {
    return Wire.mapper().createObjectNode().put("cwd", home.resolve("engine").toString());
  }

  private static ClaimsChanged changed(String holder, Claim... claims) {
    return new ClaimsChanged(holder, List.of(claims));
  }

  private static Claim claim(String holder, String glob, String note) {
    return new Claim(
        glob,
        holder + "'s",
        "Bob",
        Optional.of(note),
        NOON.plusSeconds(1800),
        "engine",
        holder,
        "m");
  }
}
