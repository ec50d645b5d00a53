package dev.claudemesh.protocol;

import dev.claudemesh.protocol.sql.SqlReply;
import dev.claudemesh.protocol.sql.SqlSheet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/// A reply as it is shown: facts by name and, where it holds a list of things, rows under headings.
/// What is absent or empty, what no row has, and what is an {@link Aside}, is left out.
///
/// Texts are as they came: whoever shows them makes them harmless for the place.
///
/// @param listing name of the field that holds the things; empty if there is none
public record Sheet(
    Map<String, Cell> facts,
    Optional<String> listing,
    List<String> headings,
    List<List<Cell>> rows) {

  private static final Pattern ID = Pattern.compile("[0-9a-f]{64}|[0-9A-Za-z]{32}");

  /// One value.
  ///
  /// @param moment the value, if it is a moment
  /// @param id whether it is an id or a key, of which the beginning says enough
  public record Cell(String text, Optional<Instant> moment, boolean id) {
    private static final Cell NONE = new Cell("", Optional.empty(), false);

    public boolean isEmpty() {
      return text.isEmpty();
    }
  }

  public static Sheet of(Reply reply) {
    return switch (reply) {
      case SqlReply.Result result -> SqlSheet.of(result);
      case SqlReply.SchemaResult schema -> SqlSheet.of(schema);
      case Reply other -> ofFields(other.shown());
    };
  }

  private static Sheet ofFields(Reply reply) {
    JsonNode values = Wire.mapper().valueToTree(reply);
    Map<String, Cell> facts = new LinkedHashMap<>();
    Optional<Field> listing =
        Field.of(reply.getClass()).stream().filter(field -> isThings(field.shape())).findFirst();
    for (Field field : Field.of(reply.getClass())) {
      boolean hidden = field.isAside() || listing.filter(field::equals).isPresent();
      Cell cell = hidden ? Cell.NONE : cell(field, values);
      if (!cell.isEmpty()) {
        facts.put(field.name(), cell);
      }
    }
    if (listing.isEmpty()) {
      return new Sheet(facts, Optional.empty(), List.of(), List.of());
    }
    List<Field> columns = columns(listing.get());
    List<List<Cell>> rows = new ArrayList<>();
    for (JsonNode entry : values.path(listing.get().name())) {
      rows.add(columns.stream().map(column -> cell(column, entry)).toList());
    }
    List<Integer> used =
        IntStream.range(0, columns.size())
            .filter(i -> rows.stream().anyMatch(row -> !row.get(i).isEmpty()))
            .boxed()
            .toList();
    return new Sheet(
        facts,
        listing.map(Field::name),
        used.stream().map(i -> columns.get(i).name()).toList(),
        rows.stream().map(row -> used.stream().map(row::get).toList()).toList());
  }

  private static boolean isThings(Shape shape) {
    return shape instanceof Shape.Listing listing && listing.entry() instanceof Shape.Nested;
  }

  private static List<Field> columns(Field listing) {
    return ((Shape.Nested) ((Shape.Listing) listing.shape()).entry())
        .fields().stream().filter(field -> !field.isAside()).toList();
  }

  private static Cell cell(Field field, JsonNode object) {
    JsonNode value = object.path(field.name());
    if (value.isMissingNode() || value.isNull()) {
      return Cell.NONE;
    }
    String text = text(field.shape(), value);
    Optional<Instant> moment =
        field.shape() instanceof Shape.Moment ? Optional.of(Instant.parse(text)) : Optional.empty();
    return new Cell(text, moment, ID.matcher(text).matches());
  }

  private static String text(Shape shape, JsonNode value) {
    return switch (shape) {
      case Shape.Text _,
          Shape.Whole _,
          Shape.Decimal _,
          Shape.Flag _,
          Shape.Moment _,
          Shape.Choice _ ->
          value.asString();
      case Shape.Listing listing ->
          value.valueStream().map(entry -> text(listing.entry(), entry)).collect(joining());
      case Shape.Table table ->
          value
              .propertyStream()
              .map(entry -> entry.getKey() + ": " + text(table.entry(), entry.getValue()))
              .collect(joining());
      case Shape.Nested _, Shape.Anything _ ->
          value.isString() ? value.asString() : value.toString();
    };
  }

  private static Collector<CharSequence, ?, String> joining() {
    return Collectors.joining(", ");
  }
}
