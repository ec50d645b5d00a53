package dev.claudemesh.protocol;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.stream.Stream;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.deser.Deserializers;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.Serializers;

/// Has the mapper read and write records by their components instead of by what it finds out about
/// any class: a command that meets ten kinds of record spends a third of its time on that.
///
/// A component's name is its own or that of its `@JsonProperty`; nothing is written for an empty
/// `Optional` or a `null` unless it is `@JsonInclude(ALWAYS)`. A record of a `@JsonTypeInfo` family
/// is left to the mapper.
final class RecordModule extends SimpleModule {
  private static final long serialVersionUID = 1;

  RecordModule() {
    super("records");
  }

  @Override
  public void setupModule(SetupContext context) {
    context.addSerializers(
        new Serializers.Base() {
          @Override
          public ValueSerializer<?> findSerializer(
              SerializationConfig config,
              JavaType type,
              BeanDescription.Supplier description,
              JsonFormat.Value format) {
            return isPlain(type.getRawClass()) ? new RecordWriter(type.getRawClass()) : null;
          }
        });
    context.addDeserializers(
        new Deserializers.Base() {
          @Override
          public ValueDeserializer<?> findBeanDeserializer(
              JavaType type, DeserializationConfig config, BeanDescription.Supplier description) {
            return isPlain(type.getRawClass()) ? new RecordReader(type.getRawClass()) : null;
          }

          @Override
          public boolean hasDeserializerFor(DeserializationConfig config, Class<?> type) {
            return isPlain(type);
          }
        });
    super.setupModule(context); // last, so that what is registered by hand goes first
  }

  private static boolean isPlain(Class<?> type) {
    return type.isRecord()
        && Stream.of(type.getInterfaces())
            .noneMatch(family -> family.isAnnotationPresent(JsonTypeInfo.class));
  }
}
