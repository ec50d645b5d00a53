package dev.claudemesh.broker.meshes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.Refusal;
import dev.claudemesh.broker.Team;
import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMember;
import dev.claudemesh.broker.TestSocket;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.client.BrokerHttp;
import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.MeshKey;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import dev.claudemesh.protocol.invites.InviteReply;
import dev.claudemesh.protocol.invites.InviteRequest;
import dev.claudemesh.protocol.members.MemberRequest;
import dev.claudemesh.protocol.meshes.EpochKey;
import dev.claudemesh.protocol.meshes.KeyRequest;
import dev.claudemesh.protocol.meshes.MeshReply;
import dev.claudemesh.protocol.meshes.MeshRequest;
import dev.claudemesh.protocol.meshes.MeshRequest.SealedFor;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Meshes, invites and members over real sockets and signed HTTP calls.
class MeshWireTest {
  private static TestBroker broker;
  private static BrokerHttp http;
  private static HttpClient raw;

  @BeforeAll
  static void start() {
    broker = TestBroker.start();
    http = new BrokerHttp(broker.wsUrl());
    raw = HttpClient.newHttpClient();
  }

  @AfterAll
  static void stop() {
    raw.close();
    http.close();
    broker.close();
  }

  /// A mesh made as a client does, with the key that only its owner knows.
  private record Made(TestMember owner, MeshKey key) {}

  @Test
  void v2_invites_work_end_to_end_although_nobody_was_there_when_the_newcomer_came() {
    Made mesh = mesh("End to end");
    SecretKey ben = Keys.generate();
    InviteReply.Claimed claimed = claim(invite(mesh), ben);
    assertThat(claimed.keyStatus()).contains("pending");
    try (TestSocket owner = broker.connect(mesh.owner());
        TestSocket newcomer = broker.connect(member(claimed, ben))) {
      assertThat(newcomer.helloAck().path("epochKeys")).isEmpty();
      KeyRequest request = only(owner.helloAck().path("keyRequests"), KeyRequest.class);
      assertThat(isInvited(request, mesh.owner().pubkey())).isTrue();
      ObjectNode ack = owner.ask(frame(seal(mesh, new PublicKey(request.memberPubkey()))));
      assertThat(ack.path("type").asString()).isEqualTo("ack");
      EpochKey sealed =
          Wire.convert("key", newcomer.next("key_sealed").path("key"), EpochKey.class);
      assertThat(MeshKey.openSealed(1, sealed.sealedKey(), ben)).contains(mesh.key());
    }
    try (TestSocket again = broker.connect(member(claimed, ben))) {
      EpochKey sealed = only(again.helloAck().path("epochKeys"), EpochKey.class);
      assertThat(MeshKey.openSealed(1, sealed.sealedKey(), ben)).contains(mesh.key());
    }
  }

  @Test
  void a_member_who_is_there_is_asked_at_once_for_the_key() {
    Made mesh = mesh("At once");
    try (TestSocket owner = broker.connect(mesh.owner())) {
      SecretKey ben = Keys.generate();
      InviteReply.Claimed claimed = claim(invite(mesh), ben);
      ObjectNode event = owner.next("key_requested");
      assertThat(event.path("meshId").asString()).isEqualTo(mesh.owner().meshId());
      assertThat(event.path("request").path("memberId").asString()).isEqualTo(claimed.memberId());
      owner.ask(frame(seal(mesh, ben.publicKey())));
      try (TestSocket newcomer = broker.connect(member(claimed, ben))) {
        assertThat(newcomer.helloAck().path("epochKeys")).hasSize(1);
      }
    }
  }

  @Test
  void a_newcomer_who_connects_without_the_key_has_it_asked_for_again() {
    Made mesh = mesh("Again");
    SecretKey ben = Keys.generate();
    InviteReply.Claimed claimed = claim(invite(mesh), ben);
    try (TestSocket owner = broker.connect(mesh.owner());
        TestSocket newcomer = broker.connect(member(claimed, ben))) {
      assertThat(owner.next("key_requested").path("request").path("memberPubkey").asString())
          .isEqualTo(ben.publicKey().hex());
      assertThat(newcomer.isClosed()).isFalse();
    }
  }

