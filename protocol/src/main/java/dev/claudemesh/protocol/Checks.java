package dev.claudemesh.protocol;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;

/// The one generic check of a decoded record: required but absent, over a limit, not of the right
/// form. Names the field.
final class Checks {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_.:-]{1,128}");
  private static final Pattern HEX = Pattern.compile("[0-9a-f]*");
  private static final int DEFAULT_ENTRY = 1_000;

  private Checks() {}

  static void check(String what, Record record) {
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      check(what, component.getName(), component, value(record, component));
    }
  }

  private static void check(String what, String name, RecordComponent component, Object value) {
    if (value instanceof Optional<?> optional) {
      optional.ifPresent(present -> check(what, name, component, present));
      return;
    }
    if (value == null) {
      throw invalid(what, wireName(component), "is required");
    }
    Size size = component.getAnnotation(Size.class);
    if (size != null) {
      checkSize(what, wireName(component), size, value);
    }
    Range range = component.getAnnotation(Range.class);
    if (range != null
        && value instanceof Number number
        && (number.longValue() < range.min() || number.longValue() > range.max())) {
      throw invalid(
          what, wireName(component), "must be from " + range.min() + " to " + range.max());
    }
    Hex hex = component.getAnnotation(Hex.class);
    if (hex != null
        && value instanceof String text
        && (text.length() != 2 * hex.value() || !HEX.matcher(text).matches())) {
      throw invalid(
          what, wireName(component), "must be " + 2 * hex.value() + " lower-case hex characters");
    }
    if (component.isAnnotationPresent(Id.class)
        && value instanceof String text
        && !ID.matcher(text).matches()) {
      throw invalid(
          what, wireName(component), "must be 1 to 128 characters of A-Z a-z 0-9 _ . : -");
    }
    checkInside(what, wireName(component), value);
  }

  private static void checkInside(String what, String name, Object value) {
    switch (value) {
      case Record nested -> check(what + "." + name, nested);
      case Collection<?> entries ->
          entries.forEach(entry -> checkInside(what, name, required(what, name, entry)));
      case Map<?, ?> map ->
          map.values().forEach(entry -> checkInside(what, name, required(what, name, entry)));
      case String text -> {
        if (text.indexOf('\0') >= 0) {
          throw invalid(what, name, "must not contain the character NUL");
        }
      }
      case Object other -> {}
    }
  }

  private static Object required(String what, String name, Object entry) {
    if (entry == null) {
      throw invalid(what, name, "must not contain null");
    }
    return entry;
  }

  private static void checkSize(String what, String name, Size size, Object value) {
    int actual =
        switch (value) {
          case String text -> text.length();
          case Collection<?> entries -> entries.size();
          case Map<?, ?> map -> map.size();
          case Object other -> size.min();
        };
    String unit = value instanceof String ? " characters" : " entries";
    if (actual < size.min()) {
      throw invalid(what, name, "needs at least " + size.min() + unit);
    }
    if (actual > size.value()) {
      throw invalid(what, name, "has " + actual + unit + "; the limit is " + size.value());
    }
    if (value instanceof Collection<?> entries) {
      int each = size.each() == 0 ? DEFAULT_ENTRY : size.each();
      for (Object entry : entries) {
        if (entry instanceof String text && text.length() > each) {
          throw invalid(
              what, name, "has an entry of " + text.length() + " characters; the limit is " + each);
        }
      }
    }
  }

  static Problem explain(String what, DatabindException e) {
    String field =
        e.getPath().stream()
            .map(JacksonException.Reference::getPropertyName)
            .filter(name -> name != null)
            .collect(Collectors.joining("."));
    String expected =
        switch (e) {
          case InvalidFormatException format when format.getTargetType().isEnum() ->
              "must be one of " + wireNames(format.getTargetType());
          case MismatchedInputException mismatch when mismatch.getTargetType() != null ->
              "must be " + article(mismatch.getTargetType());
          case DatabindException other -> "cannot be read";
        };
    return field.isEmpty()
        ? new Problem(ProblemCode.INVALID_REQUEST, what + ": the value " + expected)
        : invalid(what, field, expected);
  }

  private static String wireNames(Class<?> type) {
    return Stream.of(type.getEnumConstants())
        .map(constant -> Wire.mapper().valueToTree(constant).asString())
        .collect(Collectors.joining(", "));
  }

  private static String article(Class<?> type) {
    if (type.isEnum()) {
      return "one of " + wireNames(type);
    }
    if (type == String.class) {
      return "a text";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type == double.class || type == Double.class) {
      return "a number";
    }
    if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
      return "a whole number";
    }
    return Collection.class.isAssignableFrom(type) ? "a list" : "an object";
  }

  private static Problem invalid(String what, String field, String expected) {
    return new Problem(
        ProblemCode.INVALID_REQUEST, what + ": \"" + Wire.abbreviated(field) + "\" " + expected);
  }

  private static String wireName(RecordComponent component) {
    com.fasterxml.jackson.annotation.JsonProperty property =
        component.getAccessor().getAnnotation(com.fasterxml.jackson.annotation.JsonProperty.class);
    return property == null ? component.getName() : property.value();
  }

  private static Object value(Record record, RecordComponent component) {
    try {
      return component.getAccessor().invoke(record);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("Cannot read " + component, e);
    }
  }
}
