package dev.claudemesh.broker.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.audit.AuditRules.Sent;
import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Grants;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Permissions;
import dev.claudemesh.protocol.Catalog;
import dev.claudemesh.protocol.Field;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.meshes.MeshReply;
import java.net.InetAddress;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class AuditRulesTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00.123456Z");

  /// What a secret, a proof or a body is called.
  private static final Pattern HIDDEN =
      Pattern.compile(
          "(?i).*(signature|token|secret|sealed|cipher|nonce|proof|password|root_?key|content"
              + "|instructions|credential|body).*");

  @Test
  void no_field_that_sounds_like_a_secret_or_a_body_is_told() {
    List<String> told =
        Catalog.operations().stream()
            .filter(Catalog.Op::audited)
            .filter(op -> !op.type().equals("send"))
            .flatMap(op ->
                Field.of(op.record()).stream()
                    .filter(Field::audited)
                    .map(Field::name)
                    .filter(name -> HIDDEN.matcher(name).matches())
                    .map(name -> op.type() + "." + name))
            .toList();
    assertThat(told).as("mark them @Audited(false)").isEmpty();
  }

  @Test
  void an_operation_is_told_by_its_name_and_fields_and_by_whom() {
    Happened happened = entry("{'type':'join_group','name':'a/b','role':'lead'}", Grants.DEFAULT);
    assertThat(happened)
        .isEqualTo(
            new Happened(
                "mesh",
                "join_group",
                Optional.of("id"),
                Optional.of("Ada"),
                "{\"name\":\"a/b\",\"role\":\"lead\"}",
                Instant.parse("2026-11-21T10:00:00.123Z")));
  }

  @Test
  void a_long_payload_is_cut_field_by_field_and_says_so() {
    String payload =
        entry(
                "{'type':'set_profile','title':'t','bio':'"
                    + "b".repeat(1_000)
                    + "','capabilities':['"
                    + "c".repeat(90)
                    + "']}",
                Grants.DEFAULT)
            .payload();
    assertThat(payload)
        .isEqualTo(
            "{\"capabilities\":[\""
                + "c".repeat(90)
                + "\"],\"omitted\":[\"bio\"],\"title\":\"t\"}");
    assertThat(payload.length()).isLessThanOrEqualTo(AuditRules.MOST_PAYLOAD);
  }

  @Test
  void a_shared_value_is_told_unless_it_is_encrypted_or_kept_from_somebody() {
    String plain = "{'type':'set_state','key':'k','value':{'n':1}}";
    assertThat(entry(plain, Grants.DEFAULT).eventType()).isEqualTo("state_set");
    assertThat(entry(plain, Grants.DEFAULT).payload())
        .isEqualTo("{\"key\":\"k\",\"value\":{\"n\":1}}");
    assertThat(entry(plain, new Grants(Map.of("f".repeat(64), Set.of("dm")))).payload())
        .isEqualTo("{\"key\":\"k\"}");
    assertThat(
            entry(
                    "{'type':'set_state','key':'k','value':'AAAA','private':true,'epoch':1}",
                    Grants.DEFAULT)
                .payload())
        .isEqualTo("{\"epoch\":1,\"key\":\"k\",\"private\":true}");
  }

  @Test
  void who_makes_a_mesh_is_the_first_in_its_chain() {
    Caller signer = caller(Optional.empty());
    Catalog.Op op = Catalog.operation("create_mesh").orElseThrow();
    Happened happened =
        AuditRules.operation(
                op,
                Wire.bind(op, json("{'name':'Mine','creation_token':'hush'}")),
                signer,
                new MeshReply.Created("new", "mine", "Mine", "owner", Optional.empty()),
                NOW)
            .orElseThrow();
    assertThat(happened.meshId()).isEqualTo("new");
    assertThat(happened.memberId()).contains("owner");
    assertThat(happened.payload()).isEqualTo("{\"name\":\"Mine\"}");
  }

  @Test
  void messages_are_counted_by_sender_target_and_priority() {
    Sent sent = new Sent("mesh", "id", "Ada", "@all", "next");
    assertThat(AuditRules.sent(sent, 1, NOW).payload())
        .isEqualTo("{\"priority\":\"next\",\"targetSpec\":\"@all\"}");
    assertThat(AuditRules.sent(sent, 7, NOW).payload())
        .isEqualTo("{\"count\":7,\"priority\":\"next\",\"targetSpec\":\"@all\"}");
    assertThat(AuditRules.sent(sent.toAny(), 7, NOW).payload())
        .isEqualTo("{\"count\":7,\"priority\":\"next\"}");
  }

  @Test
  void reading_and_reports_over_and_over_are_not_audited() {
    assertThat(
            Stream.of("list_peers", "hello", "goodbye", "client_ack", "seen", "nack", "set_stats")
                .map(type -> Catalog.operation(type).orElseThrow()))
        .noneMatch(Catalog.Op::audited);
    assertThat(
            Stream.of("send", "set_state", "ban", "join", "set_grants")
                .map(type -> Catalog.operation(type).orElseThrow()))
        .allMatch(Catalog.Op::audited);
  }

  private static Happened entry(String frame, Grants grants) {
    Wire.Inbound inbound = Wire.request(json(frame));
    Member member =
        new Member(
            "id",
            "mesh",
            "slug",
            new PublicKey("ab".repeat(32)),
            "Ada",
            false,
            false,
            Permissions.MEMBER,
            grants);
    return AuditRules.operation(
            inbound.op(),
            inbound.request(),
            caller(Optional.of(member)),
            new MeshReply.Ok(true),
            NOW)
        .orElseThrow();
  }

  private static Caller caller(Optional<Member> member) {
    return new Caller(
        member,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        URI.create("http://localhost"),
        InetAddress.getLoopbackAddress());
  }

  private static ObjectNode json(String text) {
    return (ObjectNode) Wire.mapper().readTree(text.replace('\'', '"'));
  }
}
