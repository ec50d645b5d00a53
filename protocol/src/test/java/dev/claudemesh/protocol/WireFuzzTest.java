package dev.claudemesh.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Broken frames, made from good ones: each is read or refused with a problem, and what was read
/// can be written.
class WireFuzzTest {
  private static final int FRAMES = 7_000;

  private final RandomGenerator random = Seeds.random();
  private final List<ObjectNode> good =
      Catalog.operations().stream()
          .map(op -> {
            ObjectNode frame =
                Wire.mapper().createObjectNode().put("type", op.type()).put("_reqId", "r");
            frame.setAll(Samples.full(op.record()));
            return frame;
          })
          .toList();

  @Test
  void a_frame_with_broken_bytes_is_read_or_refused() {
    for (int i = 0; i < FRAMES; i++) {
      byte[] bytes = Wire.mapper().writeValueAsBytes(any(good));
      feed(
          random.nextInt(4) == 0
              ? Arrays.copyOf(bytes, random.nextInt(bytes.length))
              : scratched(bytes));
    }
  }

  @Test
  void a_frame_with_broken_values_is_read_or_refused() {
    for (int i = 0; i < FRAMES; i++) {
      ObjectNode frame = any(good).deepCopy();
      for (int change = random.nextInt(3); change >= 0; change--) {
        breakOne(frame);
      }
      feed(Wire.mapper().writeValueAsBytes(frame));
    }
  }

  @Test
  void a_broken_frame_of_the_broker_is_read_or_refused_too() {
    List<ObjectNode> frames = new ArrayList<>();
    Catalog.frames()
        .forEach((type, record) -> {
          ObjectNode frame = Wire.mapper().createObjectNode().put("type", type);
          frame.setAll(Samples.full(record));
          frames.add(frame);
        });
    for (int i = 0; i < FRAMES; i++) {
      ObjectNode frame = any(frames).deepCopy();
      breakOne(frame);
      try {
        Wire.received(frame).ifPresent(read -> Wire.encode(read.frame(), Optional.empty()));
      } catch (Problem refused) {
        assertThat(refused.getMessage()).isNotBlank();
      }
    }
  }

  @Test
  void a_record_is_read_and_written_as_the_mapper_does_by_itself() {
    JsonMapper plain = Wire.newMapper(new SimpleModule("plain"));
    List<Class<?>> records = new ArrayList<>(Catalog.frames().values());
    Catalog.operations().forEach(op -> records.add(op.record()));
    for (int i = 0; i < FRAMES; i++) {
      Class<?> record = any(records);
      ObjectNode fields = Samples.full(record);
      for (int change = random.nextInt(3); change > 0; change--) {
        breakOne(fields);
      }
      Object ours = read(Wire.mapper(), fields, record);
      Object theirs = read(plain, fields, record);
      assertThat(withoutNulls(plain.valueToTree(ours)))
          .as("%s of %s", record, fields)
          .isEqualTo(withoutNulls(plain.valueToTree(theirs)));
      if (record.isInstance(ours)) {
        assertThat(Wire.mapper().writeValueAsString(ours))
            .isEqualTo(plain.writeValueAsString(ours));
      }
    }
  }

  /// The one difference: to the mapper an `Optional` of any JSON holds a `null` where there is
  /// none.
  private static JsonNode withoutNulls(JsonNode json) {
    if (json instanceof ObjectNode object) {
      object.removeIf(JsonNode::isNull);
    }
    json.forEach(WireFuzzTest::withoutNulls);
    return json;
  }

  /// What was read, or where it could not be.
  private static Object read(JsonMapper mapper, ObjectNode fields, Class<?> record) {
    try {
      return mapper.treeToValue(fields, record);
    } catch (JacksonException e) {
      return e.getPath().stream().map(JacksonException.Reference::getPropertyName).toList();
    }
  }

  private static void feed(byte[] frame) {
    try {
      Wire.Inbound read = Wire.request(Wire.parse(frame));
      byte[] written = Wire.encode(read.request(), read.reqId());
      assertThat(Wire.request(Wire.parse(written)).request()).isEqualTo(read.request());
    } catch (Problem refused) {
      assertThat(refused.code())
          .isIn(ProblemCode.MALFORMED, ProblemCode.UNKNOWN_TYPE, ProblemCode.INVALID_REQUEST);
      assertThat(refused.getMessage()).matches("[\\x20-\\x7e]+");
      assertThat(Wire.encode(refused.toReply(), Optional.of("r"))).isNotEmpty();
    } catch (RuntimeException | StackOverflowError bug) {
      throw new AssertionError(
          "Not refused but thrown by: " + new String(frame, StandardCharsets.UTF_8), bug);
    }
  }

  private byte[] scratched(byte[] bytes) {
    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }

  /// Replaces or removes one value somewhere in the frame.
  private void breakOne(ObjectNode object) {
    List<String> names = List.copyOf(object.propertyNames());
    if (names.isEmpty()) {
      return;
    }
    String name = any(names);
    JsonNode value = object.get(name);
    if (value instanceof ObjectNode inner && random.nextInt(3) > 0) {
      breakOne(inner);
    } else if (value instanceof ArrayNode list && !list.isEmpty() && random.nextInt(3) > 0) {
      if (list.get(0) instanceof ObjectNode entry && random.nextBoolean()) {
        breakOne(entry);
      } else {
        list.set(0, junk());
      }
    } else if (random.nextInt(5) == 0) {
      object.remove(name);
    } else {
      object.set(name, junk());
    }
  }

  private JsonNode junk() {
    JsonNodeFactory json = JsonNodeFactory.instance;
    return switch (random.nextInt(14)) {
      case 0 -> json.nullNode();
      case 1 -> json.booleanNode(random.nextBoolean());
      case 2 -> json.numberNode(random.nextLong());
      case 3 -> json.numberNode(random.nextInt(5));
      case 4 -> json.numberNode(random.nextDouble());
      case 5 -> json.numberNode(new java.math.BigInteger("9".repeat(1 + random.nextInt(300))));
      case 6 -> json.stringNode("");
      case 7 -> json.stringNode("x".repeat(random.nextInt(6000)));
      case 8 -> json.stringNode("a\0b");
      case 9 -> json.stringNode("\u202e\u0007🎉");
      case 10 -> json.arrayNode().add(json.nullNode());
      case 11 -> json.arrayNode().add(1).add("a").add(json.objectNode());
      case 12 -> json.objectNode().put("", 1).put("name", "a");
      default ->
          json.stringNode(
              any(List.of("now", "idle", "admin", "*", "../x", "NaN", "1", "true", "null")));
    };
  }

  private <T> T any(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }
}
