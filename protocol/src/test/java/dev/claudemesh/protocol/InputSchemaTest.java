package dev.claudemesh.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class InputSchemaTest {
  /// What clients and models take without trouble.
  private static final Set<String> KEYWORDS =
      Set.of(
          "type",
          "properties",
          "required",
          "additionalProperties",
          "description",
          "enum",
          "items",
          "format",
          "pattern",
          "minLength",
          "maxLength",
          "minItems",
          "maxItems",
          "maxProperties",
          "minProperties",
          "minimum",
          "maximum");

  @Test
  void a_tool_takes_what_its_record_says() {
    assertThat(schema("set_profile"))
        .isEqualTo(
            json(
                """
                {"type":"object","properties":{
                  "avatar":{"type":"string","description":"An emoji or a URL of a picture","maxLength":200},
                  "title":{"type":"string","description":"What you are, in a few words","maxLength":100},
                  "bio":{"type":"string","description":"More about you","maxLength":1000},
                  "capabilities":{"type":"array","items":{"type":"string","maxLength":100},"description":"What you can be asked to do","maxItems":30}},
                 "additionalProperties":false}
                """));
    assertThat(schema("message_status"))
        .isEqualTo(
            json(
                """
                {"type":"object","properties":{"id":{"type":"string",
                  "description":"Id of the message, or its first 8 characters or more","minLength":8,"maxLength":128}},
                 "required":["id"],"additionalProperties":false}
                """));
  }

  @Test
  void choices_numbers_hex_ids_and_records_inside_are_described() {
    assertThat(schema("set_status").at("/properties/status/enum"))
        .isEqualTo(json("[\"idle\",\"working\",\"dnd\"]"));
    assertThat(schema("seal_key").at("/properties/member_pubkey/pattern").stringValue())
        .isEqualTo("^[0-9a-f]{64}$");
    assertThat(schema("rotate_key").at("/properties/epoch").toString())
        .contains("\"minimum\":2,\"maximum\":1000000");
    assertThat(schema("rotate_key").at("/properties/keys/items/required"))
        .isEqualTo(json("[\"memberPubkey\",\"sealedKey\",\"signature\"]"));
    assertThat(schema("update_member").at("/properties/member_id/pattern").stringValue())
        .isEqualTo("^[A-Za-z0-9_.:-]{1,128}$");
    assertThat(schema("set_grants").at("/properties/grants/additionalProperties/type"))
        .isEqualTo(json("[\"array\",\"null\"]"));
    assertThat(schema("list_peers").get("properties")).isEmpty();
    assertThat(schema("list_peers").has("required")).isFalse();
  }

  @TestFactory
  Stream<DynamicTest> every_schema_is_an_object_of_plain_keywords() {
    return Catalog.operations().stream()
        .map(op ->
            DynamicTest.dynamicTest(
                op.type(),
                () -> {
                  ObjectNode schema = InputSchema.of(op);
                  assertThat(schema.get("type").stringValue()).isEqualTo("object");
                  Set<String> used = new TreeSet<>();
                  keywords(schema, used);
                  assertThat(KEYWORDS).containsAll(used);
                }));
  }

  /// The schema and the check are made from the same record: what the one names as needed, the
  /// other asks for.
  @TestFactory
  Stream<DynamicTest> the_golden_example_has_what_the_schema_requires_and_nothing_it_forbids() {
    return Catalog.operations().stream()
        .map(op ->
            DynamicTest.dynamicTest(
                op.type(),
                () -> {
                  List<String> mistakes = new ArrayList<>();
                  compare("", InputSchema.of(op), asCalled(op), mistakes);
                  assertThat(mistakes).isEmpty();
                }));
  }

  /// The example by the names that tools and commands use, which is read as the same request.
  private static ObjectNode asCalled(Catalog.Op op) {
    ObjectNode wire = Samples.full(op.record());
    ObjectNode called = Wire.mapper().createObjectNode();
    Field.of(op.record()).forEach(field -> called.set(field.toolName(), wire.get(field.name())));
    assertThat(Faces.bind(op, called)).isEqualTo(Wire.bind(op, wire));
    return called;
  }

  @Test
  void each_call_makes_a_schema_of_its_own() {
    schema("send").removeAll();

    assertThat(schema("send").get("properties")).isNotEmpty();
  }

  private static void compare(String path, JsonNode schema, JsonNode value, List<String> mistakes) {
    if (value.isArray()) {
      value.forEach(entry -> compare(path + "[]", schema.get("items"), entry, mistakes));
    }
    if (!value.isObject() || schema.get("properties") == null) {
      return;
    }
    value
        .properties()
        .forEach(property -> {
          JsonNode known = schema.get("properties").get(property.getKey());
          if (known == null) {
            mistakes.add(path + "." + property.getKey() + " is not in the schema");
          } else {
            compare(path + "." + property.getKey(), known, property.getValue(), mistakes);
          }
        });
    for (JsonNode name : schema.path("required")) {
      if (!value.has(name.stringValue())) {
        mistakes.add(path + "." + name.stringValue() + " is required by the schema only");
      }
    }
  }

  private static void keywords(ObjectNode schema, Set<String> used) {
    schema
        .properties()
        .forEach(property -> {
          used.add(property.getKey());
          if (property.getKey().equals("properties")) {
            property.getValue().forEach(each -> keywords((ObjectNode) each, used));
          } else if (property.getValue() instanceof ObjectNode inside) {
            keywords(inside, used);
          }
        });
  }

  private static ObjectNode schema(String type) {
    return InputSchema.of(Catalog.operation(type).orElseThrow());
  }

  private static JsonNode json(String text) {
    return Wire.mapper().readTree(text);
  }
}
