package dev.claudemesh.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// What every operation, reply and event keeps to, so that the faces made from them can rely on it.
class CatalogTest {
  private static final Pattern SNAKE_CASE = Pattern.compile("[a-z][a-z0-9]*(_[a-z0-9]+)*");

  @TestFactory
  Stream<DynamicTest> every_field_of_a_request_says_what_it_means() {
    return requests((op, missing) ->
        walk(
            op.record(),
            op.type(),
            (path, field) -> {
              if (field.doc().filter(doc -> !doc.isBlank()).isEmpty()) {
                missing.add(path + " has no @Doc");
              }
            }));
  }

  @TestFactory
  Stream<DynamicTest> every_text_list_and_object_of_a_request_is_bounded() {
    return requests((op, missing) ->
        walk(
            op.record(),
            op.type(),
            (path, field) -> {
              if (!isBounded(field)) {
                missing.add(path + " needs @Size, @Hex or @Id");
              }
            }));
  }

  @Test
  void every_field_of_a_frame_says_what_it_means() {
    List<String> missing = new ArrayList<>();
    Catalog.frames()
        .forEach((type, record) ->
            walk(
                record,
                type,
                (path, field) -> {
                  if (field.doc().isEmpty()) {
                    missing.add(path + " has no @Doc");
                  }
                }));
    assertThat(missing).isEmpty();
  }

  @Test
  void names_are_snake_case_and_summaries_are_one_line_without_a_full_stop() {
    for (Catalog.Op op : Catalog.operations()) {
      assertThat(op.type()).matches(SNAKE_CASE);
      assertThat(op.operation().summary())
          .as(op.type())
          .isNotBlank()
          .doesNotContain("\n")
          .doesNotEndWith(".");
    }
    Catalog.frames()
        .forEach((type, record) -> {
          assertThat(type).matches(SNAKE_CASE);
          assertThat(record.getAnnotation(Frame.class).summary())
              .as(type)
              .isNotBlank()
              .doesNotContain("\n")
              .doesNotEndWith(".");
        });
  }

  @Test
  void an_operation_can_be_called_somewhere_and_no_two_share_a_route() {
    Set<String> routes = new LinkedHashSet<>();
    for (Catalog.Op op : Catalog.operations()) {
      assertThat(op.onSocket() || op.route().isPresent()).as(op.type()).isTrue();
      op.route()
          .ifPresent(route -> {
            String shape = route.method() + " " + route.path().replaceAll(":[A-Za-z]+", ":");
            assertThat(routes.add(shape))
                .as("%s is the only operation at %s", op.type(), shape)
                .isTrue();
            assertThat(route.method()).isIn("GET", "POST", "PATCH", "DELETE");
          });
    }
  }

  @Test
  void path_parameters_other_than_the_mesh_are_required_fields_that_fit_a_path() {
    for (Catalog.Op op : Catalog.operations()) {
      for (String segment : op.route().map(Catalog.Route::segments).orElse(List.of())) {
        if (segment.startsWith(":") && !segment.equals(":mesh")) {
          assertThat(Field.of(op.record()))
              .as("%s has a field for %s", op.type(), segment)
              .anySatisfy(field ->
                  assertThat(
                          field.name().equals(segment.substring(1))
                              && field.isId()
                              && field.required())
                      .isTrue());
        }
      }
    }
  }

  @Test
  void every_operation_is_answered_by_a_frame_of_the_catalogue() {
    for (Catalog.Op op : Catalog.operations()) {
      assertThat(Catalog.frames()).as(op.type()).containsValue(op.reply().asSubclass(Record.class));
      assertThat(Catalog.operation(op.record())).isSameAs(op);
      assertThat(Catalog.operation(op.type())).contains(op);
    }
  }

  @Test
  void quiet_operations_answer_what_no_client_of_the_first_protocol_takes_for_something_else() {
    for (Catalog.Op op : Catalog.operations()) {
      if (op.operation().quiet()) {
        assertThat(Catalog.frameType(op.reply()))
            .as(op.type())
            .isIn("ack", "state_stored", "stream_published");
      }
    }
  }

  @Test
  void tools_take_fields_in_names_a_model_can_write() {
    for (Catalog.Op op : Catalog.operations()) {
      if (op.operation().tool()) {
        assertThat(Field.of(op.record()))
            .as(op.type())
            .allSatisfy(field -> assertThat(field.toolName()).matches("[A-Za-z][A-Za-z0-9_]*"));
        assertThat(op.operation().summary().length()).as(op.type()).isLessThan(200);
      }
    }
  }

  @Test
  void field_names_are_unique_within_a_record() {
    for (Catalog.Op op : Catalog.operations()) {
      assertThat(Field.of(op.record()).stream().map(Field::name))
          .as(op.type())
          .doesNotHaveDuplicates();
    }
    Catalog.frames()
        .forEach((type, record) ->
            assertThat(Field.of(record).stream().map(Field::name))
                .as(type)
                .doesNotHaveDuplicates());
  }

  private static Stream<DynamicTest> requests(BiConsumer<Catalog.Op, List<String>> rule) {
    return Catalog.operations().stream()
        .map(op ->
            DynamicTest.dynamicTest(
                op.type(),
                () -> {
                  List<String> broken = new ArrayList<>();
                  rule.accept(op, broken);
                  assertThat(broken).isEmpty();
                }));
  }

  private static void walk(Class<?> record, String path, BiConsumer<String, Field> visit) {
    for (Field field : Field.of(record)) {
      visit.accept(path + "." + field.name(), field);
      walk(field.shape(), path + "." + field.name(), visit);
    }
  }

  private static void walk(Shape shape, String path, BiConsumer<String, Field> visit) {
    switch (shape) {
      case Shape.Nested nested -> walk(nested.record(), path, visit);
      case Shape.Listing listing -> walk(listing.entry(), path + "[]", visit);
      case Shape.Table table -> walk(table.entry(), path + "{}", visit);
      case Shape simple -> {}
    }
  }

  private static boolean isBounded(Field field) {
    return switch (field.shape()) {
      case Shape.Text text ->
          field.size().isPresent() || field.hexBytes().isPresent() || field.isId();
      case Shape.Listing list -> field.size().isPresent();
      case Shape.Table table -> field.size().isPresent();
      case Shape.Anything any -> field.size().isPresent();
      case Shape bounded -> true;
    };
  }
}
