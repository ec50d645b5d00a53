package dev.claudemesh.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The JSON schema (draft 2020-12) of an operation's fields, made from the record and the
/// annotations that {@link Wire} checks it by.
///
/// Only what MCP clients understand everywhere: an object at the root, no `anyOf`, no references.
public final class InputSchema {
  private InputSchema() {}

  /// The schema of an operation. The caller may change what it gets.
  public static ObjectNode of(Catalog.Op op) {
    return object(op.record());
  }

  private static ObjectNode object(Class<?> record) {
    ObjectNode schema = Wire.mapper().createObjectNode().put("type", "object");
    schema.put("additionalProperties", false);
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = Wire.mapper().createArrayNode();
    for (RecordComponent component : record.getRecordComponents()) {
      String name = wireName(component);
      ObjectNode property = typed(unwrapped(component.getGenericType()), component);
      Optional.ofNullable(component.getAnnotation(Doc.class))
          .ifPresent(doc -> property.put("description", doc.value()));
      properties.set(name, property);
      if (component.getType() != Optional.class) {
        required.add(name);
      }
    }
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
    return schema;
  }

  private static ObjectNode typed(Type type, RecordComponent component) {
    ObjectNode schema = Wire.mapper().createObjectNode();
    Class<?> raw = raw(type);
    if (raw == String.class) {
      schema.put("type", "string");
      bound(component, schema, "minLength", "maxLength");
    } else if (raw.isEnum()) {
      schema.put("type", "string");
      ArrayNode words = schema.putArray("enum");
      for (Object constant : raw.getEnumConstants()) {
        words.add(Wire.mapper().valueToTree(constant).asString());
      }
    } else if (raw == boolean.class || raw == Boolean.class) {
      schema.put("type", "boolean");
    } else if (raw == double.class || raw == Double.class) {
      schema.put("type", "number");
    } else if (raw.isPrimitive() || Number.class.isAssignableFrom(raw)) {
      schema.put("type", "integer");
      Optional.ofNullable(component.getAnnotation(Range.class))
          .ifPresent(range -> schema.put("minimum", range.min()).put("maximum", range.max()));
    } else if (Collection.class.isAssignableFrom(raw)) {
      schema.put("type", "array");
      bound(component, schema, "minItems", "maxItems");
      schema.set("items", entry(type, 0));
    } else if (Map.class.isAssignableFrom(raw)) {
      schema.put("type", "object");
      bound(component, schema, "minProperties", "maxProperties");
      schema.set("additionalProperties", entry(type, 1));
    } else if (raw.isRecord()) {
      return object(raw);
    } else if (!JsonNode.class.isAssignableFrom(raw)) {
      throw new IllegalArgumentException("No schema for " + type + " of " + component);
    }
    return schema;
  }

  /// What a list or a map holds. Bounds of the whole do not bound the entries.
  private static ObjectNode entry(Type container, int argument) {
    Type entry = unwrapped(((ParameterizedType) container).getActualTypeArguments()[argument]);
    Class<?> raw = raw(entry);
    if (raw.isRecord()) {
      return object(raw);
    }
    ObjectNode schema = Wire.mapper().createObjectNode();
    if (Collection.class.isAssignableFrom(raw)) {
      schema.put("type", "array").set("items", entry(entry, 0));
    } else if (raw == Boolean.class) {
      schema.put("type", "boolean");
    } else if (Number.class.isAssignableFrom(raw)) {
      schema.put("type", "integer");
    } else {
      schema.put("type", "string");
    }
    return schema;
  }

  private static void bound(
      RecordComponent component, ObjectNode schema, String least, String most) {
    Size size = component.getAnnotation(Size.class);
    if (size != null) {
      if (size.min() > 0) {
        schema.put(least, size.min());
      }
      schema.put(most, size.value());
    }
  }

  private static Type unwrapped(Type type) {
    return type instanceof ParameterizedType parameterized && raw(type) == Optional.class
        ? parameterized.getActualTypeArguments()[0]
        : type;
  }

  private static Class<?> raw(Type type) {
    return type instanceof ParameterizedType parameterized
        ? (Class<?>) parameterized.getRawType()
        : (Class<?>) type;
  }

  private static String wireName(RecordComponent component) {
    JsonProperty property = component.getAccessor().getAnnotation(JsonProperty.class);
    return property == null ? component.getName() : property.value();
  }
}
