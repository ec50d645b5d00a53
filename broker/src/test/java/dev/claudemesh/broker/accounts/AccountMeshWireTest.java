package dev.claudemesh.broker.accounts;

import static dev.claudemesh.broker.accounts.AccountClient.fields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMember;
import dev.claudemesh.broker.TestSocket;
import dev.claudemesh.broker.accounts.AccountClient.Answer;
import dev.claudemesh.broker.kernel.AccountLimits;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.accounts.AccountMeshReply;
import dev.claudemesh.protocol.accounts.AccountMeshRequest;
import dev.claudemesh.protocol.accounts.AccountToken;
import dev.claudemesh.protocol.client.BrokerHttp;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.SecretKey;
import dev.claudemesh.protocol.invites.InviteCode;
import dev.claudemesh.protocol.invites.SignedInvite;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.node.ObjectNode;

/// Meshes of an account: `link_mesh`, `unlink_mesh`, `list_account_meshes`, `rename_account_mesh`,
/// `create_account_invite`, and the routes of the first protocol.
@Timeout(60)
class AccountMeshWireTest {
  private static TestBroker broker;
  private static AccountClient client;
  private static BrokerHttp http;

  @BeforeAll
  static void start() {
    broker =
        TestBroker.start(
            Map.of("BROKER_ACCOUNTS", "true"),
            limits ->
                limits.withAccounts(
                    new AccountLimits(
                        100,
                        20,
                        50,
                        2,
                        64,
                        60,
                        20,
                        0,
                        1,
                        Duration.ofDays(90),
                        Duration.ofDays(7))));
    client = AccountClient.of(broker);
    http = new BrokerHttp(broker.wsUrl());
  }

  @AfterAll
  static void stop() {
    http.close();
    client.close();
    broker.close();
  }

  private static String link(String token, TestMember member) {
    return refusal(token, member.key(), new AccountMeshRequest.Link(member.meshId()));
  }

  /// Code of the refusal; empty if it was done.
  private static <R extends Reply> String refusal(String token, SecretKey key, Request<R> request) {
    try {
      http.call(request, key, AccountToken.of(token).orElseThrow());
      return "";
    } catch (Problem problem) {
      return problem.code().wireName();
    }
  }

  private static List<AccountMeshReply.Mesh> meshes(String token) {
    return http.call(new AccountMeshRequest.ListMine(), AccountToken.of(token).orElseThrow())
        .meshes();
  }

  private static List<String> events(String email) {
    return broker
        .database()
        .dsl()
        .fetchValues(
            "select what || ' ' || mesh_id from mesh.account_event e join mesh.account a on a.id ="
                + " e.account_id where a.email = '"
                + email
                + "' and mesh_id is not null order by e.id")
        .stream()
        .map(String::valueOf)
        .toList();
  }

  @Test
  void a_membership_is_listed_once_its_key_tied_it_to_the_account() {
    String token = client.register("list@acme.dev");
    TestMember ana = broker.mesh("Listed");
    broker.member(ana, "ben");
    assertThat(meshes(token)).isEmpty();
    assertThat(link(token, ana)).isEmpty();
    assertThat(link(token, ana)).isEmpty();
    try (TestSocket socket = broker.connect(ana)) {
      assertThat(socket.isClosed()).isFalse();
      AccountMeshReply.Mesh mesh = meshes(token).getFirst();
      assertThat(meshes(token)).hasSize(1);
      assertThat(mesh.id()).isEqualTo(ana.meshId());
      assertThat(mesh.pubkey()).isEqualTo(ana.pubkey());
      assertThat(mesh.owner()).isTrue();
      assertThat(mesh.memberCount()).isEqualTo(2);
      assertThat(mesh.activePeers()).isEqualTo(1);
    }
    assertThat(events("list@acme.dev")).containsExactly("linked " + ana.meshId());
  }

