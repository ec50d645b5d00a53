package dev.claudemesh.protocol;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;

/// Reads a record from an object: each component by its name, whatever else is there passed over.
/// What is missing or `null` is an empty `Optional`, or whatever its type has for that.
/// Thread-safe.
final class RecordReader extends ValueDeserializer<Object> {
  private final Constructor<?> constructor;
  private final Part[] parts;
  private final Map<String, Part> byName = new HashMap<>();

  RecordReader(Class<?> record) {
    RecordComponent[] components = record.getRecordComponents();
    try {
      constructor =
          record.getDeclaredConstructor(
              Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("Every record has a canonical constructor", e);
    }
    constructor.setAccessible(true);
    parts = new Part[components.length];
    for (int i = 0; i < components.length; i++) {
      parts[i] = new Part(i, components[i]);
      byName.put(Field.nameOf(components[i]), parts[i]);
    }
  }

  @Override
  public Object deserialize(JsonParser parser, DeserializationContext context) {
    if (!parser.isExpectedStartObjectToken()) {
      return context.handleUnexpectedToken(constructor.getDeclaringClass(), parser);
    }
    Object[] values = new Object[parts.length];
    boolean[] given = new boolean[parts.length];
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      JsonToken token = parser.nextToken();
      Part part = byName.get(name);
      if (part == null) {
        parser.skipChildren();
        continue;
      }
      try {
        values[part.index] = part.value(token, parser, context);
      } catch (JacksonException e) {
        throw e.prependPath(constructor.getDeclaringClass(), name);
      }
      given[part.index] = true;
    }
    for (Part part : parts) {
      if (!given[part.index]) {
        values[part.index] = part.absent(context);
      }
    }
    return made(values, context);
  }

  private Object made(Object[] values, DeserializationContext context) {
    try {
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      return context.handleInstantiationProblem(
          constructor.getDeclaringClass(), null, e.getCause());
    } catch (InstantiationException | IllegalAccessException e) {
      throw new IllegalStateException(constructor + " cannot be called", e);
    }
  }

  /// One component. How its values are read is looked up when the first one comes: most frames
  /// carry few of the components that they could.
  private static final class Part {
    private final int index;
    private final Type type;
    private final boolean optional;
    private volatile ValueDeserializer<Object> reader;

    Part(int index, RecordComponent component) {
      Type declared = component.getGenericType();
      this.index = index;
      this.optional = Shape.isOptional(declared);
      this.type = optional ? ((ParameterizedType) declared).getActualTypeArguments()[0] : declared;
    }

    Object value(JsonToken token, JsonParser parser, DeserializationContext context) {
      if (token == JsonToken.VALUE_NULL) {
        return optional ? Optional.empty() : reader(context).getNullValue(context);
      }
      Object value = plain(token, parser);
      if (value == null) {
        value = reader(context).deserialize(parser, context);
      }
      return optional ? Optional.ofNullable(value) : value;
    }

    /// A value of a simple kind that is what it should be. All others, and all that are not, are
    /// for the mapper: it takes long to be asked for the first time.
    private Object plain(JsonToken token, JsonParser parser) {
      if (token == JsonToken.VALUE_STRING && type == String.class) {
        return parser.getString();
      }
      if (token == JsonToken.VALUE_STRING && type instanceof Class<?> simple && simple.isEnum()) {
        return EnumNames.of(simple).constant(parser.getString()).orElse(null);
      }
      if (token == JsonToken.VALUE_NUMBER_INT && type == int.class) {
        return parser.getIntValue();
      }
      if (token == JsonToken.VALUE_NUMBER_INT && type == long.class) {
        return parser.getLongValue();
      }
      if (token == JsonToken.VALUE_TRUE && type == boolean.class) {
        return true;
      }
      return token == JsonToken.VALUE_FALSE && type == boolean.class ? false : null;
    }

    Object absent(DeserializationContext context) {
      return optional ? Optional.empty() : reader(context).getAbsentValue(context);
    }

    private ValueDeserializer<Object> reader(DeserializationContext context) {
      ValueDeserializer<Object> found = reader;
      if (found == null) {
        // as for a value by itself: with the name of its kind, where it is of a family with names
        found = context.findRootValueDeserializer(context.getTypeFactory().constructType(type));
        reader = found;
      }
      return found;
    }
  }
}
