package dev.claudemesh.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.claudemesh.protocol.connection.ConnectionRequest;
import dev.claudemesh.protocol.members.MemberRequest;
import dev.claudemesh.protocol.messaging.MessageReply;
import dev.claudemesh.protocol.messaging.MessageRequest;
import dev.claudemesh.protocol.messaging.Priority;
import dev.claudemesh.protocol.presence.PresenceRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class WireTest {
  private static final String SEND =
      "\"type\":\"send\",\"targetSpec\":\"*\",\"nonce\":\"n\",\"ciphertext\":\"c\"";

  @Test
  void a_frame_becomes_its_request() {
    Wire.Inbound inbound =
        request(
            "{" + SEND + ",\"priority\":\"next\",\"_reqId\":\"r1\",\"fromTheFuture\":{\"a\":[1]}}");

    assertThat(inbound.op().type()).isEqualTo("send");
    assertThat(inbound.reqId()).contains("r1");
    assertThat(inbound.request())
        .isInstanceOfSatisfying(
            MessageRequest.Send.class,
            send -> {
              assertThat(send.priority()).isEqualTo(Priority.NEXT);
              assertThat(send.clientMessageId()).isEmpty();
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",\"details\":null"})
  void a_json_value_that_is_absent_or_null_is_absent(String details) {
    String error = "{\"type\":\"error\",\"code\":\"busy\",\"message\":\"later\"" + details + "}";
    Wire.Received received =
        Wire.received(Wire.parse(error.getBytes(StandardCharsets.UTF_8))).orElseThrow();
    assertThat(received.frame())
        .isInstanceOfSatisfying(ErrorReply.class, reply -> assertThat(reply.details()).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "[]",
        "\"text\"",
        "17",
        "true",
        "{",
        "{]",
        "{}{}",
        "{} x",
        "{\"type\":\"send\"",
        "nonsense",
        "{\"type\":\"a\",\"type\":\"b\"}",
        "{\"type\":\"send\",\"groups\":[{\"name\":\"a\",\"name\":\"b\"}]}",
        "{'type':'send'}",
        "{\"type\":NaN}",
        "{\"type\":01}",
        "{\"a\":1,}",
        "\0",
        "{\"type\":\"\u0001\"}"
      })
  void what_is_not_one_json_object_is_malformed(String frame) {
    assertProblem(() -> Wire.parse(bytes(frame)), ProblemCode.MALFORMED);
  }

  @Test
  void bytes_that_are_no_utf_8_are_malformed() {
    byte[] frame = bytes("{\"type\":\"x\"}");
    frame[9] = (byte) 0xff;

    assertProblem(() -> Wire.parse(frame), ProblemCode.MALFORMED);
  }

  @Test
  void the_answer_to_a_malformed_frame_never_quotes_it() {
    assertThatThrownBy(() -> Wire.parse(bytes("{\"type\":\"send\",\"ciphertext\":secretbody}")))
        .isInstanceOf(Problem.class)
        .hasMessageNotContaining("secret")
        .hasMessageContaining("at byte");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":"})
  void deep_nesting_is_refused_before_it_exhausts_anything(String opening) {
    assertProblem(
        () -> Wire.parse(bytes("{\"type\":" + opening.repeat(100_000))), ProblemCode.MALFORMED);
    assertProblem(
        () ->
            Wire.parse(
                bytes(
                    "{\"type\":"
                        + opening.repeat(65)
                        + "1"
                        + (opening.equals("[") ? "]" : "}").repeat(65)
                        + "}")),
        ProblemCode.MALFORMED);
  }

  @Test
  void a_number_of_ten_thousand_digits_is_refused() {
    assertProblem(
        () -> Wire.parse(bytes("{\"type\":\"hello\",\"pid\":" + "9".repeat(10_000) + "}")),
        ProblemCode.MALFORMED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "{\"type\":null}", "{\"type\":7}", "{\"type\":{}}", "{\"type\":[\"send\"]}"})
  void a_frame_without_a_type_is_malformed(String frame) {
    assertProblem(() -> request(frame), ProblemCode.MALFORMED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "sned", "SEND", "ack", "join", "\\ud800", "hello\\u0000"})
  void a_type_that_is_no_operation_of_the_socket_is_unknown(String type) {
    assertProblem(() -> request("{\"type\":\"" + type + "\"}"), ProblemCode.UNKNOWN_TYPE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        // absent and null
        "{'type':'set_visible'} ~ visible ~ is required",
        "{'type':'set_visible','visible':null} ~ visible ~ is required",
        "{'type':'send','targetSpec':'*','nonce':'','ciphertext':''} ~ priority ~ is required",
        "{'type':'send','targetSpec':null,'priority':'now','nonce':'','ciphertext':''} ~ targetSpec"
            + " ~ is required",
        "{'type':'seal_key'} ~ memberPubkey ~ is required",
        // kinds
        "{'type':'set_visible','visible':'true'} ~ visible ~ true or false",
        "{'type':'set_visible','visible':1} ~ visible ~ true or false",
        "{'type':'set_summary','summary':5} ~ summary ~ a text",
        "{'type':'set_summary','summary':true} ~ summary ~ a text",
        "{'type':'set_summary','summary':['a']} ~ summary ~ a text",
        "{'type':'set_status','status':'busy'} ~ status ~ idle, working, dnd",
        "{'type':'set_status','status':''} ~ status ~ idle, working, dnd",
        "{'type':'set_status','status':0} ~ status ~ idle, working, dnd",
        "{'type':'set_status','status':'IDLE'} ~ status ~ idle, working, dnd",
        "{'type':'set_status','status':'idle','source':{}} ~ source ~ hook, manual, jsonl",
        "{'type':'seen','messageIds':'a'} ~ messageIds ~ a list",
        "{'type':'seen','messageIds':{'0':'a'}} ~ messageIds ~ a list",
        "{'type':'seen','messageIds':['a',null]} ~ messageIds[1] ~ must not be null",
        "{'type':'seen','messageIds':['a',7]} ~ messageIds[1] ~ a text",
        "{'type':'set_stats','stats':[1]} ~ stats ~ an object",
        "{'type':'set_stats','stats':{'errors':'1'}} ~ stats.errors ~ a whole number",
        "{'type':'set_stats','stats':{'errors':1.5}} ~ stats.errors ~ a whole number",
        "{'type':'set_stats','stats':{'errors':null}} ~ stats.errors ~ must not be null",
        "{'type':'disconnect','all':'yes'} ~ all ~ true or false",
        "{'type':'disconnect','stale':'100'} ~ stale ~ a whole number",
        // numbers out of their range
        "{'type':'set_stats','stats':{'errors':99999999999999999999}} ~ stats.errors ~ too large",
        "{'type':'set_stats','stats':{'errors':1e400}} ~ stats.errors ~ a whole number",
        "{'type':'rotate_key','epoch':1,'keys':[]} ~ epoch ~ from 2 to 1000000",
        "{'type':'rotate_key','epoch':99999999999,'keys':[]} ~ epoch ~ too large",
        "{'type':'send','targetSpec':'*','priority':'now','nonce':'','ciphertext':'','hops':-1} ~"
            + " hops ~ from 0",
        // limits
        "{'type':'join_group','name':''} ~ name ~ must not be empty",
        "{'type':'message_status','messageId':'short'} ~ messageId ~ at least 8",
        "{'type':'ban','target':''} ~ target ~ must not be empty",
        "{'type':'update_member','memberId':'../x'} ~ memberId ~ A-Z",
        // records inside
        "{'type':'set_mesh_settings','selfEditable':{'displayName':true,'groups':true,'messageMode':true}}"
            + " ~ selfEditable.roleTag ~ is required",
        "{'type':'set_mesh_settings','selfEditable':true} ~ selfEditable ~ an object",
        "{'type':'update_member','memberId':'m','groups':[{'name':'a'},{'role':'b'}]} ~"
            + " groups[1].name ~ is required",
        "{'type':'update_member','memberId':'m','groups':['a']} ~ groups[0] ~ an object",
        "{'type':'rotate_key','epoch':2,'keys':[{'memberPubkey':'AB'}]} ~ keys[0].memberPubkey ~ 64"
            + " lower-case hex",
        // characters
        "{'type':'set_summary','summary':'a\\u0000b'} ~ summary ~ NUL",
        "{'type':'set_summary','summary':'a\\ud800'} ~ summary ~ surrogate",
        "{'type':'set_summary','summary':'\\udc00a'} ~ summary ~ surrogate",
        "{'type':'set_stats','stats':{'a\\u0000b':1}} ~ stats.a?b ~ NUL",
        "{'type':'set_grants','grants':{'k':['dm\\ud83d']}} ~ grants.k[0] ~ surrogate",
        // _reqId
        "{'type':'list_peers','_reqId':7} ~ _reqId ~ a text",
        "{'type':'list_peers','_reqId':{}} ~ _reqId ~ a text",
        "{'type':'list_peers','_reqId':'\\ud800'} ~ _reqId ~ a text",
      })
  void what_does_not_fit_is_refused_and_the_field_named(
      String frame, String field, String expectation) {
    assertThatThrownBy(() -> request(frame.replace('\'', '"')))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> {
              assertThat(problem.code()).isEqualTo(ProblemCode.INVALID_REQUEST);
              assertThat(problem.getMessage()).contains("\"" + field + "\"").contains(expectation);
              assertThat(problem.details().orElseThrow().get("field").stringValue())
                  .isEqualTo(field);
            });
  }

  @Test
  void what_is_too_long_is_refused_and_the_field_named() {
    assertInvalid(
        json("set_summary", Map.of("summary", "x".repeat(1001))),
        "summary",
        "1001 characters; the limit is 1000");
    assertInvalid(
        json("seen", Map.of("messageIds", java.util.Collections.nCopies(501, "m"))),
        "messageIds",
        "501 entries; the limit is 500");
    assertInvalid(
        json("seen", Map.of("messageIds", List.of("ok", "x".repeat(129)))),
        "messageIds[1]",
        "129 characters; the limit is 128");
    assertInvalid(
        json("set_stats", Map.of("stats", Map.of("x".repeat(51), 1))),
        "stats." + "x".repeat(51),
        "51 characters; the limit is 50");
    assertInvalid(
        json(
            "set_grants", Map.of("grants", Map.of("k", java.util.Collections.nCopies(1001, "dm")))),
        "grants.k",
        "1001 entries");
    assertInvalid(
        json("list_peers", Map.of("_reqId", "x".repeat(201))), "_reqId", "at most 200 characters");
  }

  @Test
  void a_long_or_strange_field_name_is_shortened_and_made_printable_in_the_answer() {
    ObjectNode frame =
        json("set_stats", Map.of("stats", Map.of("\u001b[31mé" + "x".repeat(45), "no number")));

    assertThatThrownBy(() -> Wire.request(frame))
        .isInstanceOf(Problem.class)
        .message()
        .matches("[\\x20-\\x7e]+")
        .contains("stats.?[31m?xxx");
  }

  @Test
  void limits_are_inclusive() {
    assertThat(Wire.request(json("set_summary", Map.of("summary", "x".repeat(1000)))).request())
        .isInstanceOf(PresenceRequest.SetSummary.class);
    assertThat(Wire.request(json("list_peers", Map.of("_reqId", "x".repeat(200)))).reqId())
        .hasValueSatisfying(id -> assertThat(id).hasSize(200));
  }

  @Test
  void a_whole_emoji_is_no_half_pair() {
    assertThat(request("{\"type\":\"set_summary\",\"summary\":\"\\ud83c\\udf89 🎉\"}").request())
        .isEqualTo(new PresenceRequest.SetSummary("🎉 🎉"));
  }

  @Test
  void null_means_absent_for_an_optional_field_and_the_default_for_a_grant() {
    assertThat(
            request("{\"type\":\"set_status\",\"status\":\"idle\",\"source\":null,\"_reqId\":null}")
                .reqId())
        .isEmpty();
    assertThat(request("{\"type\":\"set_grants\",\"grants\":{\"a\":null,\"b\":[]}}").request())
        .isEqualTo(
            new MemberRequest.SetGrants(
                Map.of("a", Optional.empty(), "b", Optional.of(List.of()))));
  }

  @Test
  void a_time_that_is_no_time_reaches_the_clock_check_and_not_the_signature_printer() {
    ObjectNode hello =
        json(
            "hello",
            Map.of(
                "meshId",
                "m",
                "memberId",
                "a",
                "pubkey",
                "k",
                "sessionId",
                "s",
                "pid",
                1,
                "cwd",
                "/",
                "signature",
                "s"));
    hello.put("timestamp", Double.POSITIVE_INFINITY);

    assertThat(Wire.request(hello).request())
        .isInstanceOfSatisfying(
            ConnectionRequest.Hello.class, request -> assertThat(request.timestamp()).isInfinite());
    hello.put("timestamp", "NaN");
    assertInvalid(hello, "timestamp", "a number");
  }

  @Test
  void a_reply_carries_its_type_and_the_request_id() {
    assertThat(
            new String(
                Wire.encode(MessageReply.Ack.done(), Optional.of("r1")), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"type\":\"ack\",\"id\":\"\",\"messageId\":\"\",\"queued\":false,\"_reqId\":\"r1\"}");
  }

  @Test
  void a_request_is_written_as_it_is_read() {
    MessageRequest.MessageStatus request = new MessageRequest.MessageStatus("12345678");

    assertThat(Wire.request(Wire.parse(Wire.encode(request, Optional.of("r")))))
        .isEqualTo(
            new Wire.Inbound(
                Catalog.operation("message_status").orElseThrow(), Optional.of("r"), request));
  }

  @Test
  void a_frame_of_a_later_broker_is_left_alone_and_a_broken_one_is_named() {
    assertThat(Wire.received(Wire.parse(bytes("{\"type\":\"from_the_future\"}")))).isEmpty();
    assertThatThrownBy(() ->
            Wire.received(
                Wire.parse(
                    bytes("{\"type\":\"ack\",\"id\":\"\",\"messageId\":null,\"queued\":true}"))))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("\"messageId\" is required");
    assertProblem(() -> Wire.received(Wire.parse(bytes("{}"))), ProblemCode.MALFORMED);
  }

  private static Wire.Inbound request(String frame) {
    return Wire.request(Wire.parse(bytes(frame)));
  }

  private static ObjectNode json(String type, Map<String, Object> fields) {
    ObjectNode node = Wire.mapper().createObjectNode().put("type", type);
    fields.forEach((name, value) -> node.set(name, Wire.mapper().valueToTree(value)));
    return node;
  }

  private static void assertInvalid(ObjectNode frame, String field, String expectation) {
    assertThatThrownBy(() -> Wire.request(frame))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("\"" + field + "\"")
        .hasMessageContaining(expectation);
  }

  private static void assertProblem(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, ProblemCode code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.code()).isEqualTo(code));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes(@JsonSubTypes.Type(value = Circle.class, name = "circle"))
  private sealed interface Figure {}

  private record Circle(int radius) implements Figure {}

  private record Drawing(Figure figure, List<Figure> others) {}

  @Test
  void a_component_of_a_family_with_names_is_written_and_read_with_them() {
    Drawing drawing = new Drawing(new Circle(1), List.of(new Circle(2)));
    String json = Wire.mapper().writeValueAsString(drawing);

    assertThat(json)
        .isEqualTo(
            "{\"figure\":{\"kind\":\"circle\",\"radius\":1},\"others\":[{\"kind\":\"circle\",\"radius\":2}]}");
    assertThat(Wire.mapper().readValue(json, Drawing.class)).isEqualTo(drawing);
  }
}
