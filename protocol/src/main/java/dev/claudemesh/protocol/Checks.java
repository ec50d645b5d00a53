package dev.claudemesh.protocol;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The one generic check of what came over the wire, made on the JSON before it becomes a record:
/// there, of the right kind, within its limits, and of characters that can be stored and sent on.
/// Names the first field that is not.
final class Checks {
  /// Ids, keys of tables and entries of lists are no longer than this unless a record says so.
  private static final int DEFAULT_ENTRY = 1_000;

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_.:-]{1,128}");
  private static final Pattern HEX = Pattern.compile("[0-9a-f]*");

  private final String what;
  private final boolean limits;

  private Checks(String what, boolean limits) {
    this.what = what;
    this.limits = limits;
  }

  /// Checks a request: kinds and limits.
  static void request(String what, JsonNode json, Class<?> record) {
    new Checks(what, true).fields("", json, record);
  }

  /// Checks what a broker sent or a file holds: kinds alone, since its writer knows its own limits.
  static void kinds(String what, JsonNode json, Class<?> record) {
    if (record.isRecord()) {
      new Checks(what, false).fields("", json, record);
    }
  }

  private void fields(String path, JsonNode json, Class<?> record) {
    if (!(json instanceof ObjectNode object)) {
      throw invalid(path, "must be an object");
    }
    for (Field field : Field.of(record)) {
      String name = path.isEmpty() ? field.name() : path + "." + field.name();
      JsonNode value = object.get(field.name());
      if (value != null && !(value.isNull() && !isAnything(field))) {
        kind(name, value, field.shape());
        if (limits) {
          limits(name, value, field);
        }
      } else if (field.required()) {
        throw invalid(name, "is required");
      }
    }
  }

  /// `null` is a value like others where any value will do.
  private static boolean isAnything(Field field) {
    return field.required() && field.shape() instanceof Shape.Anything;
  }

  private void kind(String path, JsonNode value, Shape shape) {
    switch (shape) {
      case Shape.Text text -> text(path, expect(value.isString(), path, "a text", value));
      case Shape.Whole whole -> {
        expect(value.isIntegralNumber(), path, "a whole number", value);
        if (!value.canConvertToLong()
            || value.longValue() < whole.min()
            || value.longValue() > whole.max()) {
          throw invalid(path, "is too large a number");
        }
      }
      case Shape.Decimal decimal -> expect(value.isNumber(), path, "a number", value);
      case Shape.Flag flag -> expect(value.isBoolean(), path, "true or false", value);
      case Shape.Moment moment ->
          moment(
              path,
              expect(value.isString(), path, "a moment such as 2026-01-31T12:00:00.000Z", value));
      case Shape.Choice choice -> {
        if (!value.isString() || !choice.values().contains(value.stringValue())) {
          throw invalid(path, "must be one of " + String.join(", ", choice.values()));
        }
      }
      case Shape.Listing listing -> {
        expect(value.isArray(), path, "a list", value);
        int index = 0;
        for (JsonNode entry : value) {
          entry(path + "[" + index++ + "]", entry, listing.entry());
        }
      }
      case Shape.Table table -> {
        expect(value.isObject(), path, "an object", value);
        value
            .properties()
            .forEach(property -> tableEntry(path, property.getKey(), property.getValue(), table));
      }
      case Shape.Nested nested ->
          fields(path, expect(value.isObject(), path, "an object", value), nested.record());
      case Shape.Anything anything -> anything(path, value);
    }
  }

  private void entry(String path, JsonNode entry, Shape shape) {
    if (entry.isNull()) {
      throw invalid(path, "must not be null");
    }
    kind(path, entry, shape);
  }

  private void tableEntry(String path, String key, JsonNode entry, Shape.Table table) {
    String name = path + "." + key;
    writable(name, key);
    if (!entry.isNull() || !table.nullable()) {
      entry(name, entry, table.entry());
    }
  }

  private void limits(String path, JsonNode value, Field field) {
    field.size().ifPresent(size -> size(path, value, size));
    field
        .range()
        .filter(range ->
            value.isNumber()
                && (value.doubleValue() < range.min() || value.doubleValue() > range.max()))
        .ifPresent(range -> {
          throw invalid(path, "must be from " + range.min() + " to " + range.max());
        });
    field
        .hexBytes()
        .ifPresent(bytes -> {
          if (value.stringValue().length() != 2 * bytes
              || !HEX.matcher(value.stringValue()).matches()) {
            throw invalid(path, "must be " + 2 * bytes + " lower-case hex characters");
          }
        });
    if (field.isId() && !ID.matcher(value.stringValue()).matches()) {
      throw invalid(path, "must be 1 to 128 characters of A-Z a-z 0-9 _ . : -");
    }
  }

  private void size(String path, JsonNode value, Size size) {
    int actual = value.isString() ? value.stringValue().length() : value.size();
    String unit = value.isString() ? " characters" : " entries";
    if (actual < size.min()) {
      throw invalid(
          path, size.min() == 1 ? "must not be empty" : "needs at least " + size.min() + unit);
    }
    if (actual > size.value()) {
      throw invalid(path, "has " + actual + unit + "; the limit is " + size.value());
    }
    int each = size.each() == 0 ? DEFAULT_ENTRY : size.each();
    if (value.isArray()) {
      int index = 0;
      for (JsonNode entry : value) {
        nestedSize(path + "[" + index++ + "]", entry, each);
      }
    } else if (value.isObject()) {
      value
          .properties()
          .forEach(property -> {
            longest(path + "." + property.getKey(), property.getKey().length(), each);
            nestedSize(path + "." + property.getKey(), property.getValue(), each);
          });
    }
  }

  /// Entries that are records carry limits of their own.
  private void nestedSize(String path, JsonNode entry, int each) {
    if (entry.isString()) {
      longest(path, entry.stringValue().length(), each);
    } else if (entry.isArray()) {
      if (entry.size() > DEFAULT_ENTRY) {
        throw invalid(path, "has " + entry.size() + " entries; the limit is " + DEFAULT_ENTRY);
      }
      int index = 0;
      for (JsonNode inner : entry) {
        nestedSize(path + "[" + index++ + "]", inner, each);
      }
    }
  }

  private void longest(String path, int length, int limit) {
    if (length > limit) {
      throw invalid(path, "has " + length + " characters; the limit is " + limit);
    }
  }

  private void text(String path, JsonNode value) {
    writable(path, value.stringValue());
  }

  private void moment(String path, JsonNode value) {
    try {
      Instant.parse(value.stringValue());
    } catch (DateTimeException e) {
      throw invalid(path, "must be a moment such as 2026-01-31T12:00:00.000Z");
    }
  }

  /// Values of any shape are stored and handed on as they are, so their texts must be writable too.
  private void anything(String path, JsonNode value) {
    if (value.isString()) {
      text(path, value);
    } else if (value.isArray()) {
      int index = 0;
      for (JsonNode entry : value) {
        anything(path + "[" + index++ + "]", entry);
      }
    } else if (value.isObject()) {
      value
          .properties()
          .forEach(property -> {
            writable(path + "." + property.getKey(), property.getKey());
            anything(path + "." + property.getKey(), property.getValue());
          });
    } else if (value.isFloatingPointNumber() && !Double.isFinite(value.doubleValue())) {
      throw invalid(path, "is too large a number");
    }
  }

  /// The database cannot store NUL; half a surrogate pair cannot be sent on as UTF-8.
  private void writable(String path, String text) {
    unwritable(text)
        .ifPresent(reason -> {
          throw invalid(path, reason);
        });
  }

  /// Why a text could not be stored or sent on, if it could not.
  static Optional<String> unwritable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) {
        return Optional.of("must not contain the character NUL");
      }
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        return Optional.of("contains half of a surrogate pair");
      }
    }
    return Optional.empty();
  }

  private JsonNode expect(boolean right, String path, String expected, JsonNode value) {
    if (!right) {
      throw invalid(path, "must be " + expected);
    }
    return value;
  }

  private Problem invalid(String path, String expected) {
    return invalid(what, path, expected);
  }

  static Problem invalid(String what, String path, String expected) {
    if (path.isEmpty()) {
      return new Problem(ProblemCode.INVALID_REQUEST, what + " " + expected);
    }
    String field = Wire.abbreviated(path);
    return new Problem(
        ProblemCode.INVALID_REQUEST,
        what + ": \"" + field + "\" " + expected,
        Wire.mapper().createObjectNode().put("field", field));
  }
}
