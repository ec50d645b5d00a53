package dev.claudemesh.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.lang.annotation.Annotation;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// One field of a wire record: its name, what it may hold, and what it means.
///
/// @param name as it stands on the wire
/// @param required whether it must be there and not `null`
public record Field(String name, Shape shape, boolean required, RecordComponent component) {
  /// Characters of the longest text that is not the body of something.
  private static final int LINE = 1_000;

  private static final Pattern CAPITAL = Pattern.compile("(?<=[a-z0-9])[A-Z]");

  private static final ClassValue<List<Field>> READ =
      new ClassValue<>() {
        @Override
        protected List<Field> computeValue(Class<?> record) {
          return Stream.of(record.getRecordComponents()).map(Field::read).toList();
        }
      };

  /// The fields of a record, as declared. Read once a class.
  public static List<Field> of(Class<?> record) {
    return READ.get(record);
  }

  /// Its name as a tool's parameter: as it is {@link Called}, else the wire name in snake case.
  public String toolName() {
    return annotation(Called.class)
        .map(Called::value)
        .orElseGet(() -> CAPITAL.matcher(name).replaceAll("_$0").toLowerCase(Locale.ROOT));
  }

  /// What it means, in one line.
  public Optional<String> doc() {
    return annotation(Doc.class).map(Doc::value);
  }

  public Optional<Size> size() {
    return annotation(Size.class);
  }

  public Optional<Range> range() {
    return annotation(Range.class);
  }

  /// How many bytes of hex it holds, if it does.
  public OptionalInt hexBytes() {
    return annotation(Hex.class)
        .map(hex -> OptionalInt.of(hex.value()))
        .orElse(OptionalInt.empty());
  }

  /// Whether the audit tells it.
  public boolean audited() {
    return annotation(Audited.class).map(Audited::value).orElse(!body());
  }

  private boolean body() {
    return switch (shape) {
      case Shape.Text _ -> size().filter(size -> size.value() > LINE).isPresent();
      case Shape.Anything _ -> true;
      case Shape other -> false;
    };
  }

  public boolean isId() {
    return component.isAnnotationPresent(Id.class);
  }

  /// Whether it is for programs only.
  public boolean isAside() {
    return component.isAnnotationPresent(Aside.class);
  }

  private <A extends Annotation> Optional<A> annotation(Class<A> type) {
    return Optional.ofNullable(component.getAnnotation(type));
  }

  /// What a record's component is called on the wire.
  static String nameOf(RecordComponent component) {
    JsonProperty property = component.getAccessor().getAnnotation(JsonProperty.class);
    return property == null || property.value().isEmpty() ? component.getName() : property.value();
  }

  private static Field read(RecordComponent component) {
    return new Field(
        nameOf(component),
        Shape.of(component.getGenericType()),
        !Shape.isOptional(component.getGenericType()),
        component);
  }
}
