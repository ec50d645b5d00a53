package dev.claudemesh.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// One JSON file a request and a frame, as it was when it first went over the wire: what old peers
/// send must still be read, and what we send must still be what they know. `-Dupdate=true` adds
/// files of new records, and new fields to old ones.
class GoldenTest {
  private static final Path GOLDEN =
      Path.of(
          System.getProperty("claudemesh.root"), "protocol", "src", "test", "resources", "golden");

  /// One record and its file. `read` takes JSON as its peer does, with every check that applies.
  private record Golden(
      String type, Path file, Class<?> record, Function<ObjectNode, Object> read) {
    Object read(JsonNode json) {
      return read.apply((ObjectNode) json);
    }
  }

  private static List<Golden> all() {
    List<Golden> all = new ArrayList<>();
    for (Catalog.Op op : Catalog.operations()) {
      all.add(
          new Golden(
              op.type(),
              GOLDEN.resolve(op.room()).resolve("requests").resolve(op.type() + ".json"),
              op.record(),
              json -> Wire.bind(op, json)));
    }
    Catalog.frames()
        .forEach((type, record) -> {
          String room = record.getPackageName().replaceFirst(".*\\.", "");
          all.add(
              new Golden(
                  type,
                  GOLDEN.resolve(room).resolve("frames").resolve(type + ".json"),
                  record,
                  json -> Wire.received(json).orElseThrow().frame()));
        });
    return all;
  }

  @TestFactory
  Stream<DynamicTest> what_we_write_is_what_the_file_says() {
    return each(golden -> {
      if (Seeds.update()) {
        Files.createDirectories(golden.file.getParent());
        Files.writeString(golden.file, print(withType(golden, Samples.full(golden.record))));
      }
      ObjectNode json = json(golden);
      assertThat(print(written(golden.read(json)))).isEqualTo(Files.readString(golden.file));
      assertThat(json.propertyNames().stream().skip(1).toList())
          .isEqualTo(Field.of(golden.record).stream().map(Field::name).toList());
    });
  }

  @TestFactory
  Stream<DynamicTest> fields_of_a_later_version_are_ignored() {
    return each(golden -> {
      ObjectNode json = json(golden);
      Object known = golden.read(json);
      addUnknown(json, golden.record);
      assertThat(json.toString()).contains("fromTheFuture");
      assertThat(golden.read(json)).isEqualTo(known);
    });
  }

  @TestFactory
  Stream<DynamicTest> each_optional_field_may_be_missing_or_null_and_each_other_may_not() {
    return each(golden -> eachField(golden.record, List.of(), path -> dropped(golden, path)));
  }

  @TestFactory
  Stream<DynamicTest> secrets_do_not_print() {
    return each(golden -> {
      ObjectNode json = json(golden);
      String printed = golden.read(json).toString();
      for (String secret :
          List.of(
              "resumeToken",
              "http_token",
              "hookToken",
              "hook_token",
              "mesh_root_key",
              "invite_token",
              "creation_token",
              "password",
              "current",
              "device_code",
              "session_token",
              "token")) {
        if (json.findValue(secret) != null && json.findValue(secret).isString()) {
          assertThat(printed).doesNotContain(json.findValue(secret).stringValue());
        }
      }
    });
  }

  @Test
  void every_file_belongs_to_a_record_so_that_a_renamed_type_is_noticed() throws IOException {
    Set<Path> expected = new TreeSet<>(all().stream().map(Golden::file).toList());
    try (Stream<Path> files = Files.walk(GOLDEN)) {
      assertThat(files.filter(Files::isRegularFile)).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  /// A field, by the names that lead to it; entries of lists and tables are stepped into.
  private interface FieldCheck {
    void check(List<Field> path);
  }

  private static void eachField(Class<?> record, List<Field> above, FieldCheck check) {
    for (Field field : Field.of(record)) {
      List<Field> path = Stream.concat(above.stream(), Stream.of(field)).toList();
      check.check(path);
      if (recordIn(field.shape()) != null) {
        eachField(recordIn(field.shape()), path, check);
      }
    }
  }

  private static Class<?> recordIn(Shape shape) {
    return switch (shape) {
      case Shape.Nested nested -> nested.record();
      case Shape.Listing listing -> recordIn(listing.entry());
      case Shape.Table table -> recordIn(table.entry());
      case Shape simple -> null;
    };
  }

  private static void dropped(Golden golden, List<Field> path) {
    Field field = path.getLast();
    ObjectNode without = json(golden);
    ObjectNode parent = parent(without, path);
    parent.remove(field.name());
    ObjectNode nulled = json(golden);
    parent(nulled, path).putNull(field.name());
    if (field.required()) {
      boolean anything = field.shape() instanceof Shape.Anything; // null is a value then
      for (ObjectNode json : anything ? List.of(without) : List.of(without, nulled)) {
        assertThatThrownBy(() -> golden.read(json))
            .isInstanceOfSatisfying(
                Problem.class,
                problem -> assertThat(problem.code()).isEqualTo(ProblemCode.INVALID_REQUEST))
            .hasMessageContaining(field.name() + "\" is required");
      }
      return;
    }
    Object read = golden.read(without);
    assertThat(golden.read(nulled)).as("null for %s", field.name()).isEqualTo(read);
    JsonNode left = parent(written(read), path).get(field.name());
    assertThat(left == null || left.isNull())
        .as("%s is not written, or as null", field.name())
        .isTrue();
  }

  private static ObjectNode parent(ObjectNode root, List<Field> path) {
    JsonNode at = root;
    for (Field step : path.subList(0, path.size() - 1)) {
      at = at.get(step.name());
      while (at instanceof ArrayNode) {
        at = at.get(0);
      }
      if (step.shape() instanceof Shape.Table) {
        at = at.iterator().next();
      }
    }
    return (ObjectNode) at;
  }

  private static void addUnknown(ObjectNode json, Class<?> record) {
    json.putObject("fromTheFuture").put("a", 1);
    for (Field field : Field.of(record)) {
      Class<?> inside = recordIn(field.shape());
      if (inside != null) {
        addUnknown(parent(json, List.of(field, field)), inside);
      }
    }
  }

  private static ObjectNode withType(Golden golden, ObjectNode fields) {
    ObjectNode json = Wire.mapper().createObjectNode().put("type", golden.type);
    json.setAll(fields);
    return json;
  }

  private static ObjectNode written(Object read) {
    return switch (read) {
      case Request<?> request -> Wire.tree(request, java.util.Optional.empty());
      case Outbound frame -> Wire.tree(frame, java.util.Optional.empty());
      case Object other -> throw new IllegalStateException(other + " is not of the wire");
    };
  }

  private static ObjectNode json(Golden golden) {
    try {
      return Wire.parse(Files.readAllBytes(golden.file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String print(ObjectNode json) {
    DefaultIndenter unix = new DefaultIndenter("  ", "\n");
    Separators separators =
        Separators.createDefaultInstance().withObjectNameValueSpacing(Separators.Spacing.AFTER);
    return Wire.mapper()
            .writer()
            .with(SerializationFeature.INDENT_OUTPUT)
            .with(
                new DefaultPrettyPrinter(separators)
                    .withObjectIndenter(unix)
                    .withArrayIndenter(unix))
            .writeValueAsString(json)
        + "\n";
  }

  private interface GoldenCheck {
    void check(Golden golden) throws IOException;
  }

  private static Stream<DynamicTest> each(GoldenCheck check) {
    return all().stream()
        .map(golden ->
            DynamicTest.dynamicTest(
                GOLDEN.relativize(golden.file).toString(), () -> check.check(golden)));
  }
}