  @Test
  void neither_a_token_nor_a_key_alone_ties_and_no_key_of_another_mesh_does() {
    String token = client.register("alone@acme.dev");
    TestMember ana = broker.mesh("Alone");
    TestMember eve = broker.mesh("Other");
    ObjectNode body = fields().put("mesh_id", ana.meshId());
    assertThat(client.post("/api/my/meshes", token, body).error()).isEqualTo("unauthorized");
    assertThat(client.post("/api/my/meshes", "", body).error()).isEqualTo("unauthorized");
    assertThat(refusal(token, eve.key(), new AccountMeshRequest.Link(ana.meshId())))
        .isEqualTo("not_found");
    assertThat(refusal(token, Keys.generate(), new AccountMeshRequest.Link(ana.meshId())))
        .isEqualTo("not_found");
    assertThat(meshes(token)).isEmpty();
  }

  @Test
  void a_key_that_is_tied_to_another_account_leaves_the_first_one() {
    String first = client.register("first@acme.dev");
    String second = client.register("second@acme.dev");
    TestMember ana = broker.mesh("Moved");
    link(first, ana);
    link(second, ana);
    assertThat(meshes(first)).isEmpty();
    assertThat(meshes(second)).hasSize(1);
    assertThat(client.call("DELETE", "/api/my/meshes/" + ana.meshId(), first, fields()).error())
        .isEqualTo("not_found");
    assertThat(client.call("DELETE", "/api/my/meshes/" + ana.meshId(), second, fields()).status())
        .isEqualTo(200);
    assertThat(meshes(second)).isEmpty();
    assertThat(events("second@acme.dev"))
        .containsExactly("linked " + ana.meshId(), "unlinked " + ana.meshId());
  }

  @Test
  void a_member_who_was_removed_is_not_listed_and_cannot_be_tied() {
    String token = client.register("gone@acme.dev");
    TestMember ana = broker.mesh("Gone");
    TestMember ben = broker.member(ana, "ben");
    link(token, ben);
    broker
        .database()
        .dsl()
        .query(
            "update mesh.member set revoked_at = joined_at, revoked_by = ? where id = ?",
            ana.id(),
            ben.id())
        .execute();
    assertThat(meshes(token)).isEmpty();
    assertThat(link(token, ben)).isEqualTo("not_found");
    assertThat(rename(token, ben.meshId(), "Theirs").error()).isEqualTo("not_found");
  }

  private static Answer rename(String token, String mesh, String name) {
    return client.call("PATCH", "/api/my/meshes/" + mesh, token, fields().put("name", name));
  }

  @Test
  void an_account_renames_a_mesh_where_its_member_may_and_its_id_and_links_stay() {
    TestMember ana = broker.mesh("Before");
    TestMember ben = broker.member(ana, "ben");
    String owner = client.register("owner@acme.dev");
    String member = client.register("member@acme.dev");
    link(owner, ana);
    link(member, ben);
    assertThat(rename(member, ana.meshId(), "Mine").error()).isEqualTo("forbidden");
    assertThat(rename(client.register("none@acme.dev"), ana.meshId(), "Mine").error())
        .isEqualTo("not_found");
    Answer renamed = rename(owner, ana.meshId(), "After");
    assertThat(renamed.status()).as("%s", renamed).isEqualTo(200);
    assertThat(renamed.text("id")).isEqualTo(ana.meshId());
    assertThat(renamed.text("slug")).isEqualTo(ana.meshSlug());
    assertThat(meshes(owner).getFirst().name()).isEqualTo("After");
    assertThat(rename(owner, ana.meshSlug(), "Again").status()).isEqualTo(200);
    assertThat(rename(owner, ana.meshId(), " ").error()).isEqualTo("invalid_request");
    assertThat(
            broker
                .database()
                .dsl()
                .fetchValues(
                    "select event_type from mesh.audit_log where mesh_id = '" + ana.meshId() + "'"))
        .map(String::valueOf)
        .containsExactly("rename_account_mesh", "rename_account_mesh");
  }

