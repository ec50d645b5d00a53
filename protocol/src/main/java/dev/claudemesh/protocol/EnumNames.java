package dev.claudemesh.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the constants of an enum are called on the wire: by their `@JsonProperty`, else as they
/// print.
final class EnumNames {
  private static final ClassValue<EnumNames> READ =
      new ClassValue<>() {
        @Override
        protected EnumNames computeValue(Class<?> type) {
          return new EnumNames(type);
        }
      };

  private final Map<String, Enum<?>> byName = new LinkedHashMap<>();
  private final Map<Enum<?>, String> names = new LinkedHashMap<>();

  private EnumNames(Class<?> type) {
    for (Object constant : type.getEnumConstants()) {
      Enum<?> one = (Enum<?>) constant;
      byName.put(nameOf(one), one);
      names.put(one, nameOf(one));
    }
  }

  static EnumNames of(Class<?> type) {
    return READ.get(type);
  }

  Optional<Enum<?>> constant(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  String name(Enum<?> constant) {
    return names.get(constant);
  }

  /// All of them, as declared.
  Set<String> all() {
    return Collections.unmodifiableSet(byName.keySet());
  }

  private static String nameOf(Enum<?> constant) {
    try {
      JsonProperty property =
          constant.getDeclaringClass().getField(constant.name()).getAnnotation(JsonProperty.class);
      return property == null || property.value().isEmpty()
          ? constant.toString()
          : property.value();
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException("Every constant is a field", e);
    }
  }
}
