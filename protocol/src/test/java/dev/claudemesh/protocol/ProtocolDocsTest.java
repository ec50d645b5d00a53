package dev.claudemesh.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// `docs/protocol` says what the records say. `-Dupdate=true` rewrites it.
class ProtocolDocsTest {
  private static final Path DOCS =
      Path.of(System.getProperty("claudemesh.root"), "docs", "protocol");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#]*)(?:#([^)]*))?\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

  private final Map<String, String> pages = ProtocolPages.all();

  @TestFactory
  Stream<DynamicTest> each_page_is_what_the_records_say() {
    return pages.entrySet().stream()
        .map(page ->
            DynamicTest.dynamicTest(
                page.getKey(),
                () -> {
                  Path file = DOCS.resolve(page.getKey());
                  if (Seeds.update()) {
                    Files.createDirectories(DOCS);
                    Files.writeString(file, page.getValue());
                  }
                  assertThat(page.getValue())
                      .as(
                          "rewrite it by ./mvnw -q -pl protocol test -Dtest=ProtocolDocsTest"
                              + " -Dupdate=true")
                      .isEqualTo(Files.readString(file));
                }));
  }

  @Test
  void there_is_no_page_of_a_room_that_is_gone() throws IOException {
    try (Stream<Path> files = Files.list(DOCS)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(pages.keySet());
    }
  }

  @Test
  void every_link_leads_to_a_heading() {
    pages.forEach((name, text) -> {
      Matcher link = LINK.matcher(text);
      while (link.find()) {
        String page = link.group(1).isEmpty() ? name : link.group(1);
        if (page.startsWith("../")) {
          assertThat(DOCS.resolve(page).normalize()).exists();
        } else {
          assertThat(pages).as("%s links to %s", name, page).containsKey(page);
          if (link.group(2) != null) {
            assertThat(anchors(pages.get(page)))
                .as("%s links to %s", name, link.group())
                .contains(link.group(2));
          }
        }
      }
    });
  }

  @Test
  void every_operation_and_frame_has_its_section() {
    Catalog.operations()
        .forEach(
            op -> assertThat(pages.get(op.room() + ".md")).contains("### `" + op.type() + "`\n"));
    Catalog.frames()
        .forEach((type, record) ->
            assertThat(pages.values())
                .anySatisfy(page ->
                    assertThat(page).containsPattern("## `" + type + "`( \\(frame\\))?\n")));
  }

  /// As GitHub makes them: lower case, spaces to hyphens, punctuation dropped.
  private static Set<String> anchors(String page) {
    Set<String> anchors = new TreeSet<>();
    Matcher heading = HEADING.matcher(page);
    while (heading.find()) {
      anchors.add(
          heading
              .group(1)
              .toLowerCase(java.util.Locale.ROOT)
              .replaceAll("[^a-z0-9 _-]", "")
              .replace(' ', '-'));
    }
    return anchors;
  }
}
