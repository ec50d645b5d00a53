package dev.claudemesh.protocol;

import java.util.Locale;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The JSON schema of a request, from the same record and annotations that the broker checks it by.
/// In the part of draft 2020-12 that MCP clients take: an object at the root, no references, no
/// combinations of schemas.
public final class InputSchema {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private InputSchema() {}

  /// The schema of an operation's fields, by the names that {@link Faces#bind} takes. The caller
  /// may change it: each call makes a new one.
  public static ObjectNode of(Catalog.Op op) {
    return object(op.record(), Field::toolName);
  }

  private static ObjectNode object(Class<?> record, Function<Field, String> name) {
    ObjectNode schema = JSON.objectNode().put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = JSON.arrayNode();
    for (Field field : Field.of(record)) {
      properties.set(name.apply(field), field(field));
      if (field.required()) {
        required.add(name.apply(field));
      }
    }
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
    return schema.put("additionalProperties", false);
  }

  private static ObjectNode field(Field field) {
    ObjectNode schema = shape(field.shape());
    field.doc().ifPresent(doc -> schema.put("description", doc));
    field.size().ifPresent(size -> size(schema, field.shape(), size));
    field
        .range()
        .ifPresent(range -> schema.put("minimum", range.min()).put("maximum", range.max()));
    field
        .hexBytes()
        .ifPresent(bytes ->
            schema.put("pattern", String.format(Locale.ROOT, "^[0-9a-f]{%d}$", 2 * bytes)));
    if (field.isId()) {
      schema.put("pattern", "^[A-Za-z0-9_.:-]{1,128}$");
    }
    return schema;
  }

  private static ObjectNode shape(Shape shape) {
    ObjectNode schema = JSON.objectNode();
    switch (shape) {
      case Shape.Text text -> schema.put("type", "string");
      case Shape.Whole whole -> schema.put("type", "integer");
      case Shape.Decimal decimal -> schema.put("type", "number");
      case Shape.Flag flag -> schema.put("type", "boolean");
      case Shape.Moment moment -> schema.put("type", "string").put("format", "date-time");
      case Shape.Choice choice -> {
        ArrayNode values = schema.put("type", "string").putArray("enum");
        choice.values().forEach(values::add);
      }
      case Shape.Listing listing ->
          schema.put("type", "array").set("items", shape(listing.entry()));
      case Shape.Table table ->
          schema
              .put("type", "object")
              .set(
                  "additionalProperties",
                  table.nullable() ? orNull(shape(table.entry())) : shape(table.entry()));
      case Shape.Nested nested -> {
        return object(nested.record(), Field::name);
      }
      case Shape.Anything anything -> {}
    }
    return schema;
  }

  private static ObjectNode orNull(ObjectNode schema) {
    String type = schema.get("type").stringValue();
    schema.putArray("type").add(type).add("null");
    return schema;
  }

  private static void size(ObjectNode schema, Shape shape, Size size) {
    String what =
        switch (shape) {
          case Shape.Listing listing -> "Items";
          case Shape.Table table -> "Properties";
          case Shape other -> "Length";
        };
    if (size.min() > 0) {
      schema.put("min" + what, size.min());
    }
    schema.put("max" + what, size.value());
    if (size.each() > 0
        && shape instanceof Shape.Listing listing
        && listing.entry() instanceof Shape.Text) {
      ((ObjectNode) schema.get("items")).put("maxLength", size.each());
    }
  }
}
