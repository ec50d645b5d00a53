package dev.claudemesh.protocol;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// One text for each JSON value, so that its hash is the same wherever it is computed: the form of
/// RFC 8785, but that whole numbers keep all their digits.
///
/// Keys are sorted by their UTF-16 units, nothing stands between the parts, texts escape no more
/// than they must, and numbers print as in JavaScript. What it printed prints the same when it is
/// read and printed again.
public final class CanonicalJson {
  /// From here on JavaScript prints an exponent.
  private static final int PLAIN_DIGITS = 21;

  private static final int PLAIN_ZEROS = 7;

  private CanonicalJson() {}

  public static String of(JsonNode value) {
    StringBuilder text = new StringBuilder();
    write(value, text);
    return text.toString();
  }

  private static void write(JsonNode value, StringBuilder text) {
    switch (value.getNodeType()) {
      case OBJECT -> object(value, text);
      case ARRAY -> array(value, text);
      case STRING -> string(value.stringValue(), text);
      case NUMBER -> text.append(number(value));
      case BOOLEAN -> text.append(value.booleanValue());
      case NULL -> text.append("null");
      case BINARY, POJO, MISSING ->
          throw new IllegalArgumentException("No JSON value: " + value.getNodeType());
    }
  }

  private static void object(JsonNode object, StringBuilder text) {
    Map<String, JsonNode> sorted = new TreeMap<>();
    object.properties().forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
    String separator = "{";
    for (Map.Entry<String, JsonNode> entry : sorted.entrySet()) {
      text.append(separator);
      string(entry.getKey(), text);
      text.append(':');
      write(entry.getValue(), text);
      separator = ",";
    }
    text.append(sorted.isEmpty() ? "{}" : "}");
  }

  private static void array(JsonNode array, StringBuilder text) {
    text.append('[');
    for (int i = 0; i < array.size(); i++) {
      if (i > 0) {
        text.append(',');
      }
      write(array.get(i), text);
    }
    text.append(']');
  }

  private static void string(String value, StringBuilder text) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\b' -> text.append("\\b");
        case '\f' -> text.append("\\f");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> {
          if (c < ' ' || loneSurrogate(value, i)) {
            text.append("\\u").append("%04x".formatted((int) c));
          } else {
            text.append(c);
          }
        }
      }
    }
    text.append('"');
  }

  /// Half a character has no bytes of its own.
  private static boolean loneSurrogate(String value, int at) {
    char c = value.charAt(at);
    return Character.isHighSurrogate(c)
            && (at + 1 == value.length() || !Character.isLowSurrogate(value.charAt(at + 1)))
        || Character.isLowSurrogate(c)
            && (at == 0 || !Character.isHighSurrogate(value.charAt(at - 1)));
  }

  private static String number(JsonNode value) {
    return value.isIntegralNumber()
        ? value.bigIntegerValue().toString()
        : decimal(value.doubleValue());
  }

  /// As ECMAScript prints a number: the fewest digits that tell it from its neighbours.
  private static String decimal(double number) {
    if (number == 0) {
      return "0";
    }
    BigDecimal shortest = shortest(number);
    String digits = shortest.unscaledValue().abs().toString();
    int point = digits.length() - shortest.scale(); // where it stands, counted from the first digit
    String sign = number < 0 ? "-" : "";
    if (point > PLAIN_DIGITS || point <= 1 - PLAIN_ZEROS) {
      int exponent = point - 1;
      return sign
          + digits.charAt(0)
          + (digits.length() > 1 ? "." + digits.substring(1) : "")
          + (exponent < 0 ? "e-" : "e+")
          + Math.abs(exponent);
    }
    return shortest.toPlainString();
  }

  /// Java prints two digits also where one would do, such as 4.9E-324 for 5e-324.
  private static BigDecimal shortest(double number) {
    BigDecimal printed = new BigDecimal(Double.toString(number)).stripTrailingZeros();
    BigDecimal oneDigit = printed.round(new MathContext(1));
    return oneDigit.doubleValue() == number ? oneDigit.stripTrailingZeros() : printed;
  }
}