  @Test
  void a_ban_ends_the_members_connections_and_an_admins_client_starts_a_new_epoch() {
    Made mesh = mesh("Ban");
    SecretKey ben = Keys.generate();
    SecretKey cleo = Keys.generate();
    InviteReply.Claimed benIn = claim(invite(mesh), ben);
    InviteReply.Claimed cleoIn = claim(invite(mesh), cleo);
    try (TestSocket owner = broker.connect(mesh.owner());
        TestSocket bensSocket = broker.connect(member(benIn, ben));
        TestSocket cleosSocket = broker.connect(member(cleoIn, cleo))) {
      owner.ask(frame(seal(mesh, ben.publicKey())));
      owner.ask(frame(seal(mesh, cleo.publicKey())));
      cleosSocket.next("key_sealed");
      assertThat(
              owner
                  .ask(frame(new MemberRequest.Ban(ben.publicKey().hex())))
                  .path("banned")
                  .asString())
          .isEqualTo("Somebody");
      assertThat(bensSocket.closed()).isEqualTo(new TestSocket.Closing(4002, "banned"));
      assertThat(owner.next("rotation_needed").path("epoch").asInt()).isEqualTo(1);
      MeshKey next = MeshKey.generate(2);
      ObjectNode late =
          owner.ask(
              frame(
                  new MeshRequest.RotateKey(
                      2,
                      List.of(
                          sealed(mesh, next, mesh.owner().key()),
                          sealed(mesh, next, cleo),
                          sealed(mesh, next, ben)))));
      assertThat(late.path("code").asString())
          .as("nobody seals to the banned")
          .isEqualTo("invalid_request");
      ObjectNode ack =
          owner.ask(
              frame(
                  new MeshRequest.RotateKey(
                      2,
                      List.of(sealed(mesh, next, mesh.owner().key()), sealed(mesh, next, cleo)))));
      assertThat(ack.path("type").asString()).isEqualTo("ack");
      EpochKey key =
          Wire.convert("key", cleosSocket.next("key_sealed").path("key"), EpochKey.class);
      assertThat(MeshKey.openSealed(2, key.sealedKey(), cleo)).contains(next);
    }
    try (TestSocket refused = broker.socket()) {
      refused.send(refused.helloFrame(member(benIn, ben)));
      assertThat(refused.next("error").path("code").asString()).isEqualTo("revoked");
      assertThat(refused.closed().code()).isEqualTo(4002);
    }
  }

  @Test
  void an_admin_who_comes_after_a_removal_is_asked_to_rotate() {
    Made mesh = mesh("Later");
    SecretKey ben = Keys.generate();
    InviteReply.Claimed benIn = claim(invite(mesh), ben);
    try (TestSocket owner = broker.connect(mesh.owner())) {
      owner.ask(frame(seal(mesh, ben.publicKey())));
    }
    broker.connect(mesh.owner()).close(); // and is told that all is well
    call(member(benIn, ben), new MemberRequest.Leave());
    try (TestSocket owner = broker.connect(mesh.owner())) {
      assertThat(owner.next("rotation_needed").path("epoch").asInt()).isEqualTo(1);
    }
  }

  @Test
  void a_kick_ends_a_session_and_a_disconnect_lets_it_come_back() {
    TestMember owner = broker.mesh("Kick");
    TestMember ben = broker.member(owner, "Ben");
    TestMember cleo = broker.member(owner, "Cleo");
    try (TestSocket admin = broker.connect(owner);
        TestSocket bens = broker.connect(ben);
        TestSocket cleos = broker.connect(cleo)) {
      ObjectNode kicked =
          admin.ask(
              frame(
                  new MemberRequest.Kick(Optional.of("ben"), Optional.empty(), Optional.empty())));
      assertThat(kicked.path("kicked").asInt()).isEqualTo(1);
      assertThat(kicked.path("affected").get(0).asString()).isEqualTo("Ben");
      assertThat(bens.closed()).isEqualTo(new TestSocket.Closing(4001, "kicked"));
      ObjectNode all =
          admin.ask(
              frame(
                  new MemberRequest.Disconnect(
                      Optional.empty(), Optional.empty(), Optional.of(true))));
      assertThat(all.path("kicked").asInt()).isEqualTo(1);
      assertThat(cleos.closed().code()).isEqualTo(1000);
      assertThat(admin.isClosed()).isFalse();
      assertThat(
              admin
                  .ask(
                      frame(
                          new MemberRequest.Kick(
                              Optional.of("Zoe"), Optional.empty(), Optional.empty())))
                  .path("code")
                  .asString())
          .isEqualTo("not_found");
    }
  }

