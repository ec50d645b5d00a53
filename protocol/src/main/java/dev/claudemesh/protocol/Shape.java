package dev.claudemesh.protocol;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What a value is on the wire. Read from a record component's Java type; checks, JSON schemas and
/// reference pages are made from it.
public sealed interface Shape {
  /// A text.
  record Text() implements Shape {}

  /// A number without a fraction, both ends included.
  record Whole(long min, long max) implements Shape {}

  /// Any number.
  record Decimal() implements Shape {}

  /// `true` or `false`.
  record Flag() implements Shape {}

  /// A moment as ISO 8601 in UTC with milliseconds.
  record Moment() implements Shape {}

  /// One of a few texts.
  record Choice(List<String> values) implements Shape {}

  /// A JSON array.
  record Listing(Shape entry) implements Shape {}

  /// A JSON object with keys of the sender's choice.
  ///
  /// @param nullable whether `null` is a value with a meaning
  record Table(Shape entry, boolean nullable) implements Shape {}

  /// A JSON object with the fields of a record.
  record Nested(Class<?> record) implements Shape {
    public List<Field> fields() {
      return Field.of(record);
    }
  }

  /// Any JSON value.
  record Anything() implements Shape {}

  /// The shape of a component's type; an `Optional` has the shape of what it holds.
  static Shape of(Type type) {
    if (type instanceof Class<?> simple) {
      return ofClass(simple);
    }
    return type instanceof ParameterizedType generic ? ofGeneric(generic) : new Anything();
  }

  /// Whether the type is an `Optional`.
  static boolean isOptional(Type type) {
    return type instanceof ParameterizedType generic && generic.getRawType() == Optional.class;
  }

  /// In words, as reference pages print it.
  default String inWords() {
    return switch (this) {
      case Text text -> "text";
      case Whole whole -> "whole number";
      case Decimal decimal -> "number";
      case Flag flag -> "true or false";
      case Moment moment -> "moment";
      case Choice choice -> String.join(", ", choice.values());
      case Listing listing -> "list of " + listing.entry().inWords();
      case Table table -> "object of " + table.entry().inWords();
      case Nested nested -> nested.record().getSimpleName();
      case Anything anything -> "any value";
    };
  }

  private static Shape ofClass(Class<?> type) {
    if (type == String.class) {
      return new Text();
    }
    if (type == int.class || type == Integer.class) {
      return new Whole(Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    if (type == long.class || type == Long.class) {
      return new Whole(Long.MIN_VALUE, Long.MAX_VALUE);
    }
    if (type == double.class || type == Double.class) {
      return new Decimal();
    }
    if (type == boolean.class || type == Boolean.class) {
      return new Flag();
    }
    if (type == Instant.class) {
      return new Moment();
    }
    if (type.isEnum()) {
      return new Choice(List.copyOf(EnumNames.of(type).all()));
    }
    return type.isRecord() && !JsonNode.class.isAssignableFrom(type)
        ? new Nested(type)
        : new Anything();
  }

  private static Shape ofGeneric(ParameterizedType type) {
    Type[] arguments = type.getActualTypeArguments();
    if (type.getRawType() == Optional.class) {
      return of(arguments[0]);
    }
    if (type.getRawType() == List.class) {
      return new Listing(of(arguments[0]));
    }
    if (type.getRawType() == Map.class) {
      return new Table(of(arguments[1]), isOptional(arguments[1]));
    }
    return new Anything();
  }
}
