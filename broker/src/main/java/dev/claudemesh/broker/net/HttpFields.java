package dev.claudemesh.broker.net;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.protocol.Catalog;
import dev.claudemesh.protocol.Wire;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A call's fields: its body, then what the query says, then what the path says, which wins.
///
/// A path and a query hold texts only; a text that should be a number or a truth value becomes one
/// if it looks like one, and otherwise stays what it is, so that the generic check names the field.
final class HttpFields {
  private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,18}");
  private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,18}(\\.[0-9]{1,18})?");

  private HttpFields() {}

  /// @throws dev.claudemesh.protocol.Problem `malformed` if there is a body and it is no JSON
  ///   object
  static ObjectNode of(
      Catalog.Op op, byte[] body, Map<String, List<String>> query, Map<String, String> path) {
    ObjectNode fields = body.length == 0 ? Wire.mapper().createObjectNode() : Wire.parse(body);
    for (RecordComponent component : op.fields()) {
      String name = wireName(component);
      Type type = component.getGenericType();
      Optional.ofNullable(query.get(name))
          .filter(values -> !values.isEmpty())
          .ifPresent(values -> fields.set(name, node(values, type)));
      Optional.ofNullable(path.get(name))
          .ifPresent(value -> fields.set(name, node(List.of(value), type)));
    }
    return fields;
  }

  private static String wireName(RecordComponent component) {
    JsonProperty property = component.getAccessor().getAnnotation(JsonProperty.class);
    return property == null ? component.getName() : property.value();
  }

  private static JsonNode node(List<String> values, Type type) {
    if (type instanceof ParameterizedType wrapped && wrapped.getRawType() == Optional.class) {
      return node(values, wrapped.getActualTypeArguments()[0]);
    }
    if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
      ArrayNode array = Wire.mapper().createArrayNode();
      values.forEach(value -> array.add(node(List.of(value), list.getActualTypeArguments()[0])));
      return array;
    }
    return scalar(values.getLast(), type);
  }

  private static JsonNode scalar(String value, Type type) {
    var nodes = Wire.mapper().getNodeFactory();
    if ((type == int.class || type == Integer.class || type == long.class || type == Long.class)
        && WHOLE.matcher(value).matches()) {
      return nodes.numberNode(Long.parseLong(value));
    }
    if ((type == double.class || type == Double.class) && DECIMAL.matcher(value).matches()) {
      return nodes.numberNode(Double.parseDouble(value));
    }
    if ((type == boolean.class || type == Boolean.class)
        && (value.equals("true") || value.equals("false"))) {
      return nodes.booleanNode(value.equals("true"));
    }
    return nodes.stringNode(value);
  }
}