  @Test
  void the_owners_connections_are_out_of_an_admins_reach() {
    TestMember owner = broker.mesh("Immune");
    TestMember ada = broker.admin(owner, "Ada");
    TestMember ava = broker.admin(owner, "Ava");
    try (TestSocket owners = broker.connect(owner);
        TestSocket admin = broker.connect(ada);
        TestSocket other = broker.connect(ava)) {
      for (String target : List.of("owner", owner.pubkey(), owner.id(), "Ava")) {
        ObjectNode refused =
            admin.ask(
                frame(
                    new MemberRequest.Kick(
                        Optional.of(target), Optional.empty(), Optional.empty())));
        assertThat(refused.path("code").asString()).as(target).isEqualTo("forbidden");
      }
      ObjectNode all =
          admin.ask(
              frame(new MemberRequest.Kick(Optional.empty(), Optional.empty(), Optional.of(true))));
      assertThat(all.path("kicked").asInt()).isZero();
      owners.awaitPong();
      other.awaitPong();
    }
  }

  @Test
  void members_do_not_moderate() {
    TestMember owner = broker.mesh("Moderate");
    TestMember ben = broker.member(owner, "Ben");
    try (TestSocket socket = broker.connect(ben)) {
      for (Request<?> request :
          List.of(
              new MemberRequest.Ban("owner"),
              new MemberRequest.ListBans(),
              new MeshRequest.Delete())) {
        assertThat(socket.ask(frame(request)).path("code").asString()).isEqualTo("forbidden");
      }
    }
  }

  @Test
  void a_changed_profile_reaches_the_members_sockets_and_takes_effect_at_once() {
    TestMember owner = broker.mesh("Profile");
    TestMember ben = broker.member(owner, "Ben");
    try (TestSocket bens = broker.connect(ben)) {
      call(owner, update(ben.id(), "Benjamin"));
      ObjectNode news =
          bens.next(frame -> frame.path("event").asString("").equals("profile_updated"));
      assertThat(news.path("eventData").path("displayName").asString()).isEqualTo("Benjamin");
      assertThat(bens.ask(frame(new MeshRequest.Info())).path("yourName").asString())
          .isEqualTo("Benjamin");
      call(owner, new MemberRequest.SetPermissions(ben.id(), Map.of("canInvite", true)));
      assertThat(bens.ask(frame(new InviteRequest.ListOpen())).path("type").asString())
          .isEqualTo("invites");
      call(owner, new MemberRequest.SetPermissions(ben.id(), Map.of("canInvite", false)));
      assertThat(bens.ask(frame(new InviteRequest.ListOpen())).path("code").asString())
          .isEqualTo("forbidden");
    }
  }

  @Test
  void mesh_info_tells_of_the_mesh_and_of_the_caller() {
    Made mesh = mesh("Info please");
    try (TestSocket owner = broker.connect(mesh.owner())) {
      owner.send(TestSocket.object("join_group").put("name", "backend"));
      ObjectNode info = owner.ask(frame(new MeshRequest.Info()));
      assertThat(info.path("mesh").asString()).isEqualTo(mesh.owner().meshId());
      assertThat(info.path("name").asString()).isEqualTo("Info please");
      assertThat(info.path("peers").asInt()).isEqualTo(1);
      assertThat(info.path("members").asInt()).isEqualTo(1);
      assertThat(info.path("epoch").asInt()).isEqualTo(1);
      assertThat(info.path("encryption").asString()).isEqualTo("e2e");
      assertThat(info.path("custody").asString()).isEqualTo("members");
      assertThat(info.path("groups").get(0).asString()).isEqualTo("@backend");
      assertThat(info.path("yourGroups").get(0).asString()).isEqualTo("@backend");
    }
  }

  @Test
  void a_deleted_mesh_sends_everybody_away() {
    Made mesh = mesh("Deleted");
    try (TestSocket owner = broker.connect(mesh.owner())) {
      assertThat(owner.ask(frame(new MeshRequest.Delete())).path("type").asString())
          .isEqualTo("mesh_deleted");
      assertThat(owner.closed().code()).isEqualTo(1000);
    }
    Refusal.expect(
        ProblemCode.NOT_FOUND, () -> call(mesh.owner(), new MemberRequest.ListMembers()));
  }

