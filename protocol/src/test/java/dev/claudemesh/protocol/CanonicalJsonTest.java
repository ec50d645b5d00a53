package dev.claudemesh.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class CanonicalJsonTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  @Test
  void the_example_of_rfc_8785_prints_as_it_says_there() {
    JsonNode value =
        Wire.mapper()
            .readTree(
                """
                {"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
                 "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
                 "literals": [null, true, false]}\
                """);
    assertThat(CanonicalJson.of(value))
        .isEqualTo(
            "{\"literals\":[null,true,false],"
                + "\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
                + "\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
  }

  @Test
  void keys_are_sorted_at_every_depth() {
    JsonNode value = Wire.mapper().readTree("{\"b\":{\"z\":1,\"a\":[{\"y\":2,\"x\":3}]},\"a\":{}}");
    assertThat(CanonicalJson.of(value))
        .isEqualTo("{\"a\":{},\"b\":{\"a\":[{\"x\":3,\"y\":2}],\"z\":1}}");
  }

  @Test
  void numbers_print_as_javascript_prints_them() {
    Map.of(
            0.0,
            "0",
            -0.0,
            "0",
            1.0,
            "1",
            1e20,
            "100000000000000000000",
            1e21,
            "1e+21",
            1e-6,
            "0.000001",
            1e-7,
            "1e-7",
            -1.5e-9,
            "-1.5e-9",
            Double.MAX_VALUE,
            "1.7976931348623157e+308",
            Double.MIN_VALUE,
            "5e-324")
        .forEach((number, text) ->
            assertThat(CanonicalJson.of(JSON.numberNode(number))).isEqualTo(text));
    assertThat(CanonicalJson.of(JSON.numberNode(Long.MAX_VALUE))).isEqualTo("9223372036854775807");
  }

  @Test
  void the_same_value_has_one_text_whatever_the_order_and_however_often_it_was_read() {
    RandomGenerator random = Seeds.random();
    for (int i = 0; i < 5_000; i++) {
      JsonNode value = value(random, 4);
      String text = CanonicalJson.of(value);
      assertThat(CanonicalJson.of(Wire.mapper().readTree(text))).isEqualTo(text);
      assertThat(CanonicalJson.of(shuffled(value, random))).isEqualTo(text);
      assertThat(CanonicalJson.of(Wire.mapper().readTree(value.toString()))).isEqualTo(text);
    }
  }

  private static JsonNode value(RandomGenerator random, int depth) {
    return switch (random.nextInt(depth == 0 ? 7 : 9)) {
      case 0 -> JSON.nullNode();
      case 1 -> JSON.booleanNode(random.nextBoolean());
      case 2 -> JSON.numberNode(random.nextLong() >> random.nextInt(64));
      case 3 -> JSON.numberNode(new BigInteger(100, new Random(random.nextLong())));
      case 4 -> {
        double number = Double.longBitsToDouble(random.nextLong());
        yield JSON.numberNode(Double.isFinite(number) ? number : 0.5);
      }
      case 5 -> JSON.numberNode(random.nextInt(2_000_000) / 1_000.0);
      case 6 -> JSON.stringNode(text(random));
      case 7 -> {
        ArrayNode array = JSON.arrayNode();
        for (int i = random.nextInt(4); i > 0; i--) {
          array.add(value(random, depth - 1));
        }
        yield array;
      }
      default -> {
        ObjectNode object = JSON.objectNode();
        for (int i = random.nextInt(5); i > 0; i--) {
          object.set(text(random), value(random, depth - 1));
        }
        yield object;
      }
    };
  }

  private static String text(RandomGenerator random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      switch (random.nextInt(5)) {
        case 0 -> text.append((char) random.nextInt(0x80));
        case 1 -> text.append((char) random.nextInt(0x800));
        case 2 -> text.appendCodePoint(0x1f600 + random.nextInt(40));
        case 3 -> text.append("\"\\\b\f\n\r\t/".charAt(random.nextInt(8)));
        default -> text.append((char) ('a' + random.nextInt(26)));
      }
    }
    return text.toString();
  }

  private static JsonNode shuffled(JsonNode value, RandomGenerator random) {
    if (value.isObject()) {
      List<Map.Entry<String, JsonNode>> entries = new ArrayList<>(value.properties());
      Collections.shuffle(entries, new Random(random.nextLong()));
      ObjectNode object = JSON.objectNode();
      entries.forEach(entry -> object.set(entry.getKey(), shuffled(entry.getValue(), random)));
      return object;
    }
    if (value.isArray()) {
      ArrayNode array = JSON.arrayNode();
      value.forEach(entry -> array.add(shuffled(entry, random)));
      return array;
    }
    return value;
  }

  @Test
  void half_a_character_is_printed_so_that_it_can_be_stored() {
    assertThat(CanonicalJson.of(JSON.stringNode("a\ud83dz\ude00")))
        .isEqualTo("\"a\\ud83dz\\ude00\"");
    assertThat(CanonicalJson.of(JSON.stringNode("\ud83d\ude00\u0000"))).isEqualTo("\"😀\\u0000\"");
  }
}
