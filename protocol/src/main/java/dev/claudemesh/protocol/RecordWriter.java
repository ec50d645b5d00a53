package dev.claudemesh.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;

/// Writes a record as an object of its components, in their order. Thread-safe.
final class RecordWriter extends ValueSerializer<Object> {
  private final List<Part> parts;

  /// @param always whether what is absent is written, as `null`
  private record Part(String name, Method accessor, boolean always) {
    static Part of(RecordComponent component) {
      Method accessor = component.getAccessor();
      accessor.setAccessible(true);
      JsonInclude include = accessor.getAnnotation(JsonInclude.class);
      return new Part(
          Field.nameOf(component),
          accessor,
          include != null && include.value() == JsonInclude.Include.ALWAYS);
    }

    Object of(Object record) {
      try {
        Object value = accessor.invoke(record);
        return value instanceof Optional<?> optional ? optional.orElse(null) : value;
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalStateException(accessor + " cannot be read", e);
      }
    }
  }

  RecordWriter(Class<?> record) {
    this.parts = Stream.of(record.getRecordComponents()).map(Part::of).toList();
  }

  @Override
  public void serialize(Object record, JsonGenerator generator, SerializationContext context) {
    generator.writeStartObject(record);
    fields(record, generator, context);
    generator.writeEndObject();
  }

  /// The components alone, for one who began the object with fields of its own.
  void fields(Object record, JsonGenerator generator, SerializationContext context) {
    for (Part part : parts) {
      Object value = part.of(record);
      if (value != null) {
        generator.writeName(part.name());
        write(value, generator, context);
      } else if (part.always()) {
        generator.writeNullProperty(part.name());
      }
    }
  }

  /// The kinds that records are made of by hand, whatever else by the mapper. Not a switch: one
  /// over types takes longer to be ready than a command has.
  private static void write(Object value, JsonGenerator generator, SerializationContext context) {
    if (value instanceof String text) {
      generator.writeString(text);
    } else if (value instanceof Integer number) {
      generator.writeNumber(number);
    } else if (value instanceof Long number) {
      generator.writeNumber(number);
    } else if (value instanceof Boolean flag) {
      generator.writeBoolean(flag);
    } else if (value instanceof Enum<?> constant) {
      generator.writeString(EnumNames.of(constant.getDeclaringClass()).name(constant));
    } else if (value instanceof List<?> list) {
      generator.writeStartArray(list, list.size());
      for (Object entry : list) {
        if (entry == null) {
          generator.writeNull();
        } else {
          write(entry, generator, context);
        }
      }
      generator.writeEndArray();
    } else {
      context.findTypedValueSerializer(value.getClass(), true).serialize(value, generator, context);
    }
  }
}