  @Test
  void the_http_token_of_a_session_dies_with_its_lease() throws Exception {
    TestMember owner = broker.mesh("Token");
    TestMember other = broker.mesh("Other");
    String token;
    try (TestSocket socket = broker.connect(owner)) {
      token = socket.helloAck().path("http_token").asString();
      assertThat(withToken(token, owner.meshSlug()).statusCode()).isEqualTo(200);
      assertThat(withToken(token, other.meshId()).statusCode()).isEqualTo(404);
      socket.ask(TestSocket.object("goodbye"));
      socket.closed();
    }
    HttpResponse<String> after = withToken(token, owner.meshId());
    assertThat(after.statusCode()).isEqualTo(401);
    assertThat(after.body()).contains("\"error\":\"unauthorized\"");
  }

  @Test
  void the_http_token_lives_through_the_grace_and_not_longer() throws Exception {
    try (TestBroker own = TestBroker.start()) {
      TestMember owner = own.mesh("Grace");
      TestSocket socket = own.connect(owner);
      String token = socket.helloAck().path("http_token").asString();
      socket.cut();
      assertThat(withToken(own, token, owner.meshId()).statusCode()).isEqualTo(200);
      own.restart();
      assertThat(withToken(own, token, owner.meshId()).statusCode())
          .as("the lease outlives the broker")
          .isEqualTo(200);
      own.clock().advance(Duration.ofSeconds(120));
      own.sweep();
      assertThat(withToken(own, token, owner.meshId()).statusCode()).isEqualTo(401);
    }
  }

  @Test
  void a_call_that_was_recorded_cannot_be_made_again_even_after_a_restart() throws Exception {
    try (TestBroker own = TestBroker.start()) {
      TestMember owner = own.mesh("Replay");
      String path = "/mesh/" + owner.meshId() + "/members";
      long timestamp = own.clock().instant().toEpochMilli();
      String nonce = Ids.token();
      String signature =
          Keys.sign(
              owner.key(),
              Canonical.httpCall("GET", path, Keys.sha256Hex(new byte[0]), timestamp, nonce));
      String[] headers = {
        "X-Mesh-Member",
        owner.pubkey(),
        "X-Mesh-Timestamp",
        Long.toString(timestamp),
        "X-Mesh-Nonce",
        nonce,
        "X-Mesh-Signature",
        signature
      };
      assertThat(send(own, path, headers).statusCode()).isEqualTo(200);
      assertThat(send(own, path, headers).body()).contains("replayed");
      own.restart();
      HttpResponse<String> late = send(own, path, headers);
      assertThat(late.statusCode()).isEqualTo(401);
      assertThat(late.body()).contains("replayed");
    }
  }

  @Test
  void http_endpoints_do_not_trust_ids_unless_compat_is_on() throws Exception {
    TestMember owner = broker.mesh("Trust");
    assertThat(send(broker, "/mesh/" + owner.meshId() + "/members").statusCode()).isEqualTo(401);
    assertThat(send(broker, "/cli/mesh/" + owner.meshSlug() + "/permissions").statusCode())
        .isEqualTo(401);
    assertThat(send(broker, "/cli/meshes?user_id=u1").statusCode()).isEqualTo(401);
    try (TestBroker compat = TestBroker.start(Map.of("BROKER_COMPAT", "true"))) {
      TestMember old = compat.mesh("Trusting");
      assertThat(send(compat, "/mesh/" + old.meshId() + "/members").statusCode()).isEqualTo(200);
      assertThat(send(compat, "/cli/mesh/" + old.meshSlug() + "/permissions").statusCode())
          .isEqualTo(200);
      assertThat(send(compat, "/cli/meshes?user_id=u1").body()).contains("\"meshes\":[]");
      assertThat(send(compat, "/cli/mesh/" + old.meshSlug() + "/bans").statusCode())
          .as("not a route of old clients")
          .isEqualTo(401);
    }
  }