  private static ObjectNode invite(TestMember by) {
    long end = broker.clock().instant().plus(Duration.ofDays(7)).getEpochSecond();
    SignedInvite invite =
        new SignedInvite(
            SignedInvite.BY_OWNER, by.meshId(), Ids.next(), end, "member", by.key().publicKey());
    return fields()
        .put("invite_id", invite.inviteId())
        .put("code", InviteCode.generate())
        .put("version", 2)
        .put("signature", invite.sign(by.key()))
        .put("role", "member")
        .put("expires_at", end);
  }

  @Test
  void an_account_registers_an_invite_that_its_key_signed_and_no_other() {
    TestMember ana = broker.mesh("Inviting");
    TestMember ben = broker.member(ana, "ben");
    String token = client.register("inviting@acme.dev");
    String path = "/api/my/meshes/" + ana.meshId() + "/invites";
    assertThat(client.post(path, token, invite(ana)).error()).isEqualTo("not_found");
    link(token, ana);
    Answer made = client.post(path, token, invite(ana));
    assertThat(made.status()).as("%s", made).isEqualTo(200);
    assertThat(made.text("url")).contains("/i/" + made.text("code"));
    ObjectNode forged = invite(ana).put("signature", Keys.sign(ben.key(), "another text"));
    assertThat(client.post(path, token, forged).error()).isEqualTo("invite_bad_signature");
    forged.remove("signature");
    assertThat(client.post(path, token, forged).error()).isEqualTo("invite_bad_signature");
    String member = client.register("uninviting@acme.dev");
    link(member, ben);
    assertThat(client.post(path, member, invite(ben)).error()).isEqualTo("forbidden");
  }

  @Test
  void clients_of_the_first_protocol_find_their_routes() {
    String session = client.register("old@acme.dev");
    TestMember ana = broker.mesh("Old");
    ObjectNode sync =
        fields()
            .put("sync_token", session)
            .put("peer_pubkey", ana.pubkey())
            .put("display_name", "ana");
    Answer unsigned = client.post("/cli-sync", "", sync);
    assertThat(unsigned.status()).as("%s", unsigned).isEqualTo(200);
    assertThat(unsigned.body().path("meshes")).isEmpty();
    link(session, ana);
    Answer synced = client.post("/cli-sync", "", sync);
    assertThat(synced.body().path("ok").asBoolean()).isTrue();
    assertThat(synced.text("account_id")).isNotEmpty();
    assertThat(synced.body().at("/meshes/0/mesh_id").asString()).isEqualTo(ana.meshId());
    assertThat(synced.body().at("/meshes/0/member_id").asString()).isEqualTo(ana.id());
    assertThat(synced.body().at("/meshes/0/role").asString()).isEqualTo("admin");
    Answer bad = client.post("/cli-sync", "", sync.put("sync_token", "cm_pat_no"));
    assertThat(bad.status()).isEqualTo(400);
    assertThat(bad.body().path("ok").asBoolean(true)).isFalse();

    ObjectNode body = fields().put("user_id", "eve").put("email", "eve@acme.dev");
    assertThat(client.post("/cli/token", "", body).error()).isEqualTo("unauthorized");
    String pat = client.post("/cli/token", session, body.put("hostname", "desk")).text("token");
    assertThat(client.get("/api/my/profile", pat).body().at("/user/email").asString())
        .isEqualTo("old@acme.dev");
    assertThat(client.get("/api/my/profile", pat).body().at("/via/name").asString())
        .isEqualTo("desk");
    Answer sessions = client.get("/cli/sessions?user_id=eve", session);
    assertThat(sessions.body().path("sessions")).hasSize(1);
    assertThat(sessions.body().at("/sessions/0/hostname").asString()).isEqualTo("unnamed");
    assertThat(sessions.body().at("/sessions/0").has("created_at")).isTrue();
    ObjectNode revoke = fields().put("token", pat);
    assertThat(client.post("/cli/session/revoke", "", revoke).body().path("found").asBoolean())
        .isTrue();
    assertThat(client.post("/cli/session/revoke", "", revoke).body().path("found").asBoolean(true))
        .isFalse();
    assertThat(client.get("/api/my/profile", pat).error()).isEqualTo("token_revoked");
  }
}
