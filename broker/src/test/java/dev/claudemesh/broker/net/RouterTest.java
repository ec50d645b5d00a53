package dev.claudemesh.broker.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.protocol.Catalog;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class RouterTest {
  private final Router router = new Router();

  private String type(String method, String... segments) {
    return router.match(method, List.of(segments)).map(match -> match.op().type()).orElse("none");
  }

  @Test
  void every_route_of_the_catalogue_is_found() {
    for (Catalog.Op op : Catalog.operations()) {
      op.route()
          .ifPresent(route -> {
            List<String> segments =
                route.segments().stream()
                    .map(segment -> segment.startsWith(":") ? "some-id" : segment)
                    .toList();
            assertThat(router.match(route.method(), segments))
                .map(match -> match.op().type())
                .contains(op.type());
          });
    }
  }

  @Test
  void what_the_path_spells_out_beats_what_it_leaves_open() {
    assertThat(type("POST", "cli", "mesh", "create")).isEqualTo("create_mesh");
    assertThat(type("DELETE", "cli", "mesh", "create")).isEqualTo("delete_mesh");
    assertThat(type("DELETE", "cli", "mesh", "team", "me")).isEqualTo("leave_mesh");
  }

  @Test
  void a_claim_is_taken_at_the_address_of_the_first_protocols_web_app_too() {
    assertThat(type("POST", "api", "public", "invites", "ABCD2345", "claim"))
        .isEqualTo("claim_invite");
    assertThat(type("GET", "api", "public", "invites", "ABCD2345")).isEqualTo("preview_invite");
    assertThat(type("POST", "api", "public", "join")).isEqualTo("none");
  }

  @Test
  void another_method_or_length_is_another_route() {
    assertThat(type("PUT", "join")).isEqualTo("none");
    assertThat(type("POST", "join", "")).isEqualTo("none");
    assertThat(type("POST", "invites", "", "claim")).isEqualTo("none");
    assertThat(type("POST", "JOIN")).isEqualTo("none");
  }

  @Test
  void path_parameters_are_taken_by_name() {
    assertThat(
            router.match("PATCH", List.of("mesh", "m1", "member", "x2")).orElseThrow().parameters())
        .containsExactlyInAnyOrderEntriesOf(Map.of("mesh", "m1", "memberId", "x2"));
  }

  private static ObjectNode fields(
      String type, String body, Map<String, List<String>> query, Map<String, String> path) {
    return HttpFields.of(
        Catalog.operation(type).orElseThrow(), body.getBytes(StandardCharsets.UTF_8), query, path);
  }

  @Test
  void the_path_wins_over_the_query_which_wins_over_the_body() {
    ObjectNode fields =
        fields(
            "claim_invite",
            "{\"code\":\"body\",\"timestamp\":1}",
            Map.of("code", List.of("query"), "timestamp", List.of("2")),
            Map.of("code", "path"));
    assertThat(fields.path("code").asString()).isEqualTo("path");
    assertThat(fields.path("timestamp").isNumber()).isTrue();
    assertThat(fields.path("timestamp").asLong()).isEqualTo(2);
  }

  @Test
  void a_text_that_is_no_number_stays_so_that_the_check_names_the_field() {
    Catalog.Op op = Catalog.operation("claim_invite").orElseThrow();
    ObjectNode fields =
        fields(
            "claim_invite",
            "",
            Map.of(
                "timestamp", List.of("soon"), "recipient_x25519_pubkey", List.of("x".repeat(43))),
            Map.of("code", "ABC"));
    assertThatThrownBy(() -> Wire.bind(op, fields))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("\"timestamp\" must be a whole number");
  }

  @Test
  void a_query_says_nothing_that_the_record_does_not_ask() {
    assertThat(
            fields(
                "list_meshes",
                "",
                Map.of("admin", List.of("true"), "user_id", List.of("u1")),
                Map.of()))
        .isEqualTo(Wire.mapper().createObjectNode().put("user_id", "u1"));
  }

  @Test
  void a_body_must_be_an_object() {
    assertThatThrownBy(() -> fields("list_meshes", "[1]", Map.of(), Map.of()))
        .isInstanceOf(Problem.class);
    assertThatThrownBy(() -> fields("list_meshes", "{\"a\":", Map.of(), Map.of()))
        .isInstanceOf(Problem.class);
  }
}