  @Test
  void who_asks_for_a_mesh_by_slug_gets_the_one_that_is_not_archived() {
    Made first = mesh("Same slug");
    call(first.owner(), new MeshRequest.Delete());
    Made second = mesh("Same slug");
    assertThat(second.owner().meshSlug()).isEqualTo(first.owner().meshSlug());
    Map<String, String> bySlug = Map.of("mesh", second.owner().meshSlug());
    assertThat(
            http.call(new MemberRequest.ListMembers(), Optional.of(second.owner().key()), bySlug)
                .members())
        .hasSize(1);
    Refusal.expect(
        ProblemCode.NOT_FOUND,
        () -> http.call(new MemberRequest.ListMembers(), Optional.of(first.owner().key()), bySlug));
  }

  private static Made mesh(String name) {
    SecretKey owner = Keys.generate();
    MeshKey key = MeshKey.generate(1);
    MeshReply.Created made =
        http.call(Team.create(name, Ids.next(), owner, key), Optional.of(owner), Map.of());
    return new Made(
        new TestMember(made.id(), made.slug(), made.memberId(), "Olga", owner, Optional.empty()),
        key);
  }

  private static InviteReply.Created invite(Made mesh) {
    TestMember owner = mesh.owner();
    Team.Person issuer = new Team.Person(owner.key(), owner.meshId(), owner.id());
    return call(owner, Team.invite(issuer, 2, "member", 1, broker.clock().instant()));
  }

  private static InviteReply.Claimed claim(InviteReply.Created invite, SecretKey newcomer) {
    return http.call(
        Team.claim(invite.code(), newcomer, "Somebody", broker.clock().instant()),
        Optional.empty(),
        Map.of());
  }

  private static TestMember member(InviteReply.Claimed claimed, SecretKey key) {
    return new TestMember(
        claimed.meshId(),
        claimed.meshSlug().orElseThrow(),
        claimed.memberId(),
        claimed.displayName().orElseThrow(),
        key,
        Optional.empty());
  }

  private static <R extends Reply> R call(TestMember member, Request<R> request) {
    return http.call(request, Optional.of(member.key()), Map.of("mesh", member.meshId()));
  }

  private static MemberRequest.Update update(String memberId, String name) {
    return new MemberRequest.Update(
        memberId,
        Optional.of(name),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static MeshRequest.SealKey seal(Made mesh, PublicKey to) {
    EpochKey sealed = Team.seal(mesh.owner().meshId(), mesh.key(), to, mesh.owner().key());
    return new MeshRequest.SealKey(to.hex(), 1, sealed.sealedKey(), sealed.signature());
  }

  private static SealedFor sealed(Made mesh, MeshKey key, SecretKey to) {
    EpochKey sealed = Team.seal(mesh.owner().meshId(), key, to.publicKey(), mesh.owner().key());
    return new SealedFor(to.publicKey().hex(), sealed.sealedKey(), sealed.signature());
  }

  /// What a member's client checks before it hands the key on.
  private static boolean isInvited(KeyRequest request, String owner) {
    KeyRequest.InviteProof proof = request.invite().orElseThrow();
    String claim =
        Canonical.claim(
            proof.code().orElseThrow(),
            proof.recipientX25519Pubkey().orElseThrow(),
            proof.timestamp().orElseThrow());
    return proof.issuerPubkey().equals(owner)
        && Keys.verify(new PublicKey(owner), proof.canonical(), proof.signature())
        && Keys.verify(
            new PublicKey(request.memberPubkey()), claim, proof.claimSignature().orElseThrow());
  }

  private static <T> T only(JsonNode list, Class<T> type) {
    assertThat(list).hasSize(1);
    return Wire.convert("entry", list.get(0), type);
  }

  private static ObjectNode frame(Request<?> request) {
    return Wire.tree(request, Optional.empty());
  }

  private static HttpResponse<String> withToken(String token, String mesh) throws Exception {
    return withToken(broker, token, mesh);
  }

  private static HttpResponse<String> withToken(TestBroker to, String token, String mesh)
      throws Exception {
    return send(to, "/mesh/" + mesh + "/members", "Authorization", "Bearer " + token);
  }

  private static HttpResponse<String> send(TestBroker to, String path, String... headers)
      throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(to.httpUrl().resolve(path)).GET();
    if (headers.length > 0) {
      request.headers(headers);
    }
    return raw.send(request.build(), BodyHandlers.ofString());
  }
}
